# SPDX-License-Identifier: AGPL-3.0-only
"""Limits that fit together."""

import msgspec
import pytest

from keks_meet.protocol.limits import Limits


def test_defaults_are_within_their_own_bounds() -> None:
    assert msgspec.convert(msgspec.to_builtins(Limits()), Limits) == Limits()


def test_two_messages_fit_into_the_queue() -> None:
    with pytest.raises(ValueError, match="twice message_bytes"):
        Limits(message_bytes=1024 * 1024, queued_bytes=1024 * 1024)


@pytest.mark.parametrize("key", ["idle_seconds", "packets_per_second", "members_per_room", "connections"])
def test_nonsense_is_refused(key: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({key: 0}, Limits)


def test_clients_that_ping_every_30_seconds_are_never_idle() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"idle_seconds": 74}, Limits)

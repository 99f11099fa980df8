# SPDX-License-Identifier: AGPL-3.0-only
"""When clients are told that the server goes away."""

import pytest

from keks_meet.server.draining import moments


def test_clients_are_told_evenly_and_nobody_at_once() -> None:
    assert moments(4, 10) == pytest.approx([2.5, 5, 7.5, 10])


def test_a_single_client_may_stay_until_the_end() -> None:
    assert moments(1, 10) == [10]


def test_without_clients_nobody_is_told() -> None:
    assert moments(0, 10) == []

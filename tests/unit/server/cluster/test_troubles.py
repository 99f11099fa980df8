# SPDX-License-Identifier: AGPL-3.0-only
"""What is said of a NATS that fails."""

import ssl

import nats.errors
import pytest

from keks_meet.server.cluster.troubles import NoTls, too_small, trouble_of


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (nats.errors.Error("nats: 'Authorization Violation'"), "it refuses the credentials"),
        (nats.errors.AuthorizationError(), "it refuses the credentials"),
        (nats.errors.Error("nats: 'maximum connections exceeded'"), "it takes no more connections"),
        (nats.errors.Error("nats: 'Permissions Violation for Publish'"), "it lets us not use all subjects"),
        (nats.errors.Error("nats: info message, json parse error"), "it does not answer as NATS does"),
        (nats.errors.TimeoutError(), "there is no answer in time"),
        (nats.errors.UnexpectedEOF(), "it ends the connection"),
        (TimeoutError(), "there is no answer in time"),
        (NoTls(), "it speaks no TLS, and tls:// wants that"),
        (ssl.SSLError(1, "wrong version number"), "TLS with it does not work"),
        (ConnectionRefusedError(111, "Connection refused"), "nothing listens at its address"),
        (ConnectionResetError(), "it ends the connection"),
        (OSError(113, "No route to host"), "No route to host"),
        (OSError("Multiple exceptions"), "it cannot be reached"),
        (AttributeError(), "it does not answer as NATS does"),
    ],
)
def test_an_error_is_told_in_words(error: Exception, said: str) -> None:
    trouble = trouble_of(error)
    assert trouble.what == said
    assert trouble.advice


def test_what_nats_says_is_not_repeated() -> None:
    """It may repeat what it was told."""
    assert "sesame" not in str(trouble_of(nats.errors.Error("nats: 'no sesame, authorization failed'")))
    assert str(trouble_of(nats.errors.Error("nats: sesame"))) == "it does not work (Error); look into its log"


def test_messages_that_are_too_large() -> None:
    assert too_small(100, 100) is None
    assert "set max_payload there" in str(too_small(99, 100))

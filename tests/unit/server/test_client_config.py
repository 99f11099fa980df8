# SPDX-License-Identifier: AGPL-3.0-only
"""What browsers are told."""

import json
from typing import Any

import pytest

from keks_meet.server.addresses import Address
from keks_meet.server.client_config import (
    TurnCredentials,
    client_config,
    overrides_css,
    page_colours,
    turn_credentials,
)
from keks_meet.server.config import Appearance, Config, WebRtc


def turn(config: Config) -> TurnCredentials:
    return turn_credentials(config.webrtc, 1_700_000_000.9, "drawn")


def webrtc(config: Config, stun: Address | None, host: str | None) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(client_config(config, stun, host, turn(config)))["webrtc"]
    return told


@pytest.mark.parametrize(
    ("bound", "host", "told"),
    [
        ("127.0.0.1:5", "127.0.0.1:80", "stun:127.0.0.1:5"),
        ("127.0.0.1:5", "localhost:80", "stun:localhost:5"),
        ("127.0.0.1:5", "example.org", None),
        ("0.0.0.0:5", "Example.org:443", "stun:example.org:5"),
        ("[::]:5", "[2001:db8::1]", "stun:[2001:db8::1]:5"),
        ("0.0.0.0:5", "evil host", None),
        ("0.0.0.0:5", 'x"y', None),
        ("0.0.0.0:5", None, None),
        (None, "example.org", None),
    ],
)
def test_the_builtin_stun_server(bound: str | None, host: str | None, told: str | None) -> None:
    """By the name that the page was reached by, if that can be."""
    address = None if bound is None else Address.parse(bound)
    assert webrtc(Config(), address, host) == ({} if told is None else {"stun": told})


def test_a_configured_stun_server_comes_first() -> None:
    config = Config(webrtc=WebRtc(stun="stun:example.org:16900", turn="turn:t:1", turn_user="u", turn_cred="c"))
    told = {"stun": "stun:example.org:16900", "turn": "turn:t:1", "turn_user": "u", "turn_cred": "c"}
    assert webrtc(config, Address.parse("0.0.0.0:1"), "example.org") == told


def test_several_ways_to_a_turn_server() -> None:
    """The original's clients read a single address."""
    urls = ("turn:t:1", "turn:t:1?transport=tcp", "turns:t:2?transport=tcp")
    told = webrtc(Config(webrtc=WebRtc(turn=urls, turn_user="u", turn_cred="c")), None, None)
    assert told == {"turn": "turn:t:1", "turn_urls": list(urls), "turn_user": "u", "turn_cred": "c"}
    assert webrtc(Config(webrtc=WebRtc(turn=urls[:1])), None, None) == {"turn": "turn:t:1"}


def test_time_limited_credentials() -> None:
    """As coturn's use-auth-secret checks them: base64 of HMAC-SHA1 of the user."""
    made = turn_credentials(
        WebRtc(turn="turn:t:1", turn_secret="north", turn_valid_seconds=600), 1_700_000_000.9, "keks"
    )
    assert made == TurnCredentials("1700000600:keks", "StvDpGdaEqpsIg1LOqMc0Llee24=", 600)


def test_they_are_short_by_default_and_each_has_its_own() -> None:
    config = Config(webrtc=WebRtc(turn="turn:t:1", turn_secret="north"))
    told = webrtc(config, None, None)
    assert (told["turn_user"], told["turn_valid_seconds"]) == ("1700003600:drawn", 3600)
    another = turn_credentials(config.webrtc, 1_700_000_000.9, "another")
    assert another.turn_cred != told["turn_cred"]


def test_no_secret_of_the_server_is_told() -> None:
    config = Config(webrtc=WebRtc(turn="turn:t:1", turn_secret="north"))
    told = client_config(config, None, "example.org", turn(config))
    assert b"north" not in told
    assert set(json.loads(told)) == {"webrtc", "appearance", "features"}
    assert set(json.loads(told)["webrtc"]) == {"turn", "turn_user", "turn_cred", "turn_valid_seconds"}


def test_colours() -> None:
    css = overrides_css(Appearance(accent_dark="#123")).decode()
    assert css.startswith(":root {\n  --accent: #5e3f84;\n  --accent-dark: #123;\n")


@pytest.mark.parametrize(("accent", "light"), [("#5e3f84", "#f1eef4"), ("#FFF", "#ffffff"), ("#00f", "#e8e8ff")])
def test_colours_behind_the_pages(accent: str, light: str) -> None:
    colours = page_colours(Appearance(accent=accent, background_dark="#123"))
    assert colours == {"light_page": light, "dark_page": "#123"}

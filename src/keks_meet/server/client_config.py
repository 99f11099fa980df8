# SPDX-License-Identifier: AGPL-3.0-only
"""The part of the configuration that browsers are told: `/config.json` and `/overrides.css`. Nothing else of it leaves.

Pure: time and chance are arguments.
"""

import base64
import hashlib
import hmac
from typing import Any

import msgspec
from msgspec import Struct

from keks_meet.server.addresses import Address, HostHeader, is_loopback
from keks_meet.server.config import Appearance, Config, WebRtc

__all__ = ["TurnCredentials", "client_config", "overrides_css", "page_colours", "turn_credentials"]


class TurnCredentials(Struct, frozen=True, omit_defaults=True):
    """The credentials of a client for a TURN server, and their lifetime in seconds from now on; None is without end."""

    turn_user: str | None = None
    turn_cred: str | None = None
    turn_valid_seconds: int | None = None


def client_config(config: Config, stun: Address | None, host: str | None, turn: TurnCredentials) -> bytes:
    """Return `/config.json` for a request: ``stun`` is the built-in one's address."""
    return msgspec.json.encode(
        {
            "webrtc": _webrtc(config.webrtc, stun, host, turn),
            "appearance": msgspec.to_builtins(config.appearance),
            "features": msgspec.to_builtins(config.features),
        }
    )


def _webrtc(webrtc: WebRtc, stun: Address | None, host: str | None, turn: TurnCredentials) -> dict[str, Any]:
    urls = webrtc.turn_urls
    # The original's clients take a single address, so `turn` stays one.
    servers = {
        "stun": webrtc.stun or _builtin_stun(stun, host),
        "turn": urls[0] if urls else None,
        "turn_urls": urls if len(urls) > 1 else None,
    }
    credentials: dict[str, Any] = msgspec.to_builtins(turn)
    return {name: value for name, value in servers.items() if value is not None} | credentials


def _builtin_stun(stun: Address | None, host: str | None) -> str | None:
    """Return the built-in STUN server as the browser reaches it: by the name it reached the page by.

    None when there is no telling: STUN is off, the name is no name, or STUN listens for this machine alone and the
    page was reached by another name, as behind a reverse proxy.
    """
    header = HostHeader.parse(host or "")
    if stun is None or header is None:
        return None
    if is_loopback(stun.host) and not is_loopback(header.name):
        return None
    return f"stun:{header.name}:{stun.port}"


def turn_credentials(webrtc: WebRtc, now: float, name: str) -> TurnCredentials:
    """Return the fixed credentials, or ones that end by themselves, as coturn's ``use-auth-secret`` checks them.

    ``now`` is in seconds since 1970. ``name`` is a new one each time, so that what one user takes of the TURN server
    is nobody else's.
    """
    if webrtc.turn_secret is None:
        return TurnCredentials(webrtc.turn_user, webrtc.turn_cred)
    user = f"{int(now) + webrtc.turn_valid_seconds}:{name}"
    digest = hmac.digest(webrtc.turn_secret.encode(), user.encode(), hashlib.sha1)
    return TurnCredentials(user, base64.b64encode(digest).decode(), webrtc.turn_valid_seconds)


def overrides_css(appearance: Appearance) -> bytes:
    """Return `/overrides.css`: the configured colours as custom properties."""
    colours = msgspec.to_builtins(appearance)
    lines = (f"  --{name.replace('_', '-')}: {colour};\n" for name, colour in colours.items())
    return (":root {\n" + "".join(lines) + "}\n").encode()


def page_colours(appearance: Appearance) -> dict[str, str]:
    """Return the background of the pages in each theme, for what browsers draw around them: style.css's ``--page``."""
    return {"light_page": _light_page(appearance.accent), "dark_page": appearance.background_dark}


def _light_page(accent: str) -> str:
    digits = accent.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return "#" + bytes(round(0.09 * channel + 0.91 * 255) for channel in bytes.fromhex(digits)).hex()

# SPDX-License-Identifier: AGPL-3.0-only
"""What browsers are told of the configuration: `/config.json` and `/overrides.css`. Nothing else of it leaves.

Pure: the time is an argument.
"""

import base64
import hashlib
import hmac
from typing import Any

import msgspec

from keks_meet.server.addresses import Address, HostHeader, is_loopback
from keks_meet.server.config import Appearance, Config, WebRtc

__all__ = ["client_config", "overrides_css", "page_colours", "turn_credentials"]


def client_config(config: Config, stun: Address | None, host: str | None, now: float) -> bytes:
    """Return `/config.json` for a request: ``stun`` is the built-in one's address, ``now`` in seconds since 1970."""
    return msgspec.json.encode(
        {
            "webrtc": _webrtc(config.webrtc, stun, host, now),
            "appearance": msgspec.to_builtins(config.appearance),
            "features": msgspec.to_builtins(config.features),
        }
    )


def _webrtc(webrtc: WebRtc, stun: Address | None, host: str | None, now: float) -> dict[str, Any]:
    user, credential = turn_credentials(webrtc, now)
    fields = {
        "stun": webrtc.stun or _builtin_stun(stun, host),
        "turn": webrtc.turn,
        "turn_user": user,
        "turn_cred": credential,
    }
    return {name: value for name, value in fields.items() if value is not None}


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


def turn_credentials(webrtc: WebRtc, now: float) -> tuple[str | None, str | None]:
    """Return user and credential: the fixed ones, or time-limited ones as coturn's ``use-auth-secret`` checks."""
    if webrtc.turn_secret is None:
        return webrtc.turn_user, webrtc.turn_cred
    user = f"{int(now) + webrtc.turn_valid_seconds}:keks"
    digest = hmac.digest(webrtc.turn_secret.encode(), user.encode(), hashlib.sha1)
    return user, base64.b64encode(digest).decode()


def overrides_css(appearance: Appearance) -> bytes:
    """Return `/overrides.css`: the configured colours as custom properties."""
    colours = msgspec.to_builtins(appearance)
    lines = (f"  --{name.replace('_', '-')}: {colour};\n" for name, colour in colours.items())
    return (":root {\n" + "".join(lines) + "}\n").encode()


def page_colours(appearance: Appearance) -> dict[str, str]:
    """Return what is behind the pages in each theme, for what browsers draw around them: style.css's ``--page``."""
    return {"light_page": _light_page(appearance.accent), "dark_page": appearance.background_dark}


def _light_page(accent: str) -> str:
    digits = accent.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return "#" + bytes(round(0.09 * channel + 0.91 * 255) for channel in bytes.fromhex(digits)).hex()

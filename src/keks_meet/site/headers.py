# SPDX-License-Identifier: AGPL-3.0-only
"""The headers on every answer: what pages may load and do, and who may frame or read them. No third party.

And the headers of requests, as browsers ask for the parts of a page.
"""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

__all__ = ["headers_of_browsers", "security_headers"]

_DESTINATIONS: Final = {
    ".css": ("style", "no-cors", "text/css,*/*;q=0.1"),
    ".ico": ("image", "no-cors", "image/avif,image/webp,*/*;q=0.8"),
    ".js": ("script", "cors", "*/*"),
    ".png": ("image", "no-cors", "image/avif,image/webp,*/*;q=0.8"),
    ".svg": ("image", "no-cors", "image/avif,image/webp,*/*;q=0.8"),
    ".wasm": ("empty", "cors", "*/*"),
    ".webmanifest": ("manifest", "cors", "*/*"),
}
_DOCUMENT: Final = ("document", "navigate", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")

_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "frame-src 'self'",  # downloads stream through a hidden frame, which the service worker answers
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

# Sharing (web-share) is not named: this is its default, and Chromium on Linux complains that it does not know it.
_ALLOWED = (
    "autoplay",
    "camera",
    "clipboard-write",
    "display-capture",
    "fullscreen",
    "microphone",
    "picture-in-picture",
    "screen-wake-lock",
    "speaker-selection",
)
_OFF = (
    "accelerometer",
    "clipboard-read",
    "encrypted-media",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "midi",
    "payment",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
_PERMISSIONS_POLICY = ", ".join([f"{name}=(self)" for name in _ALLOWED] + [f"{name}=()" for name in _OFF])


def security_headers(*, tls: bool) -> Mapping[str, str]:
    """Return the headers of every answer; with TLS of our own, browsers are told to insist on it."""
    headers = {
        "Server": "keks-meet",
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
        "Permissions-Policy": _PERMISSIONS_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if tls:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def headers_of_browsers(address: str, encodings: Sequence[str], *, secure: bool) -> Mapping[str, str]:
    """Return the headers with which a browser asks for a part of the site, so that it gets the same answer.

    A server that wants to can still tell a program from a browser, by the way that both speak TLS and HTTP.
    """
    kind = _DESTINATIONS.get(PurePosixPath(address).suffix, _DOCUMENT)
    destination, mode, accept = ("serviceworker", "same-origin", "*/*") if address == "/sw.js" else kind
    headers = {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept": accept,
        "Accept-Language": "en-US,en;q=0.5",
        "Accept-Encoding": ", ".join(encodings),
    }
    if address == "/sw.js":
        headers["Service-Worker"] = "script"
    if kind is _DOCUMENT:
        headers["Upgrade-Insecure-Requests"] = "1"
    if secure:
        site = "none" if kind is _DOCUMENT else "same-origin"
        headers |= {"Sec-Fetch-Dest": destination, "Sec-Fetch-Mode": mode, "Sec-Fetch-Site": site}
    return headers

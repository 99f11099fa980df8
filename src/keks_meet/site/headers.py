# SPDX-License-Identifier: AGPL-3.0-only
"""The headers on every answer: what pages may load and do, and who may frame or read them. No third party."""

from collections.abc import Iterable, Mapping

__all__ = ["security_headers"]

_POLICY_TEMPLATE = "; ".join(
    (
        "default-src 'none'",
        "script-src {scripts}",
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


def security_headers(*, tls: bool, inline: Iterable[str]) -> Mapping[str, str]:
    """Return the headers of every answer; with TLS of our own, browsers are told to insist on it.

    ``inline``: the hash sources of the scripts that stand in pages; no other one there is run.
    """
    scripts = " ".join(("'self'", *inline, "'wasm-unsafe-eval'"))
    headers = {
        "Server": "keks-meet",
        "Content-Security-Policy": _POLICY_TEMPLATE.format(scripts=scripts),
        "Permissions-Policy": _PERMISSIONS_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if tls:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers

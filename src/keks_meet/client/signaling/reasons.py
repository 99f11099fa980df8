# SPDX-License-Identifier: AGPL-3.0-only
"""Words for why a server could not be asked."""

import ssl
from http import HTTPStatus
from typing import Final

import aiohttp

from keks_meet.client.signaling.http import RedirectRefused
from keks_meet.client.system_reasons import reason_of_system

__all__ = ["reason_of"]

_PLAIN: Final = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}
"""What OpenSSL calls an answer that is not TLS."""


def reason_of(error: Exception) -> str:
    """Return in a few words why a request failed: for `aiohttp.ClientError`, `OSError` and `UnicodeError`."""
    match error:
        case RedirectRefused():
            return "it sends us to another address, which is not followed"
        case aiohttp.ClientResponseError():
            return _reason_of_answer(error)
        case aiohttp.ServerDisconnectedError():
            return "it ended the connection"
        case aiohttp.ClientConnectorCertificateError():
            return _reason_below(error.certificate_error)
        case _:
            return _reason_below(error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error)


def _reason_of_answer(error: aiohttp.ClientResponseError) -> str:
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answers {error.status}"
    if not isinstance(error, aiohttp.WSServerHandshakeError):
        return "its answer is not HTTP"
    is_busy = error.status == HTTPStatus.SERVICE_UNAVAILABLE
    return "it takes nobody just now" if is_busy else f"it answers {error.status}, not as a keks-meet server"


def _reason_below(error: Exception) -> str:
    return _reason_of_tls(error) if isinstance(error, ssl.SSLError) else reason_of_system(error)


def _reason_of_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if error.reason in _PLAIN:
        return "it does not speak TLS (https, wss) at that port"
    return f"TLS failed ({(error.reason or 'unknown').replace('_', ' ').lower()})"

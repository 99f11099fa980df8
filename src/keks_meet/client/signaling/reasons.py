# SPDX-License-Identifier: AGPL-3.0-only
"""Words for why a server could not be asked."""

import os
import socket
import ssl
from http import HTTPStatus
from typing import Final

import aiohttp

from keks_meet.client.signaling.http import RedirectRefused

__all__ = ["reason_of"]

_PLAIN: Final = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}
"""What OpenSSL calls an answer that is not TLS."""


def reason_of(error: Exception) -> str:
    """Return in a few words why a request failed: for `aiohttp.ClientError`, `OSError` and `TimeoutError`."""
    match error:
        case RedirectRefused():
            return "it sends us to another address, which is not followed"
        case aiohttp.ClientResponseError():
            return _reason_of_answer(error)
        case aiohttp.ServerDisconnectedError():
            return "it ended the connection"
        case aiohttp.ClientConnectorCertificateError():
            return _reason_of_system(error.certificate_error)
        case _:
            return _reason_of_system(error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error)


def _reason_of_answer(error: aiohttp.ClientResponseError) -> str:
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answers {error.status}"
    if not isinstance(error, aiohttp.WSServerHandshakeError):
        return "its answer is not HTTP"
    is_busy = error.status == HTTPStatus.SERVICE_UNAVAILABLE
    return "it takes nobody just now" if is_busy else f"it answers {error.status}, not as a keks-meet server"


def _reason_of_system(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "no answer"
        case socket.gaierror():
            return "its name has no address"
        case ssl.SSLError():
            return _reason_of_tls(error)
        case OSError(errno=int(number)) if number:
            return os.strerror(number)
        case _:
            # Where two addresses fail in two ways, the text alone tells them.
            return (str(error) if isinstance(error, OSError) else "") or type(error).__name__


def _reason_of_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if error.reason in _PLAIN:
        return "it does not speak TLS (https, wss) at that port"
    return f"TLS failed ({(error.reason or 'unknown').replace('_', ' ').lower()})"

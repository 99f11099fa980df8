# SPDX-License-Identifier: AGPL-3.0-only
"""WebSocket frames as a server writes them: whole and unmasked (RFC 6455, 5.2), so one encoding fits every client."""

import struct
from typing import Final

from keks_meet.protocol.close_codes import CloseCode
from keks_meet.protocol.limits import CLOSE_REASON_BYTES

__all__ = ["close_frame", "pong_frame", "text_frame"]

_FINAL: Final = 0x80
_TEXT: Final = 0x1
_CLOSE: Final = 0x8
_PONG: Final = 0xA


def text_frame(payload: bytes) -> bytes:
    """Return a text frame; the payload is UTF-8."""
    return _frame(_TEXT, payload)


def pong_frame(payload: bytes) -> bytes:
    """Return the answer to a ping with this payload."""
    return _frame(_PONG, payload)


def close_frame(code: CloseCode | int, reason: str = "") -> bytes:
    """Return a close frame; a reason that does not fit is cut between characters."""
    text = reason.encode()[:CLOSE_REASON_BYTES].decode(errors="ignore")
    return _frame(_CLOSE, struct.pack("!H", code) + text.encode())


def _frame(opcode: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", _FINAL | opcode, length) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", _FINAL | opcode, 126, length) + payload
    return struct.pack("!BBQ", _FINAL | opcode, 127, length) + payload

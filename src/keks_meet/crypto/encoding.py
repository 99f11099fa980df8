# SPDX-License-Identifier: AGPL-3.0-only
"""The bytes that keys are derived from, and that signatures and hashes are about [Y1]: each has one meaning."""

import base64
import binascii
import re
from typing import Final

from keks_meet.protocol.wire_limits import MAX_INTEGER

__all__ = ["decode_bytes", "encode_bytes", "encode_parts"]

_TEXT: Final = re.compile(r"[A-Za-z0-9_-]*")


def encode_parts(label: str, *parts: bytes | str | int) -> bytes:
    """Return a label and its parts as bytes that can be read in one way only.

    Each part is its length as 4 bytes, the first one leading, and its bytes: a text in UTF-8, a number as 8 bytes.
    Raises `ValueError` for what has no bytes of its own: half a character, a number above 2^53-1 or below 0.
    """
    return b"".join(_with_length(part) for part in (label, *parts))


def encode_bytes(data: bytes) -> str:
    """Return bytes as messages have them: base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode_bytes(text: str, least: int = 0, most: int = MAX_INTEGER) -> bytes | None:
    """Return the ``least`` to ``most`` bytes of a text, or None for another text: the same bytes have one text."""
    if _TEXT.fullmatch(text) is None:
        return None
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return None
    return data if least <= len(data) <= most and encode_bytes(data) == text else None


def _with_length(part: bytes | str | int) -> bytes:
    if isinstance(part, int):
        if not 0 <= part <= MAX_INTEGER:
            msg = "this number has no encoding"
            raise ValueError(msg)
        part = part.to_bytes(8)
    data = part.encode() if isinstance(part, str) else part
    return len(data).to_bytes(4) + data

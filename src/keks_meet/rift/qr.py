# SPDX-License-Identifier: AGPL-3.0-only
"""A link as a QR code made of half blocks. Pure."""

import io
from typing import Final

import segno

__all__ = ["qr_code"]

_BORDER: Final = 2
"""Modules of quiet zone: half of what the standard asks for, which every telephone reads, so that it fits."""


def qr_code(link: str, *, columns: int, encoding: str) -> str | None:
    """Return lines that show ``link`` light on dark; None when they do not fit, or the encoding has no blocks."""
    try:
        "▀▄█".encode(encoding)
        code = segno.make(link, error="l", micro=False, boost_error=False)
    except (LookupError, UnicodeEncodeError, segno.DataOverflowError):
        return None
    if code.symbol_size(border=_BORDER)[0] > columns:
        return None
    drawn = io.StringIO()
    code.terminal(drawn, border=_BORDER, compact=True)
    return drawn.getvalue()

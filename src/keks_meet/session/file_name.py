# SPDX-License-Identifier: AGPL-3.0-only
"""Names of files as peers send them: hostile until proven otherwise."""

import re
import unicodedata

from keks_meet.session.shown_text import belongs, pieces

__all__ = ["safe_file_name", "seen_only"]

# The most bytes of UTF-8. File systems take 255, and whoever saves the file may add to the name.
_LONGEST = 240
# The dot, and all spaces of Unicode (its category Zs): a safe name neither begins nor ends with one of these.
_ENDS = ".\x20\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE | re.ASCII)


def safe_file_name(name: str) -> str:
    """Return a name that any file system takes and that shows as it is; the extension stays.

    The name is without path, control and direction characters, not hidden, not reserved and at most 241 bytes of UTF-8.
    When nothing is left of ``name``, the result is ``file``.
    """
    base = re.split(r"[/\\]", name)[-1]
    plain = seen_only(unicodedata.normalize("NFC", base))
    short = _shorten(re.sub(r'[<>:"|?*]', "_", plain).strip(_ENDS)).strip(_ENDS)
    if not short:
        return "file"
    return f"_{short}" if _RESERVED.match(short) else short


def seen_only(name: str) -> str:
    """Return a name without what cannot be seen [T1]; spaces stay."""
    if name.isascii() and name.isprintable():  # most are, and this is fast
        return name
    return "".join(p for p, kind in pieces(name) if kind == "seen" or unicodedata.category(p[0]) == "Zs")


def _shorten(name: str) -> str:
    """Drop the end of what stands before the extension, and cut nothing apart that belongs together."""
    found = re.search(r"\.[^.]{1,16}\Z", name)
    extension = found[0] if found else ""
    stem = name.removesuffix(extension)
    longest = len(stem.encode()[: _LONGEST - len(extension.encode())].decode(errors="ignore"))
    end = longest
    while 0 < end < len(stem) and belongs(stem, end):
        end -= 1
    return stem[: end or longest] + extension

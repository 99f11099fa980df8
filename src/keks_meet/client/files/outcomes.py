# SPDX-License-Identifier: AGPL-3.0-only
"""The words for downloads that failed."""

from collections.abc import Mapping
from typing import Final

__all__ = ["SENTENCES"]

SENTENCES: Final[Mapping[str, str]] = {
    "cut short": "the transfer was cut short",
    "too long": "more came than was announced",
    "wrong hash": "what came is not what was sent: the SHA-256 differs",
    "no hash": "the sender did not say what it had sent: no SHA-256",
}

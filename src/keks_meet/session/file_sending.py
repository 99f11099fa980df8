# SPDX-License-Identifier: AGPL-3.0-only
"""How much of a file may be sent when, and how it begins and ends [F1] [F5] [F6] [F8] [F9]. Owns no bytes."""

from collections.abc import Collection
from typing import Final

from keks_meet.session.file_control import Credit, Offset, WholeHash, decode_file_text, encode_file_control

__all__ = ["FileSending"]

_PLAIN_MESSAGE: Final = 32_768
"""Bytes of a binary message that every client takes [F1]."""
_LARGE_MESSAGE: Final = 131_072
"""The same between ends with `file-credit`: measured fastest."""


class FileSending:
    """One transfer, as its sender sees it."""

    def __init__(self, features: Collection[str]) -> None:
        """Begin one; ``features`` are those of both ends."""
        has_credit = "file-credit" in features
        self._message = _LARGE_MESSAGE if has_credit else _PLAIN_MESSAGE
        self._credit: int | None = 0 if has_credit else None
        self._is_ended = False
        self.is_hashed = "file-sha256" in features
        self.sent = 0
        """Bytes, counted from the first one sent."""

    def begin(self, offset: int) -> list[str]:
        """Return the first messages of a transfer that begins at this byte of the file."""
        return [encode_file_control(Offset(offset))] if offset else []

    def next_length(self, max_message: int) -> int:
        """Return how many bytes the next message may have; 0 while there is no credit.

        ``max_message`` is the connection's, in bytes, which is known once it is up.
        """
        most = min(self._message, max_message)
        return most if self._credit is None else max(0, min(most, self._credit - self.sent))

    def message_sent(self, length: int) -> None:
        """Count a binary message."""
        self.sent += length

    def text_received(self, message: str) -> None:
        """Take what the receiver says; credit never falls [F5]."""
        control = decode_file_text(message)
        if isinstance(control, Credit) and self._credit is not None:
            self._credit = max(self._credit, control.credit)

    def end(self, sha256: str | None) -> list[str]:
        """Return the last messages [F1] [F6]; ``sha256`` is of the whole file, where it is hashed."""
        self._is_ended = True
        return ["end"] if sha256 is None else [encode_file_control(WholeHash(sha256)), "end"]

    @property
    def is_whole(self) -> bool:
        """Whether a channel that closes now has done its work [F8]."""
        return self._is_ended

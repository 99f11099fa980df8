# SPDX-License-Identifier: AGPL-3.0-only
"""The sending of a file: how much may be sent when, how it begins and ends, and whether the file arrived.

[F1] [F5] [F6] [F8] [F9] [F11]. This module owns no bytes.
"""

from collections.abc import Collection
from typing import Literal, TypeAlias

from keks_meet.protocol.file_controls import Credit, Offset, PrefixHmac, Stored, WholeHash
from keks_meet.session import limits
from keks_meet.session.file_control import decode_file_text, encode_file_control
from keks_meet.session.limits import SENT_CLOSE_MS, SILENCE_MS, STORING_MS

__all__ = ["SENT_CLOSE_MS", "SILENCE_MS", "STORING_MS", "FileSending", "FileVerdict"]

FileVerdict: TypeAlias = Literal["whole", "unconfirmed", "cut short"]
"""`unconfirmed`: everything was sent, and the receiver's client does not say whether it was stored [F8]."""


class FileSending:
    """One transfer, as its sender sees it."""

    def __init__(self, features: Collection[str]) -> None:
        """Begin a transfer; ``features`` are those of both ends."""
        has_credit = "file-credit" in features
        self._message = limits.LARGE_FILE_MESSAGE_BYTES if has_credit else limits.FILE_MESSAGE_BYTES
        self._credit: int | None = 0 if has_credit else None
        self._asked_offset = 0
        self._answer: int | None = None
        self._is_ended = False
        self._is_stored = False
        self.is_confirmed = has_credit and "file-stored" in features
        """Whether the receiver says that it has stored the file [F11]."""
        self.is_hashed = "file-sha256" in features
        self.sent = 0
        """Sent bytes, counted from the first one."""

    def prove(self, offset: int, prefix_hmac: str) -> str:
        """Return the proof that this side has what the receiver has, up to ``offset`` [F9]; an answer follows."""
        self._asked_offset = offset
        return encode_file_control(PrefixHmac(prefix_hmac))

    def begin_anew(self) -> str:
        """Return the message that this side has not as much as the receiver [F9]."""
        self._answer = 0
        return encode_file_control(Offset(0))

    @property
    def offset(self) -> int | None:
        """The offset in the file to begin at, once the receiver has answered."""
        return self._answer

    def next_length(self, max_message: int, *, is_direct: bool = False) -> int:
        """Return how many bytes the next message may have; 0 while there is no credit.

        ``max_message`` is the connection's, in bytes, which is known once it is up. It is all that counts for bytes
        that go over TCP (``is_direct``), which has no messages.
        """
        most = max_message if is_direct else min(self._message, max_message)
        return most if self._credit is None else max(0, min(most, self._credit - self.sent))

    def message_sent(self, length: int) -> None:
        """Count a binary message."""
        self.sent += length

    def text_received(self, message: str) -> None:
        """Take a text of the receiver; credit never falls [F5], and only the whole file counts as stored [F11]."""
        match decode_file_text(message):
            case Credit(credit) if self._credit is not None:
                self._credit = max(self._credit, credit)
            case Offset(offset) if self._asked_offset and self._answer is None:
                self._answer = self._asked_offset if offset == self._asked_offset else 0
            case Stored(stored) if self.is_confirmed and self._is_ended:
                self._is_stored = self._is_stored or stored == (self._answer or 0) + self.sent

    def end(self, sha256: str | None) -> list[str]:
        """Return the last messages [F1] [F6]; ``sha256`` is of the whole file, where it is hashed."""
        self._is_ended = True
        return ["end"] if sha256 is None else [encode_file_control(WholeHash(sha256)), "end"]

    @property
    def awaits_word(self) -> bool:
        """Whether everything was sent to a receiver that will confirm that the file is stored [F11]."""
        return self.is_confirmed and self._is_ended and not self._is_stored

    @property
    def is_stored(self) -> bool:
        """Whether the receiver has confirmed that the file is stored."""
        return self._is_stored

    @property
    def verdict(self) -> FileVerdict:
        """The verdict on the transfer, if the channel closes now [F8] [F11]."""
        if self._is_stored:
            return "whole"
        return "unconfirmed" if self._is_ended and not self.is_confirmed else "cut short"

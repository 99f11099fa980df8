# SPDX-License-Identifier: AGPL-3.0-only
"""The receiving of a file: what has arrived, what more may come, whether it is whole [F2] [F5] [F6] [F9] [F11].

This module owns no bytes.
"""

from collections.abc import Collection
from typing import Literal, TypeAlias

from keks_meet.protocol.file_controls import Credit, Offset, PrefixHmac, Stored, WholeHash
from keks_meet.session import limits
from keks_meet.session.file_control import decode_file_text, encode_file_control
from keks_meet.session.limits import REPEAT_MS

__all__ = ["REPEAT_MS", "FileOutcome", "FileReceiving", "credit_ahead"]

FileOutcome: TypeAlias = Literal["whole", "unknown", "cut short", "too long", "wrong hash", "no hash"]
"""`unknown`: the channel was closed, and nothing said how long the file should be [F2]."""


def credit_ahead(others: Collection[int]) -> int:
    """Return how far a sender may be ahead [F5].

    ``others``: by how many bytes the senders of the other files over the same connection may be.
    """
    share = limits.CREDIT_AHEAD_BYTES // (len(others) + 1)
    return max(min(share, limits.CREDIT_AHEAD_BYTES - sum(others)), limits.FILE_MESSAGE_BYTES)


class FileReceiving:
    """One transfer, as its receiver sees it."""

    def __init__(
        self,
        size: int | None,
        features: Collection[str],
        resume_offset: int = 0,
        prefix_hmac: str | None = None,
    ) -> None:
        """Begin a transfer.

        ``size``: bytes that were announced, if any were.
        ``features``: those of both ends.
        ``resume_offset``: the byte of the file where the transfer was asked to begin [F9].
        ``prefix_hmac``: what the sender must say to prove that it has the bytes before that. Without one any proof
        does, and the hash of the whole file tells.
        """
        self._size = size
        self._resume_offset = resume_offset
        self._prefix_hmac = prefix_hmac
        self._is_resumable = "file-resume-2" in features and "file-sha256" in features
        # Whether a proof was answered, or is not to come: the sender says where it begins only once.
        self._is_begun = False
        self._has_credit = "file-credit" in features
        self._confirms = self._has_credit and "file-stored" in features
        self._credit = 0
        self._is_open = False
        self._is_lost = False
        self._is_ended = False
        self._is_beyond_credit = False
        self._sha256: str | None = None
        self.is_hashed = "file-sha256" in features
        self.offset = 0
        """The offset in the file of the first received byte."""
        self.received = 0
        self.written = 0
        """Written bytes, like ``received`` counted from the first byte of this transfer."""

    def channel_opened(self) -> None:
        """Note that there is a channel: only its end can be the end of a file without a size."""
        self._is_open = True

    def connection_lost(self) -> None:
        """Note that the channel ended with its connection, and not because the sender closed it."""
        self._is_lost = True

    def bytes_received(self, length: int) -> bool:
        """Count a binary message.

        Returns False for more than was announced or than there was credit for: nothing more is to be taken.
        """
        self._is_open = True
        self.received += length
        if self._has_credit and self.received > self._credit:
            self._is_beyond_credit = True
        return not self._is_too_long

    def text_received(self, message: str) -> str | None:
        """Take a text message of the sender; return the answer, if there is one."""
        match decode_file_text(message):
            case "end":
                self._is_ended = True
            case WholeHash(sha256) if self._sha256 is None:
                self._sha256 = sha256
            case PrefixHmac(hmac) if self._resume_offset and not self._is_begun and self.received == 0:
                self._is_begun = True
                self.offset = self._resume_offset if self._prefix_hmac in {None, hmac} else 0
                return encode_file_control(Offset(self.offset))
            case Offset(0):
                self._is_begun = True
        return None

    def bytes_written(self, length: int, ahead: int = limits.CREDIT_AHEAD_BYTES) -> str | None:
        """Count bytes on the disk; return credit to tell the sender, at the start (0 bytes) and as it goes on.

        The sender may be ``ahead`` of that by so many bytes.
        """
        self.written += length
        credit = self.written + ahead
        if not self._has_credit or credit - self._credit < ahead // limits.CREDIT_STEPS:
            return None
        self._credit = credit
        return encode_file_control(Credit(credit))

    @property
    def is_compared(self) -> bool:
        """Whether a sender that takes the request still compares the beginning that is here [F9]."""
        return self._is_resumable and self._resume_offset > 0 and not self._is_begun and self.received == 0

    @property
    def ahead(self) -> int:
        """By how many bytes the sender may be ahead of the writing just now."""
        return self._credit - self.written

    @property
    def sign_of_life(self) -> str | None:
        """The message to a sender that waits while the file is written and stored [F11]."""
        return encode_file_control(Credit(self._credit)) if self._confirms and self._credit else None

    @property
    def stored(self) -> str | None:
        """The message to the sender once the file is stored [F11]; None where the sender would not know it."""
        return encode_file_control(Stored(self._arrived)) if self._confirms and self._is_ended else None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected: the end has come, or all that was announced and no hash will follow."""
        if self._is_ended or self._is_too_long:
            return True
        return not (self.is_hashed or self._confirms) and self._arrived == self._size

    @property
    def is_unheard(self) -> bool:
        """Whether a channel that closes now says nothing [F8].

        An engine loses what a channel brought that closes before anybody listens, and this sender waits for nobody.
        """
        is_nothing = self.received == 0 and not self._is_ended and self._size != 0
        return is_nothing and not self._is_lost and not self._has_credit

    def outcome(self, sha256: str | None) -> FileOutcome:
        """Return the outcome of the transfer; ``sha256`` is of the whole file as it was written, where it is hashed."""
        if self._is_too_long:
            return "too long"
        if self._size is not None and self._arrived < self._size:
            return "cut short"
        if self.is_hashed:
            if self._sha256 is None:
                return "no hash" if self._is_ended else "cut short"
            return "whole" if self._sha256 == sha256 else "wrong hash"
        if self._size is not None or self._is_ended:
            return "whole"
        return "unknown" if self._is_open and not self._is_lost else "cut short"

    @property
    def _arrived(self) -> int:
        return self.offset + self.received

    @property
    def _is_too_long(self) -> bool:
        return self._is_beyond_credit or (self._size is not None and self._arrived > self._size)

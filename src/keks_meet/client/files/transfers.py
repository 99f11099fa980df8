# SPDX-License-Identifier: AGPL-3.0-only
"""The transfers that a program sees: whose file each one is of, how far it is, how it ended."""

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.events import PeerKey
from keks_meet.session.file_receiving import FileOutcome
from keks_meet.session.file_sending import FileVerdict

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Transfer", "TransferListener", "TransferOutcome"]

TransferOutcome: TypeAlias = FileOutcome | FileVerdict | Literal["cancelled", "broken"]
"""`broken`: this side could not read or write. `unconfirmed`: all was sent, and nobody said whether it was stored."""


class Transfer:
    """The transfer of one file to or from one peer: a `FileSender` or a `FileReceiver`."""

    def __init__(self, direction: Literal["in", "out"], peer: PeerKey, resource: Provide) -> None:
        self.direction = direction
        self.peer = peer
        self.resource = resource
        self.outcome: TransferOutcome | None = None
        """The outcome; None while the transfer is under way."""
        self.error: Exception | None = None
        """The error that ended the transfer, where it was found on this side."""
        self.path: Path | None = None
        """The path of a received file, once the file is whole."""
        self.is_kept = False
        """Whether a partial file is kept, so that a later download goes on with it."""

    @property
    def bytes(self) -> int:
        """Bytes of the file that have gone out, or are on the disk."""
        return 0

    @property
    def began_at(self) -> int:
        """Bytes of the file that were there before the transfer [F9]."""
        return 0

    @property
    def is_direct(self) -> bool:
        """Whether bytes of the file have taken a direct TCP connection [F15]."""
        return False

    @property
    def is_waiting(self) -> bool:
        """Whether more bytes have to come, or to go."""
        return self.outcome is None and (self.size is None or self.bytes < self.size)

    @property
    def size(self) -> int | None:
        """Bytes of the whole file, if that is known."""
        return self.resource.size


class TransferListener(Protocol):
    """A listener that transfers are reported to."""

    def transfer_started(self, transfer: Transfer) -> None:
        """Tell that a transfer begins."""

    def transfer_stalled(self, transfer: Transfer) -> None:
        """Tell that nothing has come of a download for a while."""

    def transfer_ended(self, transfer: Transfer) -> None:
        """Tell that a transfer has ended."""

    def file_spoilt(self, resource: Provide, is_gone: bool) -> None:
        """Tell that an own file was withdrawn, since it cannot be read any more, or was deleted."""

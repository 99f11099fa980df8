# SPDX-License-Identifier: AGPL-3.0-only
"""What a program sees of a file on its way: whose it is, how far it is, how it ended."""

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.events import PeerKey
from keks_meet.session.file_receiving import FileOutcome
from keks_meet.session.file_sending import FileVerdict

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Transfer", "TransferListener", "TransferOutcome"]

TransferOutcome: TypeAlias = FileOutcome | FileVerdict | Literal["cancelled", "broken"]
"""`broken`: this side could not read or write it. `unconfirmed`: all was sent, and nobody said whether it arrived."""


class Transfer:
    """One file on its way to or from one peer. What carries it is a `FileSender` or a `FileReceiver`."""

    def __init__(self, direction: Literal["in", "out"], peer: PeerKey, resource: Provide) -> None:
        self.direction = direction
        self.peer = peer
        self.resource = resource
        self.outcome: TransferOutcome | None = None
        """None while it is under way."""
        self.error: Exception | None = None
        """Why it did not work out, where that was found on this side."""
        self.path: Path | None = None
        """Where a received file is, once it is whole."""
        self.is_kept = False
        """Whether a part of a received file stays, so that a later download goes on with it."""

    @property
    def bytes(self) -> int:
        """Bytes of the file that have gone out, or are on the disk."""
        return 0

    @property
    def began_at(self) -> int:
        """Bytes of the file that were there before [F9]."""
        return 0

    @property
    def is_waiting(self) -> bool:
        """Whether more bytes have to come, or to go."""
        return self.outcome is None and (self.size is None or self.bytes < self.size)

    @property
    def size(self) -> int | None:
        """Bytes of the whole file, if that is known."""
        return self.resource.size


class TransferListener(Protocol):
    """Whom transfers are reported to."""

    def transfer_started(self, transfer: Transfer) -> None:
        """Tell that one begins."""

    def transfer_stalled(self, transfer: Transfer) -> None:
        """Tell that nothing has come for a while."""

    def transfer_ended(self, transfer: Transfer) -> None:
        """Tell that one has ended."""

    def file_spoilt(self, resource: Provide, is_gone: bool) -> None:
        """Tell that an own file is on offer no longer, since it cannot be read any more, or was deleted."""

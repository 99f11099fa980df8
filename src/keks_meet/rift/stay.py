# SPDX-License-Identifier: AGPL-3.0-only
"""A command's stay in a room: joins, tells the display what happens there, and keeps count of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar, assert_never

from keks_meet.client.events import (
    ChatReceived,
    ChatSettled,
    LinkChanged,
    MessageTooLarge,
    OfferRefused,
    OffersIgnored,
    Peer,
    PeerChanged,
    PeerJoined,
    PeerLeft,
    Resource,
    ResourceOffered,
    ResourceSpoilt,
    ResourceWithdrawn,
    RoomEvent,
    StreamArrived,
    TransferEnded,
    TransferStalled,
    TransferStarted,
)
from keks_meet.client.files.transfers import Transfer
from keks_meet.client.room import Room
from keks_meet.rift import display as shown
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.display import Display, Listed, PeerName, worded
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.names import Names
from keks_meet.rift.terminal import quoted
from keks_meet.session.effects import LineState

__all__ = ["Stay", "staying"]

_T = TypeVar("_T")
_PROGRESS_SECONDS: Final = 0.2
_SENTENCES: Final = {
    "cut short": "it was cut short",
    "cancelled": "it was ended",
}


@asynccontextmanager
async def staying(setup: Setup, *, link: bool = False) -> AsyncIterator["Stay"]:
    """Join the room of a command, and leave it at the end. Raises `ServerUnreachable`.

    With ``link`` the room's web address is among what is told of joining.
    """
    server = setup.settings.server
    async with Room(setup.secret, server=server, username=setup.settings.username) as room:
        stay = Stay(room, setup.display)
        setup.display.joined(username=room.username, link=server.room_link(setup.secret) if link else None)
        narrator = asyncio.create_task(stay.narrate())
        try:
            yield stay
        finally:
            stay.is_leaving = True
            await room.leave()
            await narrator


class Stay:
    """The room, and what has happened in it so far."""

    def __init__(self, room: Room, display: Display) -> None:
        self.room = room
        self.display = display
        self.came = 0
        """Peers that were or are there."""
        self.done = 0
        """Transfers that arrived whole, as far as the other side can tell."""
        # Files that did not arrive, by direction, peer and id; a later try may still work out.
        self._failed: set[tuple[str, int, str]] = set()
        self.on_offer: Callable[[Peer, Resource], None] = lambda _peer, _resource: None
        """Called for each offer."""
        # Whose file or port is used, by kind and id.
        self._used: dict[tuple[str, str], Peer] = {}
        self.is_leaving = False
        """Whether others only seem to leave, because this side does."""
        self._names = Names()
        self._transfers: dict[Transfer, Listed] = {}
        self._bars: dict[Transfer, shown.Transfer] = {}
        # Whether a download was ended from here.
        self._has_interrupted = False
        self._unreachable: set[int] = set()
        self.settled: dict[str, LineState] = {}
        """What has become of lines that were said here."""
        self._told = asyncio.Event()
        self._progress: asyncio.Task[None] | None = None

    @property
    def has_failed(self) -> bool:
        """Whether a file did not arrive, though others may have."""
        return bool(self._failed)

    def note_failed(self, peer: Peer, resource: Resource) -> None:
        """Count a file that could not even be asked for."""
        self._failed.add(("in", peer.key, resource.id))

    def note_saved(self, peer: Peer, resource: Resource) -> None:
        """Count a file as arrived, whatever earlier tries came to, before the narration gets there."""
        self._failed.discard(("in", peer.key, resource.id))

    @property
    def is_transferring(self) -> bool:
        """Whether a transfer is under way."""
        return bool(self._transfers)

    def code_when_stopped(self, *, nobody: str, nothing: str) -> ExitCode:
        """Return how a command ends that was told to; say so in words when it has done nothing."""
        if self._transfers or self._has_interrupted:
            return ExitCode.INTERRUPTED
        if self._failed:
            return ExitCode.TRANSFER_FAILED
        if self.done:
            return ExitCode.DONE
        self.display.warning(nothing if self.came else nobody)
        return ExitCode.NOBODY

    async def until(self, look: Callable[[], _T | None]) -> _T:
        """Return what ``look`` finds, looking again after each event has been told and counted."""
        while (found := look()) is None:
            await self._told.wait()
        return found

    async def until_gone(self, peer: Peer) -> None:
        """Wait until a peer is there no more."""
        await self.room.until(lambda: all(each.key != peer.key for each in self.room.peers) or None)

    def note_rivals(self, peer: Peer, resource: Resource) -> None:
        """Tell from now on who else offers something under the id of what is used: it is not taken for that."""
        self._used[resource.kind, resource.id] = peer
        for other in self.room.peers:
            for offered in other.resources:
                self._note_rival(other, offered.info)

    def _note_rival(self, other: Peer, resource: Resource) -> None:
        peer = self._used.get((resource.kind, resource.id))
        if peer is not None and peer.key != other.key:
            names = worded(self.named(other)), worded(self.named(peer))
            self.display.warning(
                f"{names[0]} offers the {resource.kind} {quoted(resource.id)}, too. Only that of {names[1]} is used."
            )

    async def narrate(self) -> None:
        """Tell the display what happens, until the room is left."""
        async for event in self.room:
            self._tell(event)
            told, self._told = self._told, asyncio.Event()
            told.set()
        if self._progress is not None:
            self._progress.cancel()

    def _tell(self, event: RoomEvent) -> None:  # noqa: C901, PLR0912 - one case a kind
        match event:
            case PeerJoined(peer):
                self.came += 1
                self.display.peer(self._names.tell(peer, own=self.room.username)[0], "joined")
            case PeerLeft(peer) if not self.is_leaving:
                self.display.peer(self.named(peer), "left")
                self._names.left(peer.key)
            case PeerChanged(peer):
                self._peer_changed(peer)
            case ResourceOffered(peer, resource):
                if resource.kind in {"file", "port"}:
                    self.display.offered(self.listed(peer, resource))
                self._note_rival(peer, resource)
                self.on_offer(peer, resource)
            case ResourceWithdrawn(peer, resource):
                if resource.kind in {"file", "port"}:
                    self.display.withdrawn(self.listed(peer, resource))
            case ChatReceived(peer, text, _):
                self.display.chat(self.named(peer), text or "", is_image=text is None)
            case ChatSettled(line, state):
                self._chat_settled(line, state)
            case TransferStarted(transfer):
                self._transfer_started(transfer)
            case TransferStalled(transfer):
                self._transfer_stalled(transfer)
            case TransferEnded(transfer):
                self._transfer_ended(transfer)
            case LinkChanged(status, reason):
                self._link_changed(status, reason)
            case OffersIgnored(peer, kind):
                self.display.warning(f"{worded(self.named(peer))} offers more {kind}s than can be shown.")
            case OfferRefused(identifier, kind):
                self.display.warning(f"There are too many {kind}s on offer already: {identifier} is not offered.")
            case MessageTooLarge():
                self.display.warning("That is more than the server takes; it was not sent.")
            case ResourceSpoilt(resource):
                name = quoted(resource.label or resource.id)
                self.display.warning(f"{name} cannot be read any more: no longer offering it.")
            case StreamArrived() | PeerLeft():
                pass
            case _:
                assert_never(event)

    def _chat_settled(self, line: str, state: LineState) -> None:
        if state == "uncertain" and line not in self.settled:
            self.display.warning("The server was lost: what was said last may not have arrived.")
        self.settled[line] = state

    def named(self, peer: Peer) -> PeerName:
        """Return a peer's name as displays take it, with what tells it from equal ones."""
        return self._names.name(peer, own=self.room.username)

    def listed(self, peer: Peer, resource: Resource) -> Listed:
        """Return an offer as displays take it."""
        return Listed(self.named(peer), resource)

    def _peer_changed(self, peer: Peer) -> None:
        now, before = self._names.tell(peer, own=self.room.username)
        if before is not None:
            self.display.renamed(now, before)
        self.display.detail(f"{worded(now)}: {_connection(peer)}")
        if peer.status != "failed":
            self._unreachable.discard(peer.key)
        elif peer.key not in self._unreachable:
            self._unreachable.add(peer.key)
            self.display.warning(f"No connection to {worded(now)} can be made; a TURN server may be needed.")

    def _link_changed(self, status: str, reason: str) -> None:
        if status == "reconnecting":
            because = f" ({reason})" if reason else ""
            self.display.status(f"The server is away{because}. Transfers go on; trying to reach it again.")
        elif self.came or self._transfers:
            self.display.detail("The server is there.")

    # Transfers. A bar begins once it is known whether the file goes on where an earlier transfer ended.

    def _transfer_started(self, transfer: Transfer) -> None:
        peer = next((peer for peer in self.room.peers if peer.key == transfer.peer), None)
        name = self.named(peer) if peer else PeerName(str(transfer.peer), "somebody")
        self._transfers[transfer] = Listed(name, transfer.resource)
        if self._progress is None or self._progress.done():
            self._progress = asyncio.create_task(self._show_progress())

    def _transfer_stalled(self, transfer: Transfer) -> None:
        name = transfer.resource.label or transfer.resource.id
        self.display.warning(f"Nothing more of {name} has come for 15 seconds; asking again.")

    def _transfer_ended(self, transfer: Transfer) -> None:
        bar = self._bar(transfer)
        del self._transfers[transfer], self._bars[transfer]
        key = (transfer.direction, transfer.peer, transfer.resource.id)
        if transfer.outcome in {"whole", "unknown", "unconfirmed"}:
            self.done += 1
            self._failed.discard(key)
            bar.progress(transfer.bytes)
            if transfer.outcome == "unknown":
                self.display.warning("The sender did not say how long it is: whether it is whole nobody knows.")
            if transfer.outcome == "unconfirmed":
                bar.unconfirmed()
            else:
                bar.done(transfer.path)
        else:
            self._failed.add(key)
            self._has_interrupted |= transfer.direction == "in" and transfer.outcome == "cancelled"
            bar.failed(_sentence(transfer))

    async def _show_progress(self) -> None:
        while self._transfers:
            for transfer in [transfer for transfer in self._transfers if transfer.bytes]:
                self._bar(transfer).progress(transfer.bytes)
            await asyncio.sleep(_PROGRESS_SECONDS)

    def _bar(self, transfer: Transfer) -> shown.Transfer:
        if transfer not in self._bars:
            direction: shown.Direction = "sending" if transfer.direction == "out" else "receiving"
            what = self._transfers[transfer]
            if direction == "receiving" and transfer.began_at:
                name = quoted(transfer.resource.label or transfer.resource.id)
                whose = f"{worded(what.peer)} has the same, and sends the rest"
                self.display.status(f"{transfer.began_at} bytes of {name} are there; {whose}.")
            self._bars[transfer] = self.display.transfer(direction, what, offset=transfer.began_at)
        return self._bars[transfer]


def _connection(peer: Peer) -> str:
    if peer.status != "connected" or peer.relayed is None:
        return peer.status
    return "connected through a TURN server" if peer.relayed else "connected directly"


def _sentence(transfer: Transfer) -> str:
    if isinstance(transfer.error, OSError):
        return transfer.error.strerror or type(transfer.error).__name__
    if transfer.error is not None:
        return str(transfer.error)
    return _SENTENCES.get(str(transfer.outcome), str(transfer.outcome))

# SPDX-License-Identifier: AGPL-3.0-only
"""What happens in a room, told as events of `rift`: who is called what, what is offered, how transfers go."""

import asyncio
import itertools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, assert_never

from msgspec import Struct

from keks_meet.client import events as c
from keks_meet.client.events import Peer, Resource
from keks_meet.client.files.transfers import Transfer
from keks_meet.rift import events as e
from keks_meet.rift.events import NAMELESS, PeerName, worded
from keks_meet.rift.failures import sentence_of
from keks_meet.rift.terminal import quoted
from keks_meet.rift.way_words import WAY_WORDS
from keks_meet.session.effects import LineState
from keks_meet.session.events import PeerKey
from keks_meet.session.names import NumberedName, number_names
from keks_meet.session.shown_text import shown_name

if TYPE_CHECKING:
    from keks_meet.client import Room

__all__ = ["SHOWN_KINDS", "Names", "Narrator", "connection_of"]

SHOWN_KINDS: Final = frozenset({"file", "port"})
"""What is told of. A terminal has no use for tracks."""
_PROGRESS_SECONDS: Final = 0.2
_SILENT_SECONDS: Final = 3.0
"""So long without a byte, of a peer that the server has lost, is told; its connection is given up later."""
_OUTCOMES: Final = {
    "cut short": "it was cut short",
    "cancelled": "it was ended",
}


class _Told(Struct):
    """A transfer that is told of."""

    peer: PeerName
    number: int = 0
    """0 until its beginning has been told, which waits for whether it goes on where an earlier transfer ended."""
    bytes: int = 0
    moved: float = 0.0
    """When bytes were last seen to come, by the clock of the loop."""
    is_silence_told: bool = False


class Narrator:
    """Tells what happens in a room."""

    def __init__(self, room: "Room", say: Callable[[e.Event], None], *, offers: bool = True) -> None:
        """Tell of ``room`` with ``say``; without ``offers`` not what peers offer."""
        self._room, self._say, self._offers = room, say, offers
        self.is_leaving = False
        """Whether others only seem to leave, because this side does."""
        self._names = Names()
        self._numbers = itertools.count(1)
        self._transfers: dict[Transfer, _Told] = {}
        self._progress: asyncio.Task[None] | None = None
        self._unreachable: set[PeerKey] = set()
        # Whose file or port is used, by kind and id.
        self._used: dict[tuple[str, str], Peer] = {}
        self._settled: set[str] = set()
        self._refused: set[tuple[PeerKey, str]] = set()

    def tell(self, event: c.RoomEvent) -> None:  # noqa: C901 - one case a kind
        """Tell of an event."""
        match event:
            case c.PeerJoined() | c.PeerLeft() | c.PeerChanged():
                self._tell_of_peer(event)
            case c.ResourceOffered() | c.ResourceWithdrawn():
                self._tell_of_offer(event)
            case c.TransferStarted() | c.TransferStalled() | c.TransferEnded():
                self._tell_of_transfer(event)
            case c.ChatReceived(peer, text, _):
                is_image = text is None
                self._say(e.ChatReceived(self.named(peer), text, image=is_image))
            case c.HandChanged() | c.Reacted() | c.RecordingChanged():
                self._tell_of_act(event)
            case c.ChatSettled(line, state):
                self._chat_settled(line, state)
            case c.LinkChanged(status, reason):
                self._link_changed(status, reason)
            case c.PortRefused(peer, identifier):
                self._port_refused(peer, identifier)
            case c.PeerWarned():
                self._warned(event)
            case c.RoomCodeChanged():
                self._code_changed(event)
            case c.StreamArrived():
                pass
            case _:
                self._say(e.Warned(self._trouble(event)))

    def _tell_of_act(self, event: c.HandChanged | c.Reacted | c.RecordingChanged) -> None:
        match event:
            case c.HandChanged(peer, is_up):
                self._say(e.Hand(self.named(peer), "up" if is_up else "down"))
            case c.Reacted(peer, name):
                self._say(e.Reaction(self.named(peer), name))
            case c.RecordingChanged(peer, is_on):
                self._say(e.Recording(self.named(peer), "on" if is_on else "off"))

    def close(self) -> None:
        """Tell no more of progress."""
        if self._progress is not None:
            self._progress.cancel()

    def named(self, peer: Peer) -> PeerName:
        """Return a peer's name as events have it, with what tells it from equal ones."""
        is_new = peer.key not in self._names
        name = self._names.name(peer, own=self._room.username)
        if is_new and all(here.key != peer.key for here in self._room.peers):
            self._names.left(peer.key)  # for good: nobody will say once more that it left
        return name

    def note_use(self, peer: Peer, resource: Resource) -> None:
        """Tell from now on who else offers something under the id of what is used: it is not taken for that."""
        self._used[resource.kind, resource.id] = peer
        for other in self._room.peers:
            for offered in other.resources:
                self._tell_of_rival(other, offered.info)

    # Peers

    def _tell_of_peer(self, event: c.PeerJoined | c.PeerLeft | c.PeerChanged) -> None:
        match event:
            case c.PeerJoined(peer):
                name = self._names.tell(peer, own=self._room.username)[0]
                self._say(e.PeerJoined(name))
                self._tell_of_change(name, peer)
            case c.PeerLeft(peer) if not self.is_leaving:
                self._say(e.PeerLeft(self.named(peer)))
                self._names.left(peer.key)
                self._unreachable.discard(peer.key)
                self._refused = {refused for refused in self._refused if refused[0] != peer.key}
            case c.PeerChanged(peer):
                self._peer_changed(peer)

    def _peer_changed(self, peer: Peer) -> None:
        now, before = self._names.tell(peer, own=self._room.username)
        if before is not None:
            self._say(e.PeerRenamed(now, before.username, before.number))
            self._tell_of_change(now, peer)
        self._say(e.Detail(f"{worded(now)}: {connection_of(peer)}"))
        if peer.status != "failed":
            self._unreachable.discard(peer.key)
        elif peer.key not in self._unreachable:
            self._unreachable.add(peer.key)
            self._say(e.Warned(f"No connection to {worded(now)} can be made; a TURN server may be needed."))

    def _tell_of_change(self, name: PeerName, peer: Peer) -> None:
        """Warn of somebody who has a name that belongs to another person, or a client that guards against less."""
        if name.mark == "changed" and peer.identity.protects_less:
            self._say(e.Warned(f"The client of {worded(name)} guards against less than before: it is not trusted."))
        elif name.mark == "changed":
            self._say(e.Warned(f"{worded(name)} has another key than the person of this name that you know."))

    def _warned(self, event: c.PeerWarned) -> None:
        match event:
            case c.PeerWarned(peer, "missed") if peer is not None:
                what = f"Something that {worded(self.named(peer))} said was withheld, or lost on its way"
                self._say(e.Warned(f"{what}; it is asked to say it again."))
            case c.PeerWarned(_, "unproven"):
                self._say(e.Warned("Somebody in the room cannot prove the key that they claim, and is not spoken to."))
            case c.PeerWarned(peer, "contradicts", (one, other)) if peer is not None:
                names = f"{quoted(shown_name(one) or NAMELESS)} to some and {quoted(shown_name(other) or NAMELESS)}"
                self._say(e.Warned(f"{worded(self.named(peer))} calls itself {names} to others, and has signed both."))
            case c.PeerWarned(peer, "unheard") if peer is not None:
                what = f"The server brings nothing from {worded(self.named(peer))}, while you are connected directly"
                self._say(e.Warned(f"{what}. It withholds that, or their program hangs or cannot reach the server."))
            case c.PeerWarned(peer, "withheld", names, witness):
                self._say(e.Warned(self._of_withholding(peer, names, witness)))

    def _of_withholding(self, peer: Peer | None, names: tuple[str, ...], witness: Peer | None) -> str:
        teller = worded(self.named(witness)) if witness is not None else "somebody"
        if peer is not None:
            what = f"{teller} hears what {worded(self.named(peer))} says, and nothing of it arrives here"
            return f"{what}. The server withholds it, or one of the two does not tell the truth."
        name = quoted(shown_name(names[0] if names else "") or NAMELESS)
        what = f"{teller} speaks to {name} in this room, whom the server does not show"
        return f"{what}. The server hides somebody, or {teller} makes them up."

    def _code_changed(self, event: c.RoomCodeChanged) -> None:
        def names(peers: Iterable[Peer]) -> tuple[PeerName, ...]:
            return tuple(map(self.named, peers))

        covered = {peer.key for peer in event.members}
        uncovered = names(peer for peer in self._room.peers if peer.key not in covered)
        by, ended_by = (self.named(peer) if peer else None for peer in (event.by, event.ended_by))
        members, waiting, left_out, named = map(names, (event.members, event.waiting, event.left_out, event.named))
        self._say(
            e.RoomCode(event.status, members, uncovered, waiting, by, left_out, event.code, event.why, named, ended_by)
        )

    # Offers

    def _tell_of_offer(self, event: c.ResourceOffered | c.ResourceWithdrawn) -> None:
        is_told = self._offers and event.resource.kind in SHOWN_KINDS
        match event:
            case c.ResourceOffered(peer, resource):
                if is_told:
                    self._say(e.Offered(self.named(peer), resource))
                self._tell_of_rival(peer, resource)
            case c.ResourceWithdrawn(peer, resource) if is_told:
                self._say(e.Withdrawn(self.named(peer), resource))

    def _tell_of_rival(self, other: Peer, resource: Resource) -> None:
        peer = self._used.get((resource.kind, resource.id))
        if peer is None or peer.key == other.key:
            return
        what = f"the {resource.kind} {quoted(resource.id)}"
        used = f"Only that of {worded(self.named(peer))} is used."
        self._say(e.Warned(f"{worded(self.named(other))} offers {what}, too. {used}"))

    # Transfers

    def _tell_of_transfer(self, event: c.TransferStarted | c.TransferStalled | c.TransferEnded) -> None:
        transfer = event.transfer
        match event:
            case c.TransferStarted():
                self._transfers[transfer] = _Told(self._names.of(transfer.peer))
                if self._progress is None or self._progress.done():
                    self._progress = asyncio.create_task(self._tell_of_progress())
            case c.TransferStalled():
                name = transfer.resource.label or transfer.resource.id
                self._say(e.Warned(f"Nothing more of {quoted(name)} has come for 15 seconds; asking again."))
            case c.TransferEnded():
                number = self._begun(transfer)
                del self._transfers[transfer]
                self._transfer_ended(transfer, number)

    def _begun(self, transfer: Transfer) -> int:
        """Return the number of a transfer, once its beginning has been told."""
        told = self._transfers[transfer]
        if not told.number:
            told.number = next(self._numbers)
            direction: e.Direction = "sending" if transfer.direction == "out" else "receiving"
            if direction == "receiving" and transfer.began_at:
                self._say(e.Status(_going_on(transfer, told.peer)))
            self._say(e.TransferStarted(told.number, direction, told.peer, transfer.resource, transfer.began_at))
        return told.number

    async def _tell_of_progress(self) -> None:
        while self._transfers:
            for transfer, told in list(self._transfers.items()):
                if transfer.bytes:
                    self._say(e.TransferProgress(self._begun(transfer), transfer.bytes))
                self._tell_of_silence(transfer, told, asyncio.get_running_loop().time())
            await asyncio.sleep(_PROGRESS_SECONDS)

    def _tell_of_silence(self, transfer: Transfer, told: _Told, now: float) -> None:
        """Say that a peer is waited for which has gone without a word, long before its connection counts as lost."""
        if transfer.bytes != told.bytes or not told.moved:
            told.bytes, told.moved, told.is_silence_told = transfer.bytes, now, False
        is_silent = now - told.moved >= _SILENT_SECONDS and transfer.outcome is None
        if is_silent and not told.is_silence_told and self._is_away(transfer.peer):
            told.is_silence_told = True
            self._say(e.Status(f"{worded(told.peer)} does not answer; waiting for it to come back."))

    def _is_away(self, key: PeerKey) -> bool:
        return any(peer.key == key and peer.status == "reconnecting" for peer in self._room.peers)

    def _transfer_ended(self, transfer: Transfer, number: int) -> None:
        match transfer.outcome:
            case "unconfirmed":
                self._say(e.TransferUnconfirmed(number, transfer.bytes))
            case "whole":
                self._say(e.TransferDone(number, transfer.bytes, transfer.path))
            case "unknown":
                self._say(e.Warned("The sender did not say how long it is: whether it is whole nobody knows."))
                self._say(e.TransferDone(number, transfer.bytes, transfer.path))
            case _:
                self._say(e.TransferFailed(number, transfer.bytes, _reason(transfer)))

    # Ports

    def _port_refused(self, peer: Peer, identifier: str) -> None:
        """Warn, once for a port: a browser comes again and again."""
        if (peer.key, identifier) in self._refused:
            return
        self._refused.add((peer.key, identifier))
        what = f"{worded(self.named(peer))} closed a connection to port {quoted(identifier)} before anything came"
        self._say(e.Warned(f"{what}: perhaps you were not let in, or nothing answers there."))

    # The server

    def _chat_settled(self, line: str, state: LineState) -> None:
        if state == "uncertain" and line not in self._settled:
            self._say(e.Warned("The server was lost: what was said last may not have arrived."))
        self._settled.add(line)

    def _link_changed(self, status: str, reason: str) -> None:
        if status == "reconnecting":
            because = f" ({reason})" if reason else ""
            self._say(e.Status(f"The server is away{because}. Transfers go on; trying to reach it again."))
        elif self._names or self._transfers:
            self._say(e.Detail("The server is there."))

    def _trouble(
        self, event: c.OffersIgnored | c.OfferRefused | c.MessageTooLarge | c.PortUnanswered | c.ResourceSpoilt
    ) -> str:
        match event:
            case c.PortUnanswered(_, address, reason):
                return f"Nothing answers at {address}: {reason}."
            case c.OffersIgnored(peer, kind):
                return f"{worded(self.named(peer))} offers more {kind}s than can be shown."
            case c.OfferRefused(identifier, kind):
                return f"There are too many {kind}s on offer already: {identifier} is not offered."
            case c.MessageTooLarge():
                return "That is more than the server takes; it was not sent."
            case c.ResourceSpoilt(resource, is_gone):
                why = "is not there any more" if is_gone else "cannot be read any more"
                return f"{quoted(resource.label or resource.id)} {why}: no longer offering it."
            case _:
                assert_never(event)


class Names:
    """Names of the peers that are there: numbered where they look the same [T4]."""

    def __init__(self) -> None:
        self._names: dict[PeerKey, str] = {}
        self._numbers: dict[PeerKey, NumberedName] = {}
        self._told: dict[PeerKey, PeerName] = {}

    def __len__(self) -> int:
        """Return how many are there."""
        return len(self._names)

    def __contains__(self, key: object) -> bool:
        """Tell whether a peer is there, as far as is known."""
        return key in self._names

    def tell(self, peer: Peer, *, own: str) -> tuple[PeerName, PeerName | None]:
        """Return the name of a peer, which is told now, and the other one that was told before, if there is one."""
        before, now = self._told.get(peer.key), self.name(peer, own=own)
        self._told[peer.key] = now
        return now, before if before is not None and before.username != now.username else None

    def name(self, peer: Peer, *, own: str) -> PeerName:
        """Return the name of a peer, which may be new, or another one than before."""
        self._names[peer.key] = peer.identity.petname or peer.username
        shown = [(key, shown_name(name) or NAMELESS) for key, name in self._names.items()]
        self._numbers = number_names(self._numbers, shown_name(own), shown)
        number, identity = self._numbers[peer.key].number, peer.identity
        return PeerName(str(peer.key), peer.username, number, identity.mark, identity.fingerprint, identity.petname)

    def of(self, key: PeerKey) -> PeerName:
        """Return the name that was told last of a peer: a room that is being left has no peers, but its events do."""
        return self._told.get(key) or PeerName(str(key), "somebody")

    def left(self, key: PeerKey) -> None:
        """Forget a peer that is gone."""
        self._names.pop(key, None)
        self._numbers.pop(key, None)
        self._told.pop(key, None)


def _status_of(peer: Peer) -> str:
    """Return in a word how the connection to a peer does; there is none as long as nobody asks for anything."""
    return "idle" if peer.status == "unconnected" else peer.status


def connection_of(peer: Peer) -> str:
    """Return in words how the connection to a peer does, and which way it takes."""
    return (
        f"connected {WAY_WORDS[peer.way]}" if peer.status == "connected" and peer.way is not None else _status_of(peer)
    )


def _going_on(transfer: Transfer, peer: PeerName) -> str:
    name = quoted(transfer.resource.label or transfer.resource.id)
    if transfer.began_at == transfer.size:
        return f"All of {name} is here already: {worded(peer)} has the same file."
    there = f"1 byte of {name} is" if transfer.began_at == 1 else f"{transfer.began_at} bytes of {name} are"
    return f"{there} here already: {worded(peer)} has the same file, and sends what is missing."


def _reason(transfer: Transfer) -> str:
    if isinstance(transfer.error, OSError):
        # The file is named beside it.
        return transfer.error.strerror or type(transfer.error).__name__
    if transfer.error is not None:
        return sentence_of(transfer.error)
    if transfer.outcome == "cancelled" and transfer.is_kept:
        return "it was ended; what has arrived is kept, and the next try goes on with it"
    return _OUTCOMES.get(str(transfer.outcome), str(transfer.outcome))

# SPDX-License-Identifier: AGPL-3.0-only
"""The news of a room, as the program is told: public events, with peers as they were then."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeAlias

from keks_meet.client import events as out
from keks_meet.client.files.transfers import Transfer
from keks_meet.client.rtc.tracks import MediaStream
from keks_meet.protocol.relay_messages import Chat, Provide, RelayMessage
from keks_meet.session import effects as do
from keks_meet.session import facts
from keks_meet.session.events import PeerKey
from keks_meet.session.room_code_orders import ShowCode

__all__ = ["Listener", "News", "ToldEffect"]

_PeerFact: TypeAlias = (
    facts.PeerJoined | facts.PeerLeft | facts.PeerMerged | facts.PeerRenamed | facts.PeerStatusChanged
)
ToldEffect: TypeAlias = facts.Fact | do.ShowBound | do.ShowChat | do.ShowLine | do.ShowRoomCount
"""The effects with which a session tells what happened."""


class Listener(Protocol):
    """A listener to what happens in the room."""

    def happened(self, event: out.RoomEvent) -> None:
        """Take an event."""

    def changed(self) -> None:
        """Take note that there may be something new to see."""


class News:
    """Tells a program what happens in its room."""

    def __init__(self, find: Callable[[PeerKey], out.Peer | None], listener: Listener) -> None:
        """Tell the ``listener``; ``find`` returns a peer as it is now."""
        self._find = find
        self._listener = listener
        # Peers as they were told last, to be told once more when they have left.
        self._told: dict[PeerKey, out.Peer] = {}
        self.lost_because: str | None = None
        """The reason why the server is away, while it is away; may be empty."""

    def tell(self, effect: ToldEffect) -> None:
        """Pass on what the session tells."""
        match effect:
            case facts.LinkChanged(status):
                self._listener.happened(out.LinkChanged(status, self.lost_because or ""))
            case facts.ResourceOffered(peer, resource):
                self._listener.happened(out.ResourceOffered(self._snapshot(peer), resource))
            case facts.ResourceWithdrawn(peer, resource):
                self._listener.happened(out.ResourceWithdrawn(self._snapshot(peer), resource))
            case facts.HandChanged() | facts.Reacted() | facts.RecordingChanged():
                self._shown(effect)
            case do.ShowBound():
                self._bound_reached(effect)
            case do.ShowChat(_, chat, peer):
                if peer is not None:
                    self._chat_received(peer, chat)
            case do.ShowLine(line, state):
                self._listener.happened(out.ChatSettled(line, state))
            case do.ShowRoomCount() | facts.OwnOffered() | facts.OwnWithdrawn() | facts.ResourceChanged():
                # Programs watch no rooms, and know what they do themselves.
                pass
            case _:
                self._tell_of_peer(effect)

    def message_too_large(self, message: RelayMessage) -> None:
        """Tell of a message that was not sent."""
        self._listener.happened(out.MessageTooLarge("chat" if isinstance(message, Chat) else "other"))

    def warned(
        self, peer: out.Peer | None, about: out.WarningKind, names: tuple[str, ...], witness: out.Peer | None
    ) -> None:
        """Tell that something is wrong with a peer, with a member that is none yet, or with the server."""
        self._listener.happened(out.PeerWarned(peer, about, names, witness))

    def code_shown(self, shown: ShowCode, peers: Mapping[int, out.Peer]) -> None:
        """Tell what becomes of a run that makes a code."""

        def known(clients: Iterable[int]) -> tuple[out.Peer, ...]:
            return tuple(peers[client] for client in clients if client in peers)

        by, ended_by = ((peers.get(client) if client is not None else None) for client in (shown.by, shown.ended_by))
        members, waiting, left_out, named = map(known, (shown.members, shown.waiting, shown.left_out, shown.named))
        self._listener.happened(
            out.RoomCodeChanged(shown.status, by, members, waiting, left_out, named, shown.code, shown.why, ended_by)
        )

    def peer_changed(self, key: PeerKey) -> None:
        """Tell that something else is known of a peer."""
        if self._find(key):
            self._listener.happened(out.PeerChanged(self._snapshot(key)))

    def port_unanswered(self, resource_id: str, address: str, reason: str) -> None:
        """Tell that nothing answers at a port that is offered from here."""
        self._listener.happened(out.PortUnanswered(resource_id, address, reason))

    def port_refused(self, peer: PeerKey, resource_id: str) -> None:
        """Tell of a connection that a peer closed before anything came of it."""
        found = self._find(peer)
        if found:
            self._listener.happened(out.PortRefused(found, resource_id))

    def stream_arrived(self, key: PeerKey, stream: MediaStream) -> None:
        """Tell of a stream that was asked for."""
        peer = self._find(key)
        found = next((each for each in peer.resources if each.info.id == stream.id), None) if peer else None
        if peer and found and found.wanted:
            self._listener.happened(out.StreamArrived(peer, found.info, stream))

    # Files

    def transfer_started(self, transfer: Transfer) -> None:
        """Tell of a file that begins to go out or to come in."""
        self._listener.happened(out.TransferStarted(transfer))

    def transfer_stalled(self, transfer: Transfer) -> None:
        """Tell of a transfer that has stalled."""
        self._listener.happened(out.TransferStalled(transfer))

    def transfer_ended(self, transfer: Transfer) -> None:
        """Tell of the end of a transfer, however it was."""
        self._listener.happened(out.TransferEnded(transfer))

    def file_spoilt(self, resource: Provide, is_gone: bool) -> None:
        """Tell of a file on offer that nobody can read any more."""
        self._listener.happened(out.ResourceSpoilt(resource, is_gone))

    # Peers

    def _tell_of_peer(self, effect: _PeerFact) -> None:
        match effect:
            case facts.PeerJoined(key):
                self._listener.happened(out.PeerJoined(self._snapshot(key)))
            case facts.PeerRenamed(key) | facts.PeerStatusChanged(key):
                self._listener.happened(out.PeerChanged(self._snapshot(key)))
            case facts.PeerLeft(key) | facts.PeerMerged(key):
                self._listener.happened(out.PeerLeft(self._told.pop(key)))

    def _snapshot(self, key: PeerKey) -> out.Peer:
        """Return a peer as it is now, or was when it was told last."""
        peer = self._find(key) or self._told[key]
        self._told[key] = peer
        return peer

    def _bound_reached(self, effect: do.ShowBound) -> None:
        peer = self._find(effect.peer) if effect.peer is not None else None
        if peer is not None:
            self._listener.happened(out.OffersIgnored(peer, effect.kind))
        elif effect.id is not None:
            self._listener.happened(out.OfferRefused(effect.id, effect.kind))

    def _shown(self, fact: facts.HandChanged | facts.Reacted | facts.RecordingChanged) -> None:
        peer = self._find(fact.peer) if fact.peer is not None else None
        # Programs know what they do themselves.
        if peer is None:
            return
        if isinstance(fact, facts.Reacted):
            self._listener.happened(out.Reacted(peer, fact.name))
        elif isinstance(fact, facts.RecordingChanged):
            self._listener.happened(out.RecordingChanged(peer, fact.state == "on"))
        else:
            self._listener.happened(out.HandChanged(peer, fact.state == "up"))

    def _chat_received(self, key: PeerKey, chat: Chat) -> None:
        peer = self._find(key)
        if peer:
            self._listener.happened(out.ChatReceived(peer, chat.text, chat.image))

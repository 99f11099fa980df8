# SPDX-License-Identifier: AGPL-3.0-only
"""The members of the room: arrivals become peers, peers that were away come back, nobody takes another one's place.

[M1] [L2] to [L7] [R1] to [R5].
"""

from collections import deque

from keks_meet.protocol.relay_messages import Identify, RelayMessage, ResumeChallenge, ResumeProof, ResumeToken
from keks_meet.session import limits
from keks_meet.session.connections import Connections
from keks_meet.session.effects import JoinRoom, RelayOut
from keks_meet.session.events import LinkStatus, PeerKey, Timer
from keks_meet.session.facts import PeerJoined, PeerLeft, PeerMerged
from keks_meet.session.lines import Lines
from keks_meet.session.negotiation import Resumed
from keks_meet.session.offering import Offering
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Arrival, Peer
from keks_meet.session.resources import OwnResources
from keks_meet.session.resumption import Resumption
from keks_meet.session.view import SessionOptions

__all__ = ["Members"]


class Members:
    """The members of a room, from the moment that the server names them until they are gone; this client among them.

    A member that comes or goes needs a connection or loses it, has to hear what was said, and what is on offer. So
    these parts belong here.
    """

    def __init__(self, options: SessionOptions, own: OwnResources, out: Outbox) -> None:
        self.username = options.username
        """The name of this client."""
        self.link: LinkStatus = "joining"
        """Whether this client is in the room, as far as the server said."""
        self.peers: dict[PeerKey, Peer] = {}
        """The peers that were announced, including those that are away for a moment."""
        self._options = options
        self._own = own
        self._out = out
        self._own_id: int | None = None
        self._next_key: PeerKey = 1
        self._arrivals: dict[int, Arrival] = {}
        self._said: deque[tuple[Peer, RelayMessage]] = deque()
        self._resumption = Resumption(options, self.peers, out)
        self.connections = Connections(options, own, self._resumption, out)
        self.lines = Lines(self.peers, self._arrivals, out)
        self.offering = Offering(own, out)

    # This client

    def initialized(self, own_id: int) -> bool:
        """Take this client's id, once: another one would let it seal under somebody else's [S3]. Returns whether."""
        if self._own_id is not None:
            return False
        self._own_id = own_id
        self._out.add(JoinRoom())
        return True

    def renamed(self, username: str) -> None:
        """Tell everybody the new name of this client [M1]."""
        self.username = username
        self.relay_to_all(self._identity())

    def relay_to_all(self, message: RelayMessage) -> None:
        """Tell everybody in the room; outside of it nobody hears."""
        if self.link == "joined":
            self._out.add(RelayOut(message))

    def lost(self) -> None:
        """Keep those who can come back until this client has joined again [L1] [L2]."""
        self._own_id = None
        self.offering.lost()
        self.lines.lost()
        if self.link == "joined":
            self.link = "reconnecting"
        for client in self._arrivals:
            self._forget_timers(client)
        self._arrivals.clear()
        for peer in list(self.peers.values()):
            if peer.id is not None:
                self._resumption.settled(peer.id)
            if not peer.is_resumable:
                self.gone(peer)
                continue
            if peer.is_away:
                self._out.stop_timer("away", peer.key)
            peer.id = None

    def left(self) -> None:
        """End everything: this client has left."""
        for peer in self.peers.values():
            self.connections.close(peer)
        self.peers.clear()
        self._arrivals.clear()
        self._own_id = None

    # Coming and going

    def client_joined(self, client: int) -> None:
        """Take in a member: it says who it is, and hears who this client is and what it offers [M1] [M2]."""
        if self._own_id is None:
            return
        if client == self._own_id:
            self._joined()
            return
        if client in self._arrivals or self._peer_by_id(client):
            return
        if len(self._arrivals) + len(self.peers) >= limits.PEERS:
            return
        self._arrivals[client] = Arrival(client)
        self._out.start_timer("appear", client, limits.APPEAR_MS)
        self._out.add(RelayOut(self._identity(), client))
        self.offering.greet(client)

    def client_left(self, client: int) -> None:
        """Wait for a member that may come back, and take leave of any other [L2]."""
        self.offering.forget(client)
        if self._arrivals.pop(client, None):
            self._forget_timers(client)
        peer = self._peer_by_id(client)
        if peer is None:
            return
        self._resumption.settled(client)
        if peer.is_resumable and (peer.is_connection_up or self._is_claimed(peer)):
            peer.id = None
            self._out.start_timer("away", peer.key, limits.AWAY_MS)
        else:
            self.gone(peer)

    def gone(self, peer: Peer) -> None:
        """Take leave of a peer for good."""
        del self.peers[peer.key]
        self._out.stop_timer("away", peer.key)
        if peer.id is not None:
            self._resumption.settled(peer.id)
        self.connections.close(peer)
        self._resumption.forget(peer)
        self._out.add(PeerLeft(peer.key, peer.username))
        if not self._resumption.bearers_of(peer.instance):
            # Arrivals that were to prove that they are this peer are taken for somebody else.
            for arrival in [each for each in self._arrivals.values() if _claims(each, peer)]:
                self.refuted(arrival.id)

    def due(self, timer: Timer) -> None:
        """Wait no longer for a peer to come back, an arrival to say who it is, or a proof [L2] [L7] [R4]."""
        peer = self.peers.get(timer.of)
        arrival = self._arrivals.get(timer.of)
        match timer.name:
            case "away" if peer and peer.is_away:
                self.gone(peer)
            case "appear" if arrival:
                self._appear(arrival, Identify(""))
            case "prove":
                self.refuted(timer.of)

    # Messages of members

    def message_relayed(self, sender: int, message: RelayMessage) -> bool:
        """Take what a member says: see `next_said`. Returns False for what nobody known may say [M5]."""
        arrival = self._arrivals.get(sender)
        peer = self._peer_by_id(sender)
        if isinstance(message, Identify) and message.instance == self._options.instance:
            # No other client has this instance.
            return False
        if isinstance(message, ResumeToken | ResumeChallenge | ResumeProof):
            return self._resumption_message(sender, message)
        if arrival and arrival.identity is None and isinstance(message, Identify):
            self._arrival_identified(arrival, message)
        elif arrival:
            arrival.hold(message)
        elif peer:
            self._said.append((peer, message))
        else:
            return False
        return True

    def next_said(self) -> tuple[Peer, RelayMessage] | None:
        """Return the next message and who said it, the earliest first and each once, once the speaker is clear."""
        while self._said:
            peer, message = self._said.popleft()
            if peer.key in self.peers:
                return peer, message
        return None

    def identified(self, peer: Peer, identity: Identify) -> None:
        """Take what a peer says of itself: one announced before may turn out to be one that is waited for [R2] [L7]."""
        is_first = not peer.is_identified
        peer.is_identified = True
        peer.identify(identity)
        if not is_first or identity.instance is None:
            return
        is_known = bool(self._resumption.bearers_of(identity.instance))
        peer.instance = identity.instance
        self.connections.reconsider(peer)
        if is_known and peer.id is not None:
            peer.is_challenged = True
            self._resumption.challenge(peer.id)
        else:
            self._resumption.met(peer)

    # Identities

    def proven(self, client: int, key: PeerKey) -> None:
        """Let a member go on as the peer that it is, whatever the server still says of the old id [R3]."""
        arrival, claimant, bearer = self._arrivals.get(client), self._peer_by_id(client), self.peers.get(key)
        if bearer is None or bearer not in self._resumption.candidates(arrival, claimant):
            return
        self._resumption.settled(client)
        if arrival is not None:
            self._resume(bearer, arrival)
        elif claimant is bearer:
            self._resumption.trust(bearer)
        elif claimant is not None:
            identity = Identify(claimant.username, claimant.instance, tuple(claimant.features))
            del self.peers[claimant.key]
            self._out.add(PeerMerged(claimant.key, bearer.key))
            self.connections.close(claimant)
            self._resumption.forget(claimant)
            self._resume(bearer, Arrival(client, identity))

    def refuted(self, client: int) -> None:
        """Take a member that did not prove itself for somebody else [R4]."""
        self._resumption.settled(client)
        arrival, claimant = self._arrivals.get(client), self._peer_by_id(client)
        if arrival is not None and arrival.identity is not None:
            self._appear(arrival, arrival.identity)
        elif claimant is not None and claimant.is_challenged:
            claimant.is_challenged = False
            self._resumption.met(claimant)
        for peer in [each for each in self.peers.values() if each.is_away and not each.is_connection_up]:
            # The peer was waited for because of that claim alone [L2].
            if self.link == "joined" and not self._is_claimed(peer):
                self.gone(peer)

    def _joined(self) -> None:
        if self.link == "joined":
            return
        self.link = "joined"
        self.lines.joined()
        for peer in self.peers.values():
            if peer.is_away:
                self._out.start_timer("away", peer.key, limits.AWAY_MS)

    def _forget_timers(self, client: int) -> None:
        self._out.stop_timer("appear", client)
        self._resumption.settled(client)

    def _arrival_identified(self, arrival: Arrival, identity: Identify) -> None:
        arrival.identity = identity
        self._out.stop_timer("appear", arrival.id)
        if not self._resumption.bearers_of(identity.instance):
            self._appear(arrival, identity)
        else:
            arrival.is_challenged = True
            self._resumption.challenge(arrival.id)

    def _resumption_message(self, sender: int, message: ResumeToken | ResumeChallenge | ResumeProof) -> bool:
        """Take a message that proves, or asks to prove, who is who; such a message waits with none that are held."""
        arrival, peer = self._arrivals.get(sender), self._peer_by_id(sender)
        if isinstance(message, ResumeToken):
            # A member that gives a token takes this client for somebody new, and has nothing to prove [R4].
            self.refuted(sender)
            arrival, peer = None, self._peer_by_id(sender)
        candidates = self._resumption.candidates(arrival, peer)
        match message:
            case ResumeToken():
                return peer is not None and self._resumption.token_received(peer, message)
            case ResumeChallenge(nonce):
                return self._resumption.challenged(sender, candidates, nonce)
            case ResumeProof(macs):
                return self._resumption.answered(sender, candidates, macs)

    def _is_claimed(self, peer: Peer) -> bool:
        """Tell whether somebody is about to prove that it is this peer."""
        claimants = (each for each in self.peers.values() if each.is_challenged and each is not peer)
        return any(_claims(arrival, peer) for arrival in self._arrivals.values()) or any(
            claimant.instance == peer.instance for claimant in claimants
        )

    def _appear(self, arrival: Arrival, identity: Identify) -> None:
        peer = Peer(self._next_key, arrival.id, arrival.identity is not None, identity)
        self._next_key += 1
        self.peers[peer.key] = peer
        self._out.add(PeerJoined(peer.key, peer.username))
        self._resumption.met(peer)
        self.lines.met(peer)
        self._release(arrival, peer)

    def _resume(self, peer: Peer, arrival: Arrival) -> None:
        """Let a peer go on under an arrival's id [L3]; everything that may have been lost is said again [L6]."""
        self._out.stop_timer("away", peer.key)
        if peer.id is not None:
            self._resumption.settled(peer.id)
        peer.id = arrival.id
        if arrival.identity:
            peer.identify(arrival.identity)
        self._resumption.trust(peer)
        for message in (*self._own.withdrawals(), *peer.resources.requests()):
            self._out.relay(peer, message)
        self.lines.met(peer)
        self.connections.negotiate(peer, Resumed(connected=peer.connection == "connected"))
        if peer.connection == "failed":
            self.connections.recover(peer)
        self._release(arrival, peer)

    def _release(self, arrival: Arrival, peer: Peer) -> None:
        self._arrivals.pop(arrival.id, None)
        self._said.extend((peer, message) for message in arrival.held)

    def _identity(self) -> Identify:
        return Identify(self.username, self._options.instance, self._options.features)

    def _peer_by_id(self, client: int) -> Peer | None:
        return next((peer for peer in self.peers.values() if peer.id == client), None)


def _claims(arrival: Arrival, peer: Peer) -> bool:
    return arrival.is_challenged and arrival.identity is not None and arrival.identity.instance == peer.instance

# SPDX-License-Identifier: AGPL-3.0-only
"""The members of the room: arrivals become peers, peers that were away come back, nobody takes another one's place.

[M1] [L2] to [L7] [R1]. That a member has a credential was proven before a session hears of it (`pairing`).
"""

from collections import deque

from keks_meet.protocol.relay_messages import Identify, Leaving, RelayMessage
from keks_meet.session import limits
from keks_meet.session.connections import Connections
from keks_meet.session.effects import JoinRoom, RelayOut
from keks_meet.session.events import Introduced, LinkStatus, PeerKey, Timer, TrackKind
from keks_meet.session.facts import PeerJoined, PeerLeft, PeerMerged
from keks_meet.session.gestures import Gestures
from keks_meet.session.lines import Lines
from keks_meet.session.offering import Offering
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Arrival, Peer
from keks_meet.session.recordings import Recordings
from keks_meet.session.resources import OwnResources
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
        self.wants = options.wants
        """The kinds of tracks that are requested as soon as they are offered."""
        self.told_wants = set[TrackKind]()
        """Those that members may take for requested [M10]."""
        self.link: LinkStatus = "joining"
        """Whether this client is in the room, as far as the server said."""
        self.peers: dict[PeerKey, Peer] = {}
        """The peers that were announced, including those that are away for a moment."""
        self.ignored = 0
        """Messages that nobody known may say so [M5]."""
        self._options = options
        self._own = own
        self._out = out
        self._own_id: int | None = None
        self._own_ids: deque[int] = deque(maxlen=limits.OWN_IDS)
        self._next_key: PeerKey = 1
        self._arrivals: dict[int, Arrival] = {}
        self.connections = Connections(options, own, out)
        self.lines = Lines(self.peers, self._arrivals, out)
        self.offering = Offering(own, self.peers, out)
        self.gestures = Gestures(self.peers, out)
        self.recordings = Recordings(self.peers, out)

    # This client

    def initialized(self, own_id: int) -> bool:
        """Take this client's id, once: another one would let it seal under somebody else's [S3]. Returns whether."""
        if self._own_id is not None:
            return False
        self._own_id = own_id
        self._own_ids.append(own_id)
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
            self._out.stop_timer("appear", client)
        self._arrivals.clear()
        for peer in list(self.peers.values()):
            if not peer.is_resumable:
                self.gone(peer)
                continue
            if peer.is_away:
                self._out.stop_timer("away", peer.key)
            peer.id = None
            peer.was_cut_off = True

    def left(self) -> None:
        """End everything: this client has left."""
        for peer in self.peers.values():
            if peer.credential is not None and "leaving" in peer.features:
                self._out.relay(peer, Leaving())
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
        # The server believes for a while in a connection of this client that is lost [L1].
        if client in self._own_ids or client in self._arrivals or self._peer_by_id(client):
            return
        known = sum(peer.is_announced for peer in self.peers.values())
        if len(self._arrivals) + known >= limits.PEERS:
            return
        self._arrivals[client] = Arrival(client)
        self._out.start_timer("appear", client, limits.APPEAR_MS)
        self._out.add(RelayOut(self._identity(), client))
        self.offering.greet(client)

    def client_left(self, client: int) -> None:
        """Wait for a member that may come back, and take leave of any other [L2]."""
        self.offering.forget(client)
        arrival = self._arrivals.pop(client, None)
        if arrival is not None:
            self._out.stop_timer("appear", client)
            self._give_up(arrival)
        peer = self._peer_by_id(client)
        if peer is None:
            return
        if peer.is_resumable and peer.is_connection_up:
            peer.id = None
            self._out.start_timer("away", peer.key, limits.AWAY_MS)
        else:
            self.gone(peer)

    def gone(self, peer: Peer) -> None:
        """Take leave of a peer for good."""
        del self.peers[peer.key]
        self._out.stop_timer("away", peer.key)
        self.connections.close(peer)
        if peer.is_announced:
            self._out.add(PeerLeft(peer.key, peer.username))

    def _give_up(self, arrival: Arrival) -> None:
        """Forget the peer that an arrival was going to be."""
        if arrival.peer is not None:
            self.gone(arrival.peer)

    def due(self, timer: Timer) -> None:
        """Wait no longer for a peer to come back, or for an arrival to say who it is [L2] [L7]."""
        peer = self.peers.get(timer.of)
        arrival = self._arrivals.get(timer.of)
        match timer.name:
            case "away" if peer and peer.is_away:
                self.gone(peer)
            case "appear" if arrival:
                self._appear(arrival, None)

    def begun_anew(self, client: int) -> None:
        """Take a member for a newcomer: nobody had proven to have said what was said under its id [Y12]."""
        self.client_left(client)
        self.client_joined(client)

    def missed(self, client: int) -> None:
        """Say again to a member what holds now: something that was said to it has not arrived [Y13]."""
        if client not in self._arrivals and self._peer_by_id(client) is None:
            return
        self._out.add(RelayOut(self._identity(), client))
        self.offering.greet(client)
        peer = self._peer_by_id(client)
        if peer is not None:
            self._say_again(peer)
            self.lines.say_again(peer)
        arrival = self._arrivals.get(client)
        if arrival is not None and arrival.peer is not None:
            self._say_again(arrival.peer)

    def introduced(self, member: Introduced) -> Peer | None:
        """Return the peer that an arrival is going to be, to begin with what it wants: its name follows [M10].

        None for who is known, and for who was here before: that one goes on where it was.
        """
        arrival = self._arrivals.get(member.client)
        if arrival is None or arrival.peer is not None or self._bearer(member.instance, member.credential) is not None:
            return None
        peer = arrival.peer = self._new_peer(member.client, None, member.credential)
        peer.is_announced = False
        peer.instance = member.instance
        peer.features, peer.wants = frozenset(member.features), frozenset(member.wants)
        return peer

    # Messages of members

    def message_relayed(self, sender: int, message: RelayMessage, credential: str | None) -> Peer | None:
        """Take what a member says; return who said it, if it is for the session to hear [M5]: a first `identify` is.

        ``credential`` is what the member has proven to be, if the message came sealed.
        """
        arrival, peer = self._arrivals.get(sender), self._peer_by_id(sender)
        if isinstance(message, Identify) and message.instance == self._options.instance:
            # No other client has this instance.
            self.ignored += 1
        elif isinstance(message, Identify) and arrival is not None:
            return self._arrival_identified(arrival, message, credential)
        elif isinstance(message, Identify) and peer is not None:
            return self._peer_identified(peer, message, credential)
        elif peer is None or peer.credential != credential or not (peer.is_identified or credential is None):
            self.ignored += 1
        else:
            return peer
        return None

    def _arrival_identified(self, arrival: Arrival, identity: Identify, credential: str | None) -> Peer | None:
        self._out.stop_timer("appear", arrival.id)
        bearer = self._bearer(identity.instance, credential)
        if bearer is None:
            return self._appear(arrival, identity, credential)
        self._give_up(arrival)
        self._resume(bearer, arrival.id, identity)
        return None

    def _peer_identified(self, peer: Peer, identity: Identify, credential: str | None) -> Peer | None:
        """Take what a peer says of itself: one announced before may turn out to be one that is waited for [L7] [R1]."""
        if peer.is_identified:
            if peer.credential == credential:
                peer.identify(identity)
            else:
                self.ignored += 1
            return None
        bearer = self._bearer(identity.instance, credential)
        if bearer is None or peer.id is None:
            peer.is_identified = True
            peer.instance, peer.credential = identity.instance, credential
            peer.identify(identity)
            self.connections.reconsider(peer)
            self.gestures.met(peer)
            self.recordings.met(peer)
            return peer
        client = peer.id
        del self.peers[peer.key]
        self._out.add(PeerMerged(peer.key, bearer.key))
        self.connections.close(peer)
        self._resume(bearer, client, identity)
        return None

    def _bearer(self, instance: str | None, credential: str | None) -> Peer | None:
        """Return the peer that a member has proven to be, if it was here before [R1]."""
        if credential is None:
            return None
        known = (instance, credential)
        identified = (peer for peer in self.peers.values() if peer.is_identified)
        return next((peer for peer in identified if (peer.instance, peer.credential) == known), None)

    def _joined(self) -> None:
        if self.link == "joined":
            return
        self.link = "joined"
        self.lines.joined()
        for peer in self.peers.values():
            if peer.is_away:
                self._out.start_timer("away", peer.key, limits.AWAY_MS)

    def _appear(self, arrival: Arrival, identity: Identify | None, credential: str | None = None) -> Peer:
        """Announce a peer, with what it said of itself or without [L7]."""
        peer = arrival.peer or self._new_peer(arrival.id, identity, credential)
        del self._arrivals[arrival.id]
        if not peer.is_announced:
            peer.announce(identity)
        self._out.add(PeerJoined(peer.key, peer.username))
        self.lines.met(peer)
        self.gestures.met(peer)
        self.recordings.met(peer)
        return peer

    def _new_peer(self, client: int, identity: Identify | None, credential: str | None) -> Peer:
        peer = Peer(self._next_key, client, identity, credential)
        self._next_key += 1
        self.peers[peer.key] = peer
        return peer

    def _resume(self, peer: Peer, client: int, identity: Identify) -> None:
        """Let a peer go on under another id [L3] [L4]; everything that may have been lost is said again [L6]."""
        self._arrivals.pop(client, None)
        self._out.stop_timer("away", peer.key)
        peer.id = client
        peer.identify(identity)
        self._say_again(peer)
        if peer.connection == "closed":
            self.connections.restart(peer)
        elif peer.connection == "failed":
            self.connections.recover(peer)
        elif peer.is_doubted:
            self.connections.doubt_again(peer)
        peer.was_cut_off = False

    def _say_again(self, peer: Peer) -> None:
        """Say all that may have been lost; offers go to everybody who comes [L6]."""
        for message in (*self._own.withdrawals(), *peer.resources.requests()):
            self._out.relay(peer, message)
        self.lines.met(peer)
        self.gestures.met(peer)
        self.recordings.met(peer)
        self.connections.say_again(peer)

    def _identity(self) -> Identify:
        self.told_wants.update(self.wants)
        return Identify(self.username, self._options.instance, self._options.features, wants=self.wants or None)

    def _peer_by_id(self, client: int) -> Peer | None:
        return next((peer for peer in self.peers.values() if peer.id == client and peer.is_announced), None)

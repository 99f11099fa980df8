# SPDX-License-Identifier: AGPL-3.0-only
"""The peer connections of a session: when there is one, what goes over it, what happens when it fails.

[N2] [N5] [N7] to [N9].
"""

from typing import Final

from keks_meet.protocol.relay_messages import Request
from keks_meet.session import limits
from keks_meet.session.descriptions import EndedOrigins
from keks_meet.session.effects import (
    Attach,
    CloseConnection,
    ContinueFile,
    Detach,
    DoubtLink,
    DoubtPeer,
    Engine,
    GiveUpFile,
    OpenConnection,
    OpenPort,
    RestartIce,
    SendFile,
    StopFile,
)
from keks_meet.session.events import ConnectionState, PeerKey
from keks_meet.session.negotiation import Negotiation, NegotiationEvent, Resumed, Unanswered
from keks_meet.session.negotiation_effects import GiveUp, IceRestart, RenewConnection, ReplaceConnection, SendMessage
from keks_meet.session.outbox import Outbox
from keks_meet.session.pauses import pause_before
from keks_meet.session.peer import Peer
from keks_meet.session.resources import OwnResources
from keks_meet.session.view import SessionOptions

__all__ = ["Connections"]

_DOUBLINGS: Final = 3
"""How often the pause between attempts at another way doubles."""


class Connections:
    """Keeps each peer's negotiation, and orders what engines are to do."""

    def __init__(self, options: SessionOptions, own: OwnResources, out: Outbox) -> None:
        self._instance = options.instance
        self._features = options.features
        self._own = own
        self._out = out
        self._ended = EndedOrigins()

    def ensure(self, peer: Peer) -> None:
        """Make a connection to a peer when there is none [N2]."""
        if peer.negotiation is None:
            peer.negotiation = self._negotiation_with(peer)
            self._out.add(OpenConnection(peer.key))

    def negotiate(self, peer: Peer, event: NegotiationEvent) -> None:
        """Let a peer's negotiation take an event."""
        for effect in peer.negotiation.handle(event) if peer.negotiation else ():
            match effect:
                case SendMessage(message):
                    self._out.relay(peer, message)
                case ReplaceConnection():
                    self._begun_anew(peer)
                    self._open_again(peer)
                    if peer.credential is None:
                        # Nothing shows that it is still the same.
                        self._out.add(DoubtPeer(peer.key))
                case RenewConnection():
                    self._begun_anew(peer)
                    self._open_again(peer, has_files=True)
                case IceRestart():
                    self._out.add(RestartIce(peer.key))
                case GiveUp():
                    self._gave_up(peer)
                case _:
                    self._out.add(Engine(peer.key, effect))

    def state_changed(self, peer: Peer, state: ConnectionState) -> None:
        """Note the state that the engine tells."""
        peer.set_connection(state)
        if state == "connected":
            self._out.stop_timer("restart", peer.key)
            if peer.negotiation is not None:
                peer.negotiation.connected()
            if peer.is_silent:
                self._go_on_doubting(peer)
            else:
                self.believe(peer)
        if state == "disconnected":
            self.doubt(peer)

    def silent(self, peer: Peer, silent: bool) -> None:
        """Take note that nothing comes any more over the way in use, or that something comes again [N15] [N17]."""
        peer.is_silent = silent
        self.doubt(peer) if silent else self.believe(peer)

    def doubt(self, peer: Peer) -> None:
        """Look for another way once the one in use is silent: ICE gives a way up only after many seconds [N15].

        The impolite side begins, and the polite one after a moment: offers of both would collide. What is silent may
        be this side's own way out.
        """
        if peer.is_doubted or peer.instance is None or not peer.is_connection_up:
            return
        if peer.doubts >= limits.DOUBTS:
            # Enough for this minute, unless the doubt lasts.
            self._go_on_doubting(peer)
            return
        peer.is_doubted = True
        peer.looks = 0
        peer.doubts += 1
        if peer.doubts == 1:
            self._out.start_timer("doubts", peer.key, limits.DOUBTS_MS)
        if peer.is_tried:
            self._out.add(DoubtLink())
        elif self._is_polite_to(peer):
            self._out.add(DoubtLink())
            self._out.start_timer("yield", peer.key, limits.GIVE_WAY_MS)
        else:
            self._look_elsewhere(peer)

    def _go_on_doubting(self, peer: Peer) -> None:
        """Leave a way some time before another one is looked for: some engines call it good before anything comes."""
        if not peer.is_doubted and peer.instance is not None:
            peer.is_doubted = True
            peer.looks = 0
            self._wait_for_way(peer)

    def _look_elsewhere(self, peer: Peer) -> None:
        """Look for another way, and do so again while that has not helped: engines fail at it now and then.

        Each attempt gets twice the time of the one before, as a slow way needs some.
        """
        if peer.looks:
            # What was offered the time before is lost, or was refused without a word.
            self.negotiate(peer, Unanswered())
        self._out.add(DoubtLink())
        self._out.add(RestartIce(peer.key))
        self._wait_for_way(peer)
        peer.looks += 1

    def _wait_for_way(self, peer: Peer) -> None:
        self._out.start_timer("yield", peer.key, limits.LASTING_DOUBT_MS << min(peer.looks, _DOUBLINGS))

    def say_again(self, peer: Peer) -> None:
        """Say again what may be lost of a negotiation [L6]; what was offered from another network is out of date."""
        if peer.is_doubted and peer.was_cut_off and peer.is_connection_up:
            self.negotiate(peer, Unanswered())
        else:
            works = peer.connection == "connected" and not peer.is_doubted
            self.negotiate(peer, Resumed(connected=works))

    def doubt_again(self, peer: Peer) -> None:
        """Look for another way once more, as networks may be others.

        An offer that was just said again is an attempt by itself: another one so soon would end it.
        """
        if not peer.was_cut_off and peer.negotiation is not None and peer.negotiation.has_offered:
            self._out.start_timer("yield", peer.key, limits.LASTING_DOUBT_MS)
        elif peer.is_connection_up:
            peer.is_doubted = peer.is_tried = False
            self.doubt(peer)

    def believe(self, peer: Peer) -> None:
        """Take note that the way in use brings something again."""
        if peer.is_doubted:
            peer.is_doubted = peer.is_tried = False
            self._out.stop_timer("yield", peer.key)

    def yielded(self, peer: Peer) -> None:
        """Look for another way: the other side has not begun, or what was begun has not helped."""
        peer.is_tried = False
        if peer.is_doubted and not peer.is_away and peer.is_connection_up:
            self._look_elsewhere(peer)
        elif peer.is_doubted:
            self._wait_for_way(peer)

    def offered(self, peer: Peer, sdp: str) -> None:
        """Take note that the other side offers: it may have begun to look for another way, and gets a moment more.

        It may have done so before this side doubts the way, and an attempt of this side would end that one.
        """
        is_attempt = (
            peer.instance is not None and peer.negotiation is not None and peer.negotiation.begins_ice_anew(sdp)
        )
        if not peer.is_doubted and is_attempt:
            peer.is_tried = True
        if self._is_polite_to(peer) if peer.is_doubted else is_attempt:
            self._out.start_timer("yield", peer.key, limits.LASTING_DOUBT_MS)

    def recover(self, peer: Peer) -> None:
        """Restart a connection that failed: at once, then after growing pauses [N9].

        The original's clients may only be slow to begin with DTLS, and a restart makes them begin anew [N12].
        """
        peer.restarts += 1
        if peer.restarts == 1 and peer.connection == "failed" and peer.instance is not None:
            self._out.add(RestartIce(peer.key))
        else:
            self._out.start_timer("restart", peer.key, pause_before(peer.restarts))

    def restart(self, peer: Peer) -> None:
        """Try again after a pause.

        Peers that know [N8] get a new connection; the original's another ICE restart, unless that is past helping.
        """
        if peer.is_away or peer.negotiation is None or peer.connection == "connected":
            return
        if peer.instance is None and not peer.negotiation.has_given_up:
            self._out.add(RestartIce(peer.key))
            return
        peer.negotiation.close()
        peer.negotiation = self._negotiation_with(peer)
        self._open_again(peer)

    def close(self, peer: Peer) -> None:
        """End a peer's connection for good, and the downloads that still wait for it."""
        self._end_files(peer, GiveUpFile)
        self._own.forget_peer(peer.key)
        if peer.negotiation is None:
            return
        peer.negotiation.close()
        if peer.new_connections:
            self._out.stop_timer("renew", peer.key)
        if peer.doubts:
            self._out.stop_timer("doubts", peer.key)
            peer.doubts = 0
        self.believe(peer)
        peer.drop_connection()
        self._out.stop_timer("restart", peer.key)
        self._out.add(CloseConnection(peer.key))

    def send(self, peer: Peer, request: Request) -> None:
        """Start sending an own resource: a track's media, a file's bytes, one connection to a port."""
        self.ensure(peer)
        resource_id = request.id
        match self._own.kind_of(resource_id):
            case "file":
                features = self.common_features(peer)
                resume = request if request.offset and "file-resume-2" in features else None
                self._out.add(SendFile(peer.key, resource_id, features, resume))
            case "port":
                if peer.connection != "connected":
                    peer.opening_ports.append(resource_id)
                self._out.add(OpenPort(peer.key, resource_id, self.common_features(peer)))
            case _:
                self._out.add(Attach(peer.key, resource_id))

    def stop_sending(self, peer: PeerKey, resource_id: str, kind: str | None) -> None:
        """Stop sending an own resource."""
        self._out.add(StopFile(peer, resource_id) if kind == "file" else Detach(peer, resource_id))

    def reconsider(self, peer: Peer) -> None:
        """Take into account that the peer's instance has become known: politeness follows [N5] [N8]."""
        if peer.negotiation is not None:
            peer.negotiation.become(self._is_polite_to(peer), peer.instance is not None)

    def common_features(self, peer: Peer) -> tuple[str, ...]:
        """Return the features that both ends announced, in this client's order."""
        return tuple(feature for feature in self._features if feature in peer.features)

    def _begun_anew(self, peer: Peer) -> None:
        """Count the connections that a peer begins; beyond a limit it has to wait for the next moment [N10]."""
        peer.new_connections += 1
        if peer.new_connections == 1:
            self._out.start_timer("renew", peer.key, limits.NEW_CONNECTIONS_MS)
        if peer.negotiation is not None and peer.new_connections >= limits.NEW_CONNECTIONS:
            peer.negotiation.may_renew = False

    def moment_passed(self, peer: Peer) -> None:
        """Let a peer begin new connections again."""
        peer.new_connections = 0
        if peer.negotiation is not None:
            peer.negotiation.may_renew = True

    def _gave_up(self, peer: Peer) -> None:
        """Report the connection as failed until there is a new one: what was given up is not taken up again [N7]."""
        peer.set_connection("failed")
        peer.restarts = max(peer.restarts, 1)
        self.recover(peer)

    def _open_again(self, peer: Peer, has_files: bool = False) -> None:
        """Make a new connection in place of the old one, with every track that the peer had asked for.

        With ``has_files`` files go on it, too, and connections to ports; else what was under way has to be asked for
        again [F7].
        """
        peer.begin_connection()
        self.believe(peer)
        peer.resources.stop_all_flows()
        self._out.stop_timer("restart", peer.key)
        if not has_files:
            self._end_files(peer, ContinueFile if self._can_continue(peer) else GiveUpFile)
        self._out.add(OpenConnection(peer.key))
        for request in self._own.requested_by(peer.key):
            if self._own.kind_of(request.id) == "file" and not has_files:
                self._own.stop_request(request.id, peer.key)
            else:
                self.send(peer, request)
        ports = list(peer.opening_ports) if has_files else []
        peer.opening_ports.clear()
        for resource_id in ports:
            if self._own.kind_of(resource_id) == "port":
                self.send(peer, Request(resource_id))

    def _end_files(self, peer: Peer, effect: type[GiveUpFile | ContinueFile]) -> None:
        """End the downloads whose channels will not come, for good or for now; one with a channel sees that close."""
        for resource in peer.resources.list():
            if peer.resources.is_wanted_file(resource.info.id):
                self._out.add(effect(peer.key, resource.info.id))

    def _can_continue(self, peer: Peer) -> bool:
        """Tell whether a download can go on with the rest: then its hash says whether all of it is of one file [F9]."""
        features = self.common_features(peer)
        return "file-resume-2" in features and "file-sha256" in features

    def _is_polite_to(self, peer: Peer) -> bool:
        return peer.instance is not None and self._instance < peer.instance

    def _negotiation_with(self, peer: Peer) -> Negotiation:
        negotiation = Negotiation(self._is_polite_to(peer), peer.instance is not None, self._ended)
        negotiation.may_renew = peer.new_connections < limits.NEW_CONNECTIONS
        return negotiation

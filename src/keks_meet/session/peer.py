# SPDX-License-Identifier: AGPL-3.0-only
"""One other member of the room, as a session knows it: who it is, whether it is there, how its connection does."""

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from keks_meet.protocol.relay_messages import Chat, Identify
from keks_meet.session import limits
from keks_meet.session.events import ConnectionState, PeerKey, PeerStatus
from keks_meet.session.resources import RemoteResources

if TYPE_CHECKING:
    from keks_meet.protocol.fields import HandState, RecordingState
    from keks_meet.session.negotiation import Negotiation
    from keks_meet.session.way import Way

__all__ = ["Arrival", "Line", "Peer"]


class Line(Struct, frozen=True):
    """A line that this client says in chat, under an id of its own [M6]."""

    id: str
    chat: Chat


class Arrival(Struct):
    """An id that joined and is nobody's yet: it has not identified itself [L7]."""

    id: int
    peer: "Peer | None" = None
    """The peer that it is going to be, once it has proven who it is: what it wants with that begins at once [M10]."""


class Peer:
    """A peer under its key."""

    hand: "HandState" = "down"
    gestures = 0
    """Gestures that were taken in within the last moment [M12]."""
    recording: "RecordingState" = "off"
    recordings = 0
    """Beginnings and ends of recordings that were taken in within the last moment [M13]."""
    was_asked = False
    """Whether this client has ever asked the peer for something: only then may it offer a connection [N10]."""
    new_connections = 0
    """Connections that the peer began anew within the last moment [N10]."""
    restarts = 0
    """Restarts since the connection last worked [N9]."""
    is_silent = False
    """Whether nothing comes any more over the way in use, as far as one can tell [N15] [N17]."""
    was_cut_off = False
    """Whether this client has lost the server since the peer was last there, perhaps with its network [L1]."""
    is_connection_up = False
    """Whether the connection is up in the sense of [L2]: it has worked, and has not failed since.

    Some engines call it connecting again while they look for another way.
    """

    def __init__(self, key: PeerKey, peer_id: int, identity: Identify | None, credential: str | None) -> None:
        """Make a peer, with what it said of itself, if it did [L7], and what it has proven to be."""
        self.key = key
        self.id: int | None = peer_id
        """The id by which the server knows the peer; None while the peer is away [L2]."""
        self.is_identified = identity is not None
        self.is_announced = True
        """Whether the person knows of the peer: not while only its proof has been heard, and its name follows [M10]."""
        self.instance = identity.instance if identity else None
        self.credential = credential
        """The credential that the peer has proven; None for one that seals nothing [Y4]."""
        self.username = ""
        self.features: frozenset[str] = frozenset()
        self.wants: frozenset[str] = frozenset()
        """The kinds of tracks that the peer requests as soon as they are offered [M10]."""
        self.identify(identity or Identify(""))
        self.resources = RemoteResources(key)
        self.negotiation: Negotiation | None = None
        """The negotiation, which there is from the first request on [N2]."""
        self.connection: ConnectionState = "new"
        self.way: Way | None = None
        """Whether packets go through a TURN server, once known."""
        self.is_doubted, self.doubts, self.looks = False, 0, 0
        """Whether another way is looked for as the one in use brings nothing; doubts of late, attempts now [N15]."""
        self.is_tried = False
        """Whether the peer has just begun to look for another way, before the one in use was doubted here [N15]."""
        self.opening_ports: deque[str] = deque(maxlen=limits.OPENING_PORTS)
        """Own ports that were asked for on a connection that is not up yet, one entry for each time [P1]."""
        self._ever_connected = False
        self.told: tuple[str, PeerStatus, Way | None] = (self.username, "unconnected", None)
        """The name, status and path, as the shell knows them."""
        self.next_line: str | None = None
        """The id of the line that the peer says next [M6]."""
        self.recent: deque[Line] = deque(maxlen=limits.MISSED_CHATS)
        """The lines that were said to the peer last, to be said again when something has not arrived [Y13]."""
        self._missed: deque[Line] = deque(maxlen=limits.MISSED_CHATS)

    @property
    def is_away(self) -> bool:
        """Whether the server does not know the peer at the moment."""
        return self.id is None

    @property
    def is_resumable(self) -> bool:
        """Whether the peer can prove to be the same when signaling was lost [R1]."""
        return self.is_identified and self.instance is not None and self.credential is not None

    @property
    def status(self) -> PeerStatus:
        """The status to tell the person."""
        if self.is_away:
            return "reconnecting"
        if self.negotiation is None:
            return "unconnected"
        if self.connection == "connected":
            return "connected"
        if self.restarts > (1 if self._ever_connected else 0):
            return "failed"
        return "reconnecting" if self._ever_connected else "connecting"

    def identify(self, identity: Identify) -> None:
        """Take over what a peer says of itself; its instance never changes."""
        self.username = identity.username
        self.features = frozenset(identity.features or ())
        self.wants = frozenset(identity.wants or ())

    def announce(self, identity: Identify | None) -> None:
        """Let the person know of the peer, by what it says of itself, if it does [L7]."""
        self.is_announced = True
        self.is_identified = identity is not None
        if identity is not None:
            self.identify(identity)
        self.told = (self.username, "unconnected", None)

    def miss(self, line: Line) -> None:
        """Keep a line that was written while the peer was away."""
        self._missed.append(line)

    def take_missed(self) -> list[Line]:
        """Return the lines that the peer missed, and forget them."""
        missed = list(self._missed)
        self._missed.clear()
        return missed

    def set_connection(self, state: ConnectionState) -> None:
        """Note the state that the engine tells; a connection that the other side closed stays closed in any case."""
        if self.connection == "closed":
            return
        self.connection = state
        if state in {"new", "failed", "closed"}:
            self.is_connection_up = False
        if state == "connected":
            self.is_connection_up = self._ever_connected = True
            self.restarts = 0
            self.opening_ports.clear()

    def begin_connection(self) -> None:
        """Take note of a new connection in place of another."""
        self.connection = "new"
        self.is_silent = self.is_connection_up = self.is_tried = False

    def drop_connection(self) -> None:
        """Forget the connection."""
        self.begin_connection()
        self.negotiation = None
        self.way = None
        self.restarts = 0
        self.new_connections = 0
        self._ever_connected = False
        self.opening_ports.clear()
        self.resources.stop_all_flows()

# SPDX-License-Identifier: AGPL-3.0-only
"""Lines of chat: own ones until the server has them, and those that were heard already [M4] [M6] [L6].

A line has an id, so that it can be said again when signaling was lost, and is shown once. Peers that know no ids get
each line once; when nobody can tell whether it has arrived there, the person is told so.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from keks_meet.protocol.relay_messages import Chat, ChatId
from keks_meet.session import limits
from keks_meet.session.effects import Confirm, LineState, RelayOut, ShowLine
from keks_meet.session.events import PeerKey
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Arrival, Line, Peer

__all__ = ["MEMBERS", "Lines"]

_FEATURE = "chat-id"
MEMBERS: Final = ""
"""The line id that is confirmed once all members are known that were there when this client came."""


class _Unconfirmed(Struct):
    line: Line
    is_said: bool = False
    """Whether all on this connection were told the line; only newcomers, who get nothing of the past, were not."""
    is_asked: bool = False
    """Whether a confirmation was asked for."""
    was_plain: bool = False
    """Whether a peer got the line whose client knows no ids."""
    is_doubtful: bool = False
    """Whether such a peer got the line on a connection that was lost."""


class Lines:
    """Own lines on their way, and the ids of those of others."""

    def __init__(self, peers: Mapping[PeerKey, Peer], arrivals: Mapping[int, Arrival], out: Outbox) -> None:
        self._peers = peers
        self._arrivals = arrivals
        self._out = out
        self._is_joined = False
        # Whether all members that were there already have been announced.
        self._knows_members = False
        self._unconfirmed: dict[str, _Unconfirmed] = {}
        # The peers and ids of the lines that were shown, the newest last.
        self._heard: dict[tuple[str | PeerKey, str], None] = {}

    def written(self, line: Line) -> None:
        """Say a line to everybody who is here; a peer that is away for a moment, or comes back, gets it then."""
        own = self._unconfirmed[line.id] = _Unconfirmed(line)
        if len(self._unconfirmed) > limits.MISSED_CHATS:
            self._show(next(iter(self._unconfirmed)), "uncertain")
        if not self._is_joined:
            return
        for peer in self._peers.values():
            if peer.is_away:
                peer.miss(line)
            elif _FEATURE in peer.features:
                peer.recent.append(line)
                self._out.relay(peer, ChatId(line.id))
            else:
                own.was_plain = True
        own.was_plain = own.was_plain or bool(self._arrivals)
        own.is_said = True
        self._out.add(RelayOut(line.chat))

    def joined(self) -> None:
        """Find out when all members are known, if something is to be said to them."""
        self._is_joined = True
        if self._unconfirmed:
            self._out.add(Confirm(MEMBERS))

    def met(self, peer: Peer) -> None:
        """Say to a member that has become known the lines that it may not have got."""
        missed = {line.id: line for line in peer.take_missed()}
        knows_ids = _FEATURE in peer.features
        for own in self._unconfirmed.values():
            if own.is_said or (own.is_doubtful and not knows_ids):
                continue
            own.was_plain = own.was_plain or not knows_ids
            missed[own.line.id] = own.line
        for line in missed.values():
            if knows_ids:
                peer.recent.append(line)
                self._out.relay(peer, ChatId(line.id))
            self._out.relay(peer, line.chat)

    def say_again(self, peer: Peer) -> None:
        """Say to a peer again the lines that were said to it last: it shows each once [Y13]."""
        for line in peer.recent:
            self._out.relay(peer, ChatId(line.id))
            self._out.relay(peer, line.chat)

    def consider(self) -> None:
        """Ask for a confirmation of the lines that were said to everybody who is to hear them."""
        if not self._is_joined:
            return
        is_complete = self._knows_members and not self._arrivals
        for own in self._unconfirmed.values():
            if not own.is_asked and (own.is_said or is_complete):
                own.is_said = own.is_asked = True
                self._out.add(Confirm(own.line.id))

    def confirmed(self, line_id: str) -> None:
        """Take note that the server has everything up to a line."""
        if line_id == MEMBERS:
            self._knows_members = True
        elif line_id in self._unconfirmed:
            is_doubtful = self._unconfirmed[line_id].is_doubtful
            self._show(line_id, "uncertain" if is_doubtful else "sent")

    def refused(self, chat: Chat) -> None:
        """Take note that a line was too large to be sent."""
        for line_id in [each for each, own in self._unconfirmed.items() if own.line.chat == chat]:
            self._show(line_id, "refused")

    def lost(self) -> None:
        """Take note that the connection is gone, and with it what was under way."""
        self._is_joined = self._knows_members = False
        for own in self._unconfirmed.values():
            own.is_said = own.is_asked = False
            if own.was_plain and not own.is_doubtful:
                own.is_doubtful = True
                self._out.add(ShowLine(own.line.id, "uncertain"))

    def heard(self, peer: Peer) -> bool:
        """Tell whether a peer's line is new; its id came right before."""
        line_id, peer.next_line = peer.next_line, None
        if line_id is None:
            return True
        # Who has proven nothing is known by its key alone: anybody can say another one's instance.
        key = (peer.key if peer.credential is None else f"{peer.instance} {peer.credential}", line_id)
        is_new = key not in self._heard
        self._heard[key] = None
        if len(self._heard) > limits.HEARD_LINES:
            del self._heard[next(iter(self._heard))]
        return is_new

    def _show(self, line_id: str, state: LineState) -> None:
        del self._unconfirmed[line_id]
        self._out.add(ShowLine(line_id, state))

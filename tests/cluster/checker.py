# SPDX-License-Identifier: AGPL-3.0-only
"""Says whether clients' histories are ones that the protocol allows, whatever failed meanwhile [C1]. Pure.

Of each history alone: a member is heard exactly once per stay, nothing is heard from outside the room, messages of a
pair come in order and without a gap, and no count is told twice. Of all together: nobody is seen in a room who is not
there, and two in one room see each other, but for the few seconds that nodes may disagree. In the end, counts and
members are right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations

from keks_meet.protocol.packets import ClientJoin, ClientLeave, Init, Join, Message, Relay, RoomInfo, WatchRooms
from tests.cluster.histories import History, read

Span = tuple[float, float]


@dataclass
class Troubles:
    """What went wrong meanwhile. Nodes may disagree for ``limit`` seconds from the last failure on."""

    limit: float
    failures: Sequence[float] = ()
    """When something broke."""
    frozen: Sequence[tuple[str, float, float]] = ()
    """Times in which a node was stopped, so that its clients could be told nothing."""

    def are_to_blame(self, began: float, ended: float, nodes: Sequence[str]) -> bool:
        """Tell whether a state that was wrong for this time could be so."""
        cuts = [began, *sorted(moment for moment in self.failures if began < moment < ended), ended]
        return all(self._outside(*span, nodes) <= self.limit for span in pairwise(cuts))

    def _outside(self, began: float, ended: float, nodes: Sequence[str]) -> float:
        """Return how much of a time none of the nodes was stopped in."""
        stopped = sorted((max(since, began), min(until, ended)) for node, since, until in self.frozen if node in nodes)
        total, last = ended - began, began
        for since, until in stopped:
            if until > max(since, last):
                total -= until - max(since, last)
                last = until
        return total


@dataclass
class Stay:
    """A time for which a client was in a room, as it heard itself, and whom it saw there when."""

    room: str
    span: list[float]
    seen: list[tuple[int, float, float]] = field(default_factory=list)
    members: dict[int, float] = field(default_factory=dict)

    def end(self, now: float) -> None:
        self.span[1] = now
        self.seen += [(member, since, now) for member, since in self.members.items()]


class Walk:
    """Walks along one history."""

    def __init__(self, history: History, until: float) -> None:
        self.history = history
        self.faults: list[str] = []
        self.stays: list[Stay] = []
        self.stay: Stay | None = None
        self.counts: dict[str, int] = {}
        self.watched: set[str] = set()
        self._has_begun = False
        self._asked: list[str | None] = []
        self._numbers: dict[tuple[int, int, int | None], int] = {}
        for now, packet in history.happenings:
            self._take(now, packet)
        self.last_members = set(self.stay.members) if self.stay else set()
        self.last_room = self.stay.room if self.stay else None
        self._end_stay(until if history.ended is None else history.ended)

    def _take(self, now: float, packet: object) -> None:
        match packet:
            case Join(room):
                self._asked.append(room)
            case WatchRooms(rooms):
                self.watched |= set(rooms)
                self.counts = {room: count for room, count in self.counts.items() if room in rooms}
            case Init():
                self._expect(now, not self._has_begun, "init is not the first that is heard, or comes twice")
            case ClientJoin(id) if id == self.history.id:
                self._entered(now)
            case ClientLeave(id) if id == self.history.id:
                self._left(now)
            case ClientJoin() | ClientLeave() | Message():
                self._of_the_room(now, packet)
            case RoomInfo(room, count):
                self._expect(now, room in self.watched, f"a count of {room}, which is not watched")
                self._expect(now, self.counts.get(room, 0) != count, f"the count {count} of {room} twice")
                self.counts[room] = count
        if not isinstance(packet, Join | WatchRooms | Relay):
            self._has_begun = True

    def _entered(self, now: float) -> None:
        while self._asked and self._asked[0] is None:
            self._asked.pop(0)
        room = self._asked.pop(0) if self._asked else None
        self._expect(now, room is not None, "its own join without asking")
        self._end_stay(now)
        self.stay = Stay(room or "", [now, now])
        self.stay.members[self.history.id or 0] = now
        self._numbers = {}

    def _left(self, now: float) -> None:
        self._expect(now, self.stay is not None, "its own leave outside of any room")
        asked = self._asked.pop(0) if self._asked else ""
        self._expect(now, asked is None, "its own leave without asking")
        self._end_stay(now)

    def _end_stay(self, now: float) -> None:
        if self.stay:
            self.stay.end(now)
            self.stays.append(self.stay)
        self.stay = None

    def _of_the_room(self, now: float, packet: ClientJoin | ClientLeave | Message) -> None:
        if self.stay is None:
            self.faults.append(self._fault(now, f"{packet} outside of any room"))
            return
        match packet:
            case ClientJoin(id):
                self._expect(now, id not in self.stay.members, f"{id} joins twice")
                self.stay.members[id] = now
            case ClientLeave(id):
                self._expect(now, id in self.stay.members, f"{id} leaves who was not there")
                self.stay.seen.append((id, self.stay.members.pop(id, now), now))
            case Message(sender, message):
                text = read(message)
                key = (sender, text.stay, text.recipient)
                before = self._numbers.get(key)
                self._numbers[key] = text.number
                self._expect(now, sender in self.stay.members, f"a message of {sender}, who is not there")
                self._expect(now, text.sender == sender, "a message under another's id")
                self._expect(now, text.room == self.stay.room, f"a message from another room: {text}")
                self._expect(now, text.recipient in {None, self.history.id}, "a message for somebody else")
                self._expect(now, before in {None, text.number - 1}, f"message {text.number} after {before}: {text}")

    def _expect(self, now: float, is_right: bool, fault: str) -> None:
        if not is_right:
            self.faults.append(self._fault(now, fault))

    def _fault(self, now: float, what: str) -> str:
        return f"{now:.2f} client {self.history.id} at {self.history.node} hears {what}"


def check(histories: list[History], until: float, troubles: Troubles, *, is_quiet: bool) -> list[str]:
    """Return all that is wrong. ``is_quiet``: everything has come to rest, so that counts and members are right."""
    walks = [Walk(history, until) for history in histories]
    faults = [fault for walk in walks for fault in walk.faults]
    faults += _ghosts(walks, troubles)
    faults += _strangers(walks, troubles)
    return faults + list(_at_rest(walks)) if is_quiet else faults


def _ghosts(walks: list[Walk], troubles: Troubles) -> Iterator[str]:
    """Find who is seen in a room without being there."""
    known = {walk.history.id: walk for walk in walks}
    for walk in walks:
        for stay in walk.stays:
            for member, since, until in stay.seen:
                other = known.get(member)
                if other is None:
                    yield f"{walk.history.id} sees {member}, whom nobody knows"
                    continue
                asked = [now for now, packet in other.history.happenings if packet == Join(stay.room)]
                if not asked or asked[0] > since:
                    yield f"{walk.history.id} sees {member} in {stay.room}, who has not asked to be there"
                ended = other.history.ended
                if ended is not None and not troubles.are_to_blame(ended, until, [walk.history.node]):
                    yield f"{walk.history.id} sees {member} until {until:.2f}, who was gone at {ended:.2f}"


def _strangers(walks: list[Walk], troubles: Troubles) -> Iterator[str]:
    """Find two who are in one room and do not see each other."""
    by_room: dict[str, list[tuple[Walk, Stay]]] = {}
    for walk in walks:
        for stay in walk.stays:
            by_room.setdefault(stay.room, []).append((walk, stay))
    for room, stays in by_room.items():
        for (mine, own), (theirs, other) in permutations(stays, 2):
            if mine is theirs:
                continue
            began, ended = max(own.span[0], other.span[0]), min(own.span[1], other.span[1])
            seen = sorted((since, until) for id_, since, until in own.seen if id_ == theirs.history.id)
            for since, until in _gaps(began, ended, seen):
                if not troubles.are_to_blame(since, until, [mine.history.node, theirs.history.node]):
                    pair = f"{mine.history.id} and {theirs.history.id} in {room}"
                    yield f"{pair} are apart from {since:.2f} to {until:.2f}"


def _gaps(began: float, ended: float, seen: list[Span]) -> Iterator[Span]:
    for since, until in seen:
        if since > began and began < ended:
            yield began, min(since, ended)
        began = max(began, until)
    if began < ended:
        yield began, ended


def _at_rest(walks: list[Walk]) -> Iterator[str]:
    """Find what is wrong in the end."""
    rooms: dict[str, set[int]] = {}
    present = [walk for walk in walks if walk.history.ended is None]
    for walk in present:
        if walk.last_room is not None:
            rooms.setdefault(walk.last_room, set()).add(walk.history.id or 0)
    for walk in present:
        if walk.last_room is not None and walk.last_members != rooms[walk.last_room]:
            yield f"{walk.history.id} sees {walk.last_members} in {walk.last_room}, where {rooms[walk.last_room]} are"
        for room in walk.watched:
            told, there = walk.counts.get(room, 0), len(rooms.get(room, ()))
            if told != there:
                yield f"{walk.history.id} at {walk.history.node} was told {told} for {room}, where {there} are"

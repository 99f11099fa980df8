# SPDX-License-Identifier: AGPL-3.0-only
"""Members that make a code, with all their cryptography, and a network between them that passes on in any order."""

from collections import defaultdict, deque
from collections.abc import Sequence

from keks_meet.client.signaling.room_codes import RoomCodes
from keks_meet.protocol.fields import NameStatement
from keks_meet.protocol.relay_messages import CodeCommitment, CodeNonce, CodeRun, Identify, RelayMessage
from keks_meet.session.pairing_orders import PairTimer, StartPairTimer, StopPairTimer
from keks_meet.session.room_code_orders import ShowCode

FEATURES = ("identity-1", "sealed-1", "roster-1", "sas-1")
ROOM_HASH = "ab" * 32


class Member:
    """Somebody in the room, by a number that is the id as well."""

    def __init__(self, room: "Room", number: int) -> None:
        self.room, self.number = room, number
        self.codes = RoomCodes(FEATURES, f"instance {number}", self)
        self.codes.enter(ROOM_HASH, f"key {number}")
        self.shown: list[ShowCode] = []
        self.timers: set[PairTimer] = set()
        self.committed: dict[str, set[int]] = defaultdict(set)
        """Those whose commitments have come, by run."""
        self.sets: dict[str, set[int]] = {}

    # What a member orders

    def say_of_code(self, client: int, message: RelayMessage) -> None:
        if isinstance(message, CodeRun):
            self.note(message)
        if isinstance(message, CodeNonce):
            assert self.committed[message.run] >= self.sets[message.run] - {self.number}, "a nonce before commitments"
        for each in self.changed(client, message):
            self.room.queues[self.number, client].append(each)

    def changed(self, client: int, message: RelayMessage) -> Sequence[RelayMessage]:
        """Return what is said instead: the same, if somebody is honest."""
        return [message]

    def note(self, message: CodeRun) -> None:
        self.sets[message.run] = {int(each.key.split()[1]) for each in message.members}

    def code_shown(self, shown: ShowCode) -> None:
        self.shown.append(shown)

    def time_of_code(self, order: StartPairTimer | StopPairTimer) -> None:
        if isinstance(order, StartPairTimer):
            self.timers.add(order.timer)
        else:
            self.timers.discard(order.timer)

    # What comes

    def take(self, sender: int, message: RelayMessage) -> None:
        if isinstance(message, CodeRun):
            self.note(message)
        if isinstance(message, CodeCommitment):
            self.committed[message.run].add(sender)
        if isinstance(message, Identify):
            self.codes.identified(sender, message, f"key {sender}")
        else:
            self.codes.heard(sender, message)  # type: ignore[arg-type]

    @property
    def last(self) -> ShowCode:
        return self.shown[-1]

    @property
    def covered(self) -> frozenset[int]:
        """Everybody in the set, oneself included."""
        return frozenset({self.number, *self.last.members})


class Room:
    """All members, and what is on its way: each pair's words keep their order, and no others do."""

    def __init__(self, kinds: Sequence[type[Member]]) -> None:
        self.queues: dict[tuple[int, int], deque[RelayMessage]] = defaultdict(deque)
        self.members = [kind(self, number) for number, kind in enumerate(kinds, 1)]
        for member in self.members:
            self.name(member, 0)
        self.drain()

    def name(self, member: Member, number: int) -> None:
        """Let a member take a name, and say it to all."""
        member.codes.named(number, f"name {number}")
        for other in self.members:
            if other is not member:
                said = Identify(
                    f"name {number}", member.codes._instance, FEATURES, statement=NameStatement(number, "A" * 86)
                )
                self.queues[member.number, other.number].append(said)

    def step(self, number: int) -> bool:
        """Pass one message on; return whether there was one."""
        waiting = sorted(pair for pair, queue in self.queues.items() if queue)
        if waiting:
            sender, receiver = waiting[number % len(waiting)]
            self.members[receiver - 1].take(sender, self.queues[sender, receiver].popleft())
        return bool(waiting)

    def drain(self, order: Sequence[int] = ()) -> None:
        """Pass everything on, first in this order."""
        for number in order:
            self.step(number)
        while self.step(0):
            pass

    def fire(self, name: str = "code") -> None:
        """Let the timers of a name end, at one member after the other; pauses are shorter than runs."""
        if name == "code":
            self.fire("code-rest")
        for member in self.members:
            self.drain()
            for timer in sorted(member.timers, key=lambda each: each.of):
                if timer.name == name and timer in member.timers:
                    member.timers.discard(timer)
                    member.codes.fired(timer)

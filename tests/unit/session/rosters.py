# SPDX-License-Identifier: AGPL-3.0-only
"""A room in one process: a server that keeps the order, and members with rosters and a pretended cryptography."""

from collections import Counter, deque
from typing import Any, TypeAlias

from msgspec.structs import replace

from keks_meet.protocol.fields import MemberStatement, NameStatement
from keks_meet.protocol.relay_messages import Chat, Identify, RelayMessage, Roster, RosterMembers
from keks_meet.session import roster as rosters
from keks_meet.session import roster_orders as order_of
from keks_meet.session.pairing_orders import Deliver, SealFor, StartPairTimer, StopPairTimer, Warn

Packet: TypeAlias = tuple[Any, ...]
HELLO = "hello"


def signature_of(key: str, instance: str, number: int, name: str) -> str:
    return f"{key} {instance} {number} {name}"


class Member:
    """A member that is honest, unless a test says otherwise."""

    def __init__(self, room: "Room", number: int, name: str) -> None:
        self.room = room
        self.key, self.instance = f"key {number}", f"instance {number}"
        self.roster = rosters.Roster(self.instance)
        self.name = name
        self.is_running = False
        self.is_talking = False
        """Whether sound of all others comes in, as long as the server shows them."""
        self.warnings: list[Warn] = []
        self.heard: list[RelayMessage] = []
        self.connect()

    def connect(self) -> None:
        """Get a new id, and forget all that belonged to the one before."""
        self.id = self.room.enter(self)
        self.incoming: deque[Packet] = deque()
        self.outgoing: deque[Packet] = deque()
        self.sent: Counter[int] = Counter()
        self.arrived: Counter[int] = Counter()
        self.met: set[int] = set()
        self.waiting: dict[int, list[RelayMessage]] = {}
        self.follow(self.roster.lost())
        self.outgoing.append(("join",))

    # What it does

    def say(self, message: RelayMessage) -> None:
        for client in self.waiting:
            self.say_to(client, message)

    def say_to(self, client: int, message: RelayMessage) -> None:
        if client not in self.met:
            self.waiting[client].append(message)
        elif isinstance(message, Identify):
            self.follow(self.roster.said(client, message))
        else:
            self.seal(client, message)

    def rename(self, name: str) -> None:
        self.name = name
        self.follow(self.roster.named(name))
        self.say(Identify(name, self.instance))

    def fire(self) -> None:
        if self.is_running:
            self.is_running = False
            self.follow(self.roster.fired(tuple(self.waiting) if self.is_talking else ()))

    def take(self) -> None:
        """Take the next packet of the server."""
        packet = self.incoming.popleft()
        match packet:
            case ("join", int(client)):
                self.follow(self.roster.joined(client))
                self.waiting[client] = []
                self.outgoing.append(("to", client, (HELLO, self.key, self.instance)))
                self.follow(self.roster.named(self.name))
                self.say_to(client, Identify(self.name, self.instance))
            case ("leave", int(client)):
                self.follow(self.roster.left(client))
                for kept in (self.sent, self.arrived, self.waiting):
                    kept.pop(client, None)
                self.met.discard(client)
            case ("from", int(client), (str(), str(key), str(instance))) if client in self.waiting:
                self.meet(client, key, instance)
            case ("from", int(client), ("ask",)) if client in self.waiting:
                self.outgoing.append(("to", client, (HELLO, self.key, self.instance)))
            case ("from", int(client), (str(key), message)) if client in self.waiting:
                self.arrived[client] += 1
                self.follow(self.roster.heard(client, message, key, self.arrived))

    def meet(self, client: int, key: str, instance: str) -> None:
        self.met.add(client)
        self.follow(self.roster.met(client, key, instance, is_complete=True))
        # Names go first, as in `pairing`.
        for message in sorted(self.waiting[client], key=lambda each: not isinstance(each, Identify)):
            self.say_to(client, message)
        self.waiting[client] = []

    def renew(self, client: int) -> None:
        """Say nothing to a member until it has answered."""
        if client in self.met:
            self.met.discard(client)
            self.outgoing.append(("to", client, ("ask",)))

    # Orders

    def follow(self, orders: list[order_of.RosterOrder]) -> None:
        for order in orders:
            self.carry_out(order)

    def carry_out(self, order: order_of.RosterOrder) -> None:
        match order:
            case SealFor(client, message):
                self.seal(client, message)
            case order_of.SayName(client, message, number):
                made = NameStatement(number, self.sign(number, message.username))
                self.seal(client, replace(message, statement=made))
            case order_of.SayRoster(client, digest, ids, told):
                self.seal(client, Roster(digest, ids, tuple(self.sent[each] for each in ids), told))
            case order_of.SayMembers(client, number, name, others):
                own = MemberStatement(self.id, self.key, self.instance, number, name, self.sign(number, name))
                self.seal(client, RosterMembers((own, *others)))
            case order_of.CheckStatement(_, statement, _, other):
                is_signed = all(is_right(each) for each in (statement, other) if each)
                self.follow(self.roster.checked(order, is_signed=is_signed))
            case order_of.HashRoster(version, number, name, others):
                seen = [(self.key, self.instance, number, name)]
                seen += [(each.key, each.instance, each.number, each.name) for each in others]
                self.follow(self.roster.hashed(version, repr(sorted(seen))))
            case _:
                self.note(order)

    def note(self, order: order_of.RosterOrder) -> None:
        match order:
            case Deliver(_, message):
                self.heard.append(message)
            case Warn():
                self.warnings.append(order)
            case StartPairTimer():
                self.is_running = True
            case StopPairTimer():
                self.is_running = False

    def sign(self, number: int, name: str) -> str:
        return signature_of(self.key, self.instance, number, name)

    def seal(self, client: int, message: RelayMessage) -> None:
        self.sent[client] += 1
        self.outgoing.append(("to", client, (self.key, message)))


def is_right(statement: MemberStatement) -> bool:
    each = statement
    return each.signature == signature_of(each.key, each.instance, each.number, each.name)


class Room:
    """An honest server, unless a test says otherwise, and whoever is in the room."""

    def __init__(self) -> None:
        self.ids = 100
        self.sockets: dict[int, Member] = {}
        self.present: list[int] = []
        self.members: list[Member] = []
        self.left: list[Member] = []
        self.stale: list[tuple[int, deque[Packet]]] = []
        """Connections that are dead, of which the server still has something to read."""

    def join(self, name: str, kind: type[Member] = Member) -> Member:
        member = kind(self, len(self.members) + len(self.left), name)
        self.members.append(member)
        return member

    def enter(self, member: Member) -> int:
        self.ids += 1
        self.sockets[self.ids] = member
        return self.ids

    def leave(self, member: Member) -> None:
        self.members.remove(member)
        self.left.append(member)
        self.gone(member.id)

    def reconnect(self, member: Member) -> None:
        self.stale.append((member.id, member.outgoing))
        del self.sockets[member.id]
        member.connect()

    def notice(self) -> None:
        """Find a connection that is dead."""
        if self.stale:
            self.gone(self.stale.pop(0)[0])

    def gone(self, client: int) -> None:
        self.sockets.pop(client, None)
        if client in self.present:
            self.present.remove(client)
            self.tell_all(("leave", client))

    def tell(self, client: int, packet: Packet) -> None:
        member = self.sockets.get(client)
        if member is not None:
            member.incoming.append(packet)

    def tell_all(self, packet: Packet) -> None:
        for client in self.present:
            self.tell(client, packet)

    def relay(self, sender: int, packet: Packet) -> None:
        match packet:
            case ("join",):
                for client in self.present:
                    self.tell(sender, ("join", client))
                self.tell_all(("join", sender))
                self.present.append(sender)
            case ("to", int(client), what) if client in self.present and sender in self.present:
                self.tell(client, ("from", sender, what))

    def read(self, number: int, count: int) -> None:
        """Read packets of one connection, of those that are dead, too."""
        queues = [(member.id, member.outgoing) for member in self.members] + self.stale
        client, queue = queues[number % len(queues)]
        for _ in range(min(count, len(queue))):
            self.relay(client, queue.popleft())

    def do(self, act: str, number: int, count: int) -> None:  # noqa: C901 - one case an act
        member = self.members[number % len(self.members)]
        match act:
            case "join" if len(self.members) < 5:
                self.join(f"name {number}")
            case "read":
                self.read(number, count)
            case "take":
                for _ in range(min(count, len(member.incoming))):
                    member.take()
            case "fire":
                member.fire()
            case "rename":
                member.rename(f"name {number}")
            case "chat":
                member.say(Chat(text=f"{number}"))
            case "leave" if len(self.members) > 2:
                self.leave(member)
            case "reconnect":
                self.reconnect(member)
            case "notice":
                self.notice()
            case "renew":
                member.renew(self.members[(number + count) % len(self.members)].id)
            case "go on":
                self.go_on(number)

    def go_on(self, still: int, *, is_timed: bool = True) -> None:
        """Let a pause pass for all but one, who stands still, or else for all."""
        moving = [member for at, member in enumerate(self.members) if at != still]
        for _ in range(6):
            for member in moving:
                while member.outgoing:
                    self.relay(member.id, member.outgoing.popleft())
            for member in moving:
                while member.incoming:
                    member.take()
        for member in moving if is_timed else ():
            member.fire()

    def deliver(self) -> None:
        """Let all that was said arrive."""
        while self.stale:
            self.notice()
        while any(member.outgoing or member.incoming for member in self.members):
            for member in self.members:
                while member.outgoing:
                    self.relay(member.id, member.outgoing.popleft())
            for member in self.members:
                while member.incoming:
                    member.take()

    def pass_time(self, pauses: int = 24) -> None:
        """Let all arrive, and time pass, so many times."""
        for _ in range(pauses):
            self.deliver()
            for member in self.members:
                member.fire()
        self.deliver()

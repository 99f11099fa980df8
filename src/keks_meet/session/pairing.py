# SPDX-License-Identifier: AGPL-3.0-only
"""Which member is spoken to under which keys: in the open, or sealed with the keys of a pair [Y10] to [Y13].

This stands between a session and its signaling: a session says what it has to say, and this decides how it is said,
and what of what comes is heard. It owns no key, no clock and no socket.
"""

from typing import Final, Literal

from keks_meet.protocol.relay_messages import Credential, Identify, Missed, RelayMessage, Sealed
from keks_meet.session import limits
from keks_meet.session.pairing_member import Member
from keks_meet.session.pairing_orders import (
    Ask,
    BeginAnew,
    Deliver,
    DropPair,
    ForgetMember,
    Introduce,
    MakePair,
    Meet,
    OpenSealed,
    PairingOrder,
    PairTimer,
    Relay,
    SayAgain,
    SayHello,
    SealFor,
    StartPairTimer,
    StopPairTimer,
    UsePair,
    Warn,
)

__all__ = ["SEALING_FEATURES", "Pairing"]

SEALING_FEATURES: Final = frozenset({"identity-1", "sealed-1"})
"""A pair has keys when both ends announce both."""

_SIGNING_FEATURE: Final = "roster-1"


class Pairing:
    """The members of a room, and how each is spoken to."""

    def __init__(self, features: tuple[str, ...]) -> None:
        self._is_able = set(features) >= SEALING_FEATURES
        self._signs = _SIGNING_FEATURE in features
        self._members: dict[int, Member] = {}
        self._is_renewing = False
        self._asked: list[str] = []
        self._orders: list[PairingOrder] = []
        self.ignored = 0
        """Messages that nobody should have said so [E3] [M5] [Y12]."""

    # Who is there

    def joined(self, client: int) -> list[PairingOrder]:
        """Meet a member: it is told nothing but a hello until it says what it knows [Y10]."""
        if client in self._members or len(self._members) >= limits.PEERS:
            return self._take()
        if not self._is_able:
            self._members[client] = Member(client, "open")
            return self._take()
        self._members[client] = Member(client, "unknown")
        self._orders.append(SayHello(client))
        self._start("meet", client, limits.APPEAR_MS)
        self._renew_later()
        return self._take()

    def left(self, client: int) -> list[PairingOrder]:
        """Forget a member that has left."""
        if self._members.pop(client, None) is not None:
            self._forget(client)
        return self._take()

    def lost(self) -> list[PairingOrder]:
        """Forget everybody: ids, and keys, end with the connection to the server."""
        for client in self._members:
            self._forget(client)
        self._members.clear()
        self._asked.clear()
        self._is_renewing = False
        self._stop("rekey", 0)
        return self._take()

    # What is said here

    def said(self, message: RelayMessage, recipient: int | None = None) -> list[PairingOrder]:
        """Say a message to one member, or to all: once in the open if nobody needs more, and else to each [Y12].

        Who is there and not known yet hears nothing: what is said to nobody is not said.
        """
        if recipient is not None:
            member = self._members.get(recipient)
            if member is not None:
                self._say(member, message)
        elif self._members and all(member.speech == "open" for member in self._members.values()):
            self._orders.append(Relay(message))
        else:
            for member in self._members.values():
                self._say(member, message)
        return self._take()

    def asked(self, line: str) -> list[PairingOrder]:
        """Find out when all that was said so far has reached the server, what waits for a proof included [M6]."""
        self._asked.append(line)
        return self._take()

    def hello_said(self, client: int, nonce: str) -> list[PairingOrder]:
        """Note the nonce of the own hello, which is to be answered."""
        member = self._members.get(client)
        if member is not None:
            member.nonce = nonce
        return self._take()

    # What members say

    def heard(self, client: int, message: RelayMessage) -> list[PairingOrder]:
        """Take a message that the room's key has opened."""
        member = self._members.get(client)
        if member is None:
            self.ignored += 1
        elif isinstance(message, Identify) and self._is_hello(message):
            self._hello_heard(member, message)
        elif isinstance(message, Sealed) and member.speech in {"meeting", "sealed"}:
            self._orders.append(OpenSealed(client, message))
        elif isinstance(message, Sealed | Credential | Missed):
            self.ignored += 1
        elif isinstance(message, Identify) and member.speech in {"unknown", "open"}:
            self._opened_up(member)
            self._orders.append(Deliver(client, message))
        elif member.speech == "open":
            self._orders.append(Deliver(client, message))
        else:
            # Who can seal says nothing in the open, and who has said nothing of itself nothing at all.
            self.ignored += 1
        return self._take()

    def opened(self, client: int, message: RelayMessage) -> list[PairingOrder]:
        """Take a message that the keys of the pair have opened [Y12]."""
        member = self._members.get(client)
        match message:
            case _ if member is None or member.speech != "sealed":
                self.ignored += 1
                return self._take()
            case Missed() if not member.was_told_again:
                # Once for each pair of keys: a small message brings many large ones.
                member.was_told_again = True
                self._orders.append(SayAgain(client))
            case Missed():
                self.ignored += 1
            case Identify() if message.instance != member.instance:
                self.ignored += 1
            case Sealed() | Credential():
                self.ignored += 1
            case _:
                self._orders.append(Deliver(client, message, member.credential))
        member.has_spoken = True
        return self._take()

    def met(
        self, client: int, credential: str, *, is_complete: bool, wants: tuple[str, ...] = ()
    ) -> list[PairingOrder]:
        """Take a member's proof of its credential, under keys that were made last: they are used from now on [Y4].

        ``is_complete`` tells whether all that it says to have sealed before has arrived [Y13]; ``wants`` are the kinds
        of tracks that it requests with its proof [M10].
        """
        member = self._members.get(client)
        if member is None or not member.is_pending:
            return self._take()
        if member.credential not in {None, credential}:
            # Nobody becomes somebody else under one id.
            return self.failed(client)
        member.is_pending = member.has_gap = member.was_told_again = member.has_spoken = False
        member.renewals = 0
        member.speech = "sealed"
        member.credential = credential
        member.instance = member.next_instance
        self._stop("prove", client)
        self._stop("gap", client)
        self._orders.append(UsePair(client))
        if self._signs and _SIGNING_FEATURE in member.features and member.instance is not None:
            self._orders.append(Meet(client, credential, member.instance, is_complete))
        if not is_complete:
            self._orders += [SealFor(client, Missed()), Warn(client, "missed")]
        if member.begins_anew:
            member.begins_anew = False
            # The session says all else once more, and nothing that belongs to what was before.
            member.keep_lines()
            self._orders.append(BeginAnew(client))
        self._flush(member)
        if wants and member.instance is not None:
            self._orders.append(Introduce(client, credential, member.instance, member.features, wants))
        self._renew_later()
        return self._take()

    def failed(self, client: int) -> list[PairingOrder]:
        """Give up keys that cannot be made, or not be proven; the ones before stay [Y11]."""
        member = self._members.get(client)
        if member is not None and member.is_pending:
            member.is_pending = False
            self._stop("prove", client)
            self._orders.append(DropPair(client))
            if member.speech == "sealed":
                self._flush(member)
            else:
                # Should it prove itself later, all is said to it then, lines of chat by what waits here.
                member.begins_anew = True
                member.keep_lines()
                self._orders.append(Warn(client, "unproven"))
                self._ask_anew(member)
        return self._take()

    def broken(self, client: int) -> list[PairingOrder]:
        """Take note that a sealed message does not open, or is not the next one: new keys are asked for [Y13]."""
        member = self._members.get(client)
        if member is not None and not member.is_pending and not member.has_gap:
            member.has_gap = True
            self._start("gap", client, limits.GAP_MS)
        return self._take()

    # Time

    def fired(self, timer: PairTimer) -> list[PairingOrder]:
        """Wait no longer."""
        member = self._members.get(timer.of)
        match timer.name:
            case "meet" if member and member.speech == "unknown":
                # It says nothing of itself, so it hears what everybody in the room may hear [L7].
                self._opened_up(member)
            case "prove":
                return self.failed(timer.of)
            case "gap" if member and member.has_gap:
                member.has_gap = False
                self._ask_anew(member)
            case "rekey":
                self._renew()
        return self._take()

    def _renew(self) -> None:
        """Get new keys for each pair [Y11]."""
        self._is_renewing = False
        for member in self._members.values():
            member.hellos = 0
            if member.speech in {"meeting", "sealed"}:
                if not member.is_pending:
                    self._orders.append(SayHello(member.id))
                self._count_renewal(member)
        if self._members:
            self._renew_later()

    def _count_renewal(self, member: Member) -> None:
        """Warn once of a member that speaks on, with keys that no renewal replaces: somebody keeps it from that."""
        if member.has_spoken and member.renewals == limits.RENEWALS:
            self._orders.append(Warn(member.id, "missed"))
        member.renewals += member.has_spoken or not member.renewals
        member.has_spoken = False

    def _renew_later(self) -> None:
        if not self._is_renewing:
            self._is_renewing = True
            self._start("rekey", 0, limits.REKEY_MS)

    # Parts of these

    def _is_hello(self, message: Identify) -> bool:
        announced = set(message.features or ()) >= SEALING_FEATURES
        is_whole = None not in {message.instance, message.nonce, message.p256}
        return self._is_able and announced and is_whole

    def _hello_heard(self, member: Member, hello: Identify) -> None:
        """Make keys of a hello and one's own; a hello that comes by itself is answered first [Y11]."""
        if hello.answers is not None and hello.answers != member.nonce:
            return
        if hello.answers is None:
            if member.hellos >= limits.HELLOS:
                self.ignored += 1
                return
            member.hellos += 1
            # Two that cross need no new one, but who had not heard of the first would wait for an answer for ever.
            self._orders.append(SayHello(member.id, hello.nonce, is_new=member.nonce is None))
        member.nonce = None
        member.next_instance = hello.instance
        member.features = tuple(hello.features or ())
        was_pending, member.is_pending = member.is_pending, True
        if member.speech != "sealed":
            member.speech = "meeting"
            self._stop("meet", member.id)
            # Keys are on their way: asking for others would cross with what proves these.
            if member.has_gap:
                self._stop("gap", member.id)
            member.has_gap = False
        self._orders.append(MakePair(member.id, hello))
        # Further hellos give nobody more time: who says one now and then would never have failed.
        if not was_pending:
            self._start("prove", member.id, limits.PROVE_MS)

    def _ask_anew(self, member: Member) -> None:
        """Ask for new keys; again after a while if they do not come and nothing can be said without them."""
        if member.hellos < limits.HELLOS:
            member.hellos += 1
            self._orders.append(SayHello(member.id))
            if member.speech == "meeting":
                member.has_gap = True
                self._start("gap", member.id, limits.GAP_MS)

    def _opened_up(self, member: Member) -> None:
        """Speak to a member in the open from now on."""
        if member.speech == "unknown":
            self._stop("meet", member.id)
        member.speech = "open"
        member.begins_anew = True
        self._flush(member)

    def _say(self, member: Member, message: RelayMessage) -> None:
        if member.speech == "open":
            self._orders.append(Relay(message, member.id))
        elif member.speech == "sealed" and not member.is_pending:
            self._orders.append(SealFor(member.id, message))
        else:
            self._keep_waiting(member, message)

    def _keep_waiting(self, member: Member, message: RelayMessage) -> None:
        """Have a message wait: names before all else, as somebody else may have shown them by then [Y18]."""
        if isinstance(message, Identify):
            names = sum(isinstance(each, Identify) for each in member.waiting)
            # The name that is said is the newest one [Y15]: one that waits is enough where there is no more room.
            if not names or len(member.waiting) < limits.WAITING_MESSAGES:
                member.waiting.insert(names, message)
        elif len(member.waiting) < limits.WAITING_MESSAGES:
            member.waiting.append(message)

    def _flush(self, member: Member) -> None:
        waiting, member.waiting = member.waiting, []
        for message in waiting:
            self._say(member, message)

    def _forget(self, client: int) -> None:
        for name in ("meet", "prove", "gap"):
            self._stop(name, client)
        self._orders.append(ForgetMember(client))

    def _start(self, name: Literal["meet", "prove", "gap", "rekey"], client: int, ms: int) -> None:
        self._orders.append(StartPairTimer(PairTimer(name, client), ms))

    def _stop(self, name: Literal["meet", "prove", "gap", "rekey"], client: int) -> None:
        self._orders.append(StopPairTimer(PairTimer(name, client)))

    def _take(self) -> list[PairingOrder]:
        if self._asked and not any(member.is_waited_for for member in self._members.values()):
            self._orders += [Ask(line) for line in self._asked]
            self._asked.clear()
        orders, self._orders = self._orders, []
        return orders

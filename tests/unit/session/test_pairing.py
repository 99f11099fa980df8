# SPDX-License-Identifier: AGPL-3.0-only
"""Whatever a server does with what two say: nobody hears wrongly, and honesty mends all [Y10] to [Y13]."""

from collections import deque
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from keks_meet.protocol.relay_messages import Chat, Credential, Identify, Missed, RelayMessage, Sealed
from keks_meet.session import limits
from keks_meet.session import pairing_orders as do
from keks_meet.session.pairing import SEALING_FEATURES, Pairing

FEATURES = tuple(sorted(SEALING_FEATURES))
REKEY = do.PairTimer("rekey", 0)


class Keys:
    """Keys that two hellos make: whoever has both nonces has them; what they seal is known by its number."""

    def __init__(self, own: str, theirs: str) -> None:
        self.id = "".join(sorted((own, theirs)))
        self.sent: list[RelayMessage] = []
        self.opened = 0


class Side:
    """One of two clients, with a pretended cryptography, and what it hears."""

    def __init__(self, own_id: int, world: "World") -> None:
        self.id, self.other, self.world = own_id, 3 - own_id, world
        self.pairing = Pairing(FEATURES)
        self.nonce: str | None = None
        self.made: Keys | None = None
        self.used: Keys | None = None
        self.sealed = self.opened = 0
        self.timers: set[do.PairTimer] = set()
        self.heard: list[str] = []
        self.told_again = 0
        self.lost = 0
        """Messages that the other side has sealed with keys that were in use here, and that never opened."""
        self.warnings = 0

    def follow(self, orders: list[do.PairingOrder]) -> None:
        for order in orders:
            self.carry_out(order)

    def carry_out(self, order: do.PairingOrder) -> None:  # noqa: C901, PLR0912 - one case a kind
        match order:
            case do.SayHello(_, answers, is_new):
                self.nonce = self.world.draw() if is_new else self.nonce
                instance = f"instance {self.id}"
                self.send(Identify("", instance, FEATURES, self.nonce, "point", None, answers))
                if answers is None:
                    self.follow(self.pairing.hello_said(self.other, self.nonce))
            case do.MakePair(_, hello):
                assert self.nonce is not None
                assert hello.nonce is not None
                self.made, self.nonce = Keys(self.nonce, hello.nonce), None
                self.seal(self.made, Credential(f"key of {self.id}", "", self.sealed))
            case do.UsePair():
                assert self.made is not None
                self.used, self.made = self.made, None
            case do.DropPair():
                self.made = None
            case do.SealFor(_, message):
                assert self.used is not None
                self.sealed += 1
                self.seal(self.used, message)
            case do.OpenSealed(_, sealed):
                self.open(sealed)
            case do.Deliver(_, message, credential):
                assert credential == f"key of {self.other}"
                assert isinstance(message, Chat)
                self.heard.append(message.text or "")
            case do.SayAgain():
                self.told_again += 1
            case do.Warn():
                self.warnings += 1
            case do.StartPairTimer(timer):
                self.timers.add(timer)
            case do.StopPairTimer(timer):
                self.timers.discard(timer)
            case do.Relay() | do.BeginAnew():
                raise AssertionError("nothing is said in the open")

    def seal(self, keys: Keys, message: RelayMessage) -> None:
        self.world.contents[keys.id, self.id, len(keys.sent)] = message
        self.send(Sealed(keys.id, len(keys.sent), ""))
        keys.sent.append(message)

    def open(self, sealed: Sealed) -> None:
        keys = next((each for each in (self.used, self.made) if each and each.id == sealed.pair), None)
        message = self.world.contents.get((sealed.pair, self.other, sealed.number))
        if keys is None or message is None or sealed.number != keys.opened:
            self.follow(self.pairing.broken(self.other))
            return
        keys.opened += 1
        if keys is self.used:
            self.opened += 1
            self.follow(self.pairing.opened(self.other, message))
        elif isinstance(message, Credential):
            is_complete = message.sent == self.opened
            self.lost += message.sent - self.opened
            self.opened = message.sent
            self.follow(self.pairing.met(self.other, message.key, is_complete=is_complete))
        else:
            self.follow(self.pairing.failed(self.other))

    def send(self, message: RelayMessage) -> None:
        self.world.under_way[self.id].append(message)
        self.world.recorded[self.id].append(message)

    def hear(self, message: RelayMessage) -> None:
        self.follow(self.pairing.heard(self.other, message))

    def fire(self, timer: do.PairTimer) -> None:
        self.timers.discard(timer)
        self.follow(self.pairing.fired(timer))


class World:
    """Two sides, and a server between them."""

    def __init__(self) -> None:
        self.nonces = 0
        self.contents: dict[tuple[str, int, int], RelayMessage] = {}
        self.under_way: dict[int, deque[RelayMessage]] = {1: deque(), 2: deque()}
        self.recorded: dict[int, list[RelayMessage]] = {1: [], 2: []}
        self.sides = {1: Side(1, self), 2: Side(2, self)}
        self.said: dict[int, list[str]] = {1: [], 2: []}
        for side in self.sides.values():
            side.follow(side.pairing.joined(side.other))

    def draw(self) -> str:
        self.nonces += 1
        return f"({self.nonces})"

    def say(self, speaker: int) -> None:
        text = f"{speaker}: {len(self.said[speaker])}"
        self.said[speaker].append(text)
        self.sides[speaker].follow(self.sides[speaker].pairing.said(Chat(text=text), 3 - speaker))

    def deliver(self, sender: int) -> None:
        if self.under_way[sender]:
            self.sides[3 - sender].hear(self.under_way[sender].popleft())

    def do(self, act: str, speaker: int, number: int) -> None:
        waiting, recorded = self.under_way[speaker], self.recorded[speaker]
        timers = sorted(self.sides[speaker].timers, key=lambda timer: timer.name)
        match act:
            case "say":
                self.say(speaker)
            case "deliver":
                self.deliver(speaker)
            case "drop" if waiting:
                waiting.popleft()
            case "swap" if len(waiting) > 1:
                waiting.insert(1, waiting.popleft())
            case "replay" if recorded:
                self.sides[3 - speaker].hear(recorded[number % len(recorded)])
            case "make up":
                self.sides[3 - speaker].hear(Sealed("made up", number, ""))
            case "reflect" if recorded:
                self.sides[speaker].hear(recorded[number % len(recorded)])
            case "fire" if timers:
                timer = timers[number % len(timers)]
                # Who has said a hello is not taken for somebody who knows none: that takes three seconds.
                if timer.name != "meet":
                    self.sides[speaker].fire(timer)

    def settle(self) -> None:
        """Let an honest server deliver everything, and time pass, until nothing more happens."""
        for _ in range(200):
            while any(self.under_way.values()):
                self.deliver(1)
                self.deliver(2)
            due = [
                (side, timer) for side in self.sides.values() for timer in side.timers if timer.name in {"gap", "prove"}
            ]
            if not due:
                return
            for side, timer in due:
                if timer in side.timers:
                    side.fire(timer)
        raise AssertionError("there is no end to it")


acts = st.sampled_from([*["say"] * 3, *["deliver"] * 4, "drop", "swap", "replay", "make up", "reflect", "fire"])
steps = st.lists(st.tuples(acts, st.sampled_from([1, 2]), st.integers(0, 40)), max_size=60)


@settings(max_examples=600, derandomize=True)
@given(steps=steps)
def test_whatever_a_server_does(steps: list[tuple[str, int, int]]) -> None:
    world = World()
    world.settle()
    for step in steps:
        world.do(*step)
    for side in world.sides.values():
        # Twice nothing is heard, and nothing that was not said, and in the order in which it was said.
        said = world.said[side.other]
        places = [said.index(text) for text in side.heard]
        assert places == sorted(set(places))
    # From here on the server is honest, and time passes: so the bound of hellos is no longer in the way.
    world.settle()
    for _ in range(3):
        for side in world.sides.values():
            side.fire(REKEY)
        world.settle()
    for speaker in (1, 2):
        world.say(speaker)
    world.settle()
    for side in world.sides.values():
        assert side.heard[-1:] == world.said[side.other][-1:]
        other = world.sides[side.other]
        # What was sealed and lost is known here, and the other side was asked to say it again.
        assert bool(side.lost) == bool(other.told_again)
        if not side.lost:
            assert side.heard == world.said[side.other]


@settings(max_examples=200, derandomize=True)
@given(steps=st.lists(st.tuples(st.sampled_from(["say", "deliver", "rekey"]), st.sampled_from([1, 2])), max_size=80))
def test_an_honest_server_loses_nothing(steps: list[tuple[str, int]]) -> None:
    world = World()
    for act, speaker in steps:
        if act == "rekey" and world.sides[speaker].used:
            world.sides[speaker].fire(REKEY)
        else:
            world.do(act, speaker, 0)
    world.settle()
    for side in world.sides.values():
        assert side.heard == world.said[side.other]
        assert side.lost == side.told_again == 0
        assert side.pairing.ignored == 0


def talked_through_renewals(*, passes_hellos: bool) -> World:
    """Two who go on speaking while keys should change, over a server that passes hellos on, or drops them."""
    world = World()
    world.settle()
    for _ in range(2 * limits.RENEWALS):
        for speaker, side in world.sides.items():
            world.say(speaker)
            side.fire(REKEY)
            passed = [each for each in world.under_way[speaker] if passes_hellos or not isinstance(each, Identify)]
            world.under_way[speaker] = deque(passed)
        world.settle()
    return world


def test_a_server_that_keeps_two_from_new_keys_is_noticed() -> None:
    world = talked_through_renewals(passes_hellos=False)
    assert [side.warnings for side in world.sides.values()] == [1, 1]
    assert [len(side.heard) for side in world.sides.values()] == [2 * limits.RENEWALS] * 2


def test_nobody_is_warned_of_renewals_that_succeed() -> None:
    world = talked_through_renewals(passes_hellos=True)
    assert [side.warnings for side in world.sides.values()] == [0, 0]


def test_what_waits_for_a_proof_is_bounded() -> None:
    pairing = Pairing(FEATURES)
    pairing.joined(2)
    for _ in range(2 * limits.WAITING_MESSAGES):
        pairing.said(Chat(text="x"), 2)
    assert len(pairing._members[2].waiting) == limits.WAITING_MESSAGES


def fed(value: Any) -> RelayMessage:
    """Return a message as a stranger could send it."""
    return replace(value)


@settings(max_examples=200, derandomize=True)
@given(
    messages=st.lists(
        st.sampled_from(
            [
                Identify("x"),
                Identify("", "i", FEATURES, "n", "p"),
                Identify("", "i", FEATURES, "n", "p", None, "a"),
                Identify("", None, FEATURES, "n", "p"),
                Sealed("p", 0, ""),
                Credential("k", "s", 0),
                Missed(),
                Chat(text="x"),
            ]
        ),
        max_size=60,
    )
)
def test_a_stranger_makes_nothing_grow(messages: list[RelayMessage]) -> None:
    pairing = Pairing(FEATURES)
    pairing.joined(2)
    made = sum(isinstance(order, do.MakePair) for message in messages for order in pairing.heard(2, fed(message)))
    assert made <= limits.HELLOS + 1
    assert len(pairing._members) == 1

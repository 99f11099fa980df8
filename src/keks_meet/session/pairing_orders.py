# SPDX-License-Identifier: AGPL-3.0-only
"""Orders that `pairing` gives: what is relayed, sealed and opened, with which keys, and what a session hears of it."""

from typing import Literal, TypeAlias

from msgspec import Struct

from keks_meet.protocol.relay_messages import Identify, RelayMessage, Sealed

__all__ = [
    "Ask",
    "BeginAnew",
    "Deliver",
    "DropPair",
    "ForgetMember",
    "Introduce",
    "MakePair",
    "Meet",
    "OpenSealed",
    "PairTimer",
    "PairingOrder",
    "Relay",
    "SayAgain",
    "SayHello",
    "SealFor",
    "StartPairTimer",
    "StopPairTimer",
    "UsePair",
    "Warn",
]


class PairTimer(Struct, frozen=True):
    """A timer: what it is for, and the member that it is about; 0 for nobody."""

    name: Literal["meet", "prove", "gap", "rekey", "roster", "code", "code-rest"]
    of: int


class Relay(Struct, frozen=True, tag_field="type", tag="relay", omit_defaults=True):
    """Relay a message under the room's key alone, to one member or, without recipient, to all others."""

    message: RelayMessage
    recipient: int | None = None


class SayHello(Struct, frozen=True, tag_field="type", tag="say-hello", omit_defaults=True):
    """Draw keys for a member, and say the hello with them: an answer, or by oneself, which `hello_said` notes [Y11].

    One that is not new is the hello that was said last and not answered, said once more as an answer.
    """

    client: int
    answers: str | None = None
    is_new: bool = True


class MakePair(Struct, frozen=True, tag_field="type", tag="make-pair"):
    """Make keys of the own hello that was said last and a member's, and say the own credential under them [Y3] [Y4].

    `met` or `failed` tells what comes of it.
    """

    client: int
    hello: Identify


class UsePair(Struct, frozen=True, tag_field="type", tag="use-pair"):
    """Seal with the keys that were made last from now on, and forget those before."""

    client: int


class Meet(Struct, frozen=True, tag_field="type", tag="meet"):
    """Let the roster know a member that signs its names, by what it has proven to be [Y15].

    ``is_complete`` tells whether all that it says to have sealed before has arrived [Y13].
    """

    client: int
    credential: str
    instance: str
    is_complete: bool


class Introduce(Struct, frozen=True, tag_field="type", tag="introduce"):
    """Let the session begin what a member wants as soon as it has proven who it is: its name follows [M10]."""

    client: int
    credential: str
    instance: str
    features: tuple[str, ...]
    wants: tuple[str, ...]


class DropPair(Struct, frozen=True, tag_field="type", tag="drop-pair"):
    """Forget the keys that were made last; those before stay in use."""

    client: int


class ForgetMember(Struct, frozen=True, tag_field="type", tag="forget-member"):
    """Forget all keys of a member."""

    client: int


class SealFor(Struct, frozen=True, tag_field="type", tag="seal-for"):
    """Seal a message for a member with the keys in use, and relay it."""

    client: int
    message: RelayMessage


class OpenSealed(Struct, frozen=True, tag_field="type", tag="open-sealed"):
    """Open a member's sealed message: `opened`, `met`, `failed` or `broken` tells what it was."""

    client: int
    message: Sealed


class Deliver(Struct, frozen=True, tag_field="type", tag="deliver", omit_defaults=True):
    """Give a message to the session; ``credential`` is what its speaker has proven to be, if it came sealed."""

    client: int
    message: RelayMessage
    credential: str | None = None


class SayAgain(Struct, frozen=True, tag_field="type", tag="say-again"):
    """Let the session say to a member again what holds now: something has not arrived there [Y13]."""

    client: int


class BeginAnew(Struct, frozen=True, tag_field="type", tag="begin-anew"):
    """Let the session take a member for a newcomer: it had not proven what was said under its id until now."""

    client: int


class Ask(Struct, frozen=True, tag_field="type", tag="ask"):
    """Find out when the server has all that was sent so far [L8]."""

    line: str


class Warn(Struct, frozen=True, tag_field="type", tag="warn", omit_defaults=True):
    """Warn the person of a member: `client`, unless the server does not show it [Y18].

    ``unproven``: it could not prove who it is. ``missed``: something that it said has not arrived. ``contradicts``: it
    goes by two names, which are in `names`. ``withheld``: what it says to others does not arrive here, as `witness`
    tells; a member that the server does not show has its name in `names`. ``unheard``: nothing that it says arrives,
    though the direct way to it brings something.
    """

    client: int | None
    about: Literal["unproven", "missed", "contradicts", "withheld", "unheard"]
    names: tuple[str, ...] | None = None
    witness: int | None = None


class StartPairTimer(Struct, frozen=True, tag_field="type", tag="start-timer"):
    """Start a timer, anew if it runs; ``ms`` in milliseconds."""

    timer: PairTimer
    ms: int


class StopPairTimer(Struct, frozen=True, tag_field="type", tag="stop-timer"):
    """Stop a timer; one that does not run is no error."""

    timer: PairTimer


PairingOrder: TypeAlias = (
    Relay
    | Ask
    | BeginAnew
    | SayHello
    | MakePair
    | UsePair
    | Meet
    | Introduce
    | DropPair
    | ForgetMember
    | SealFor
    | OpenSealed
    | Deliver
    | SayAgain
    | Warn
    | StartPairTimer
    | StopPairTimer
)

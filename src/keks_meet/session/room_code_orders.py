# SPDX-License-Identifier: AGPL-3.0-only
"""Orders that `room_code` gives: what is said to whom, what is drawn, checked and made, and what a person is shown."""

from typing import Literal, TypeAlias

from msgspec import Struct

from keks_meet.protocol.fields import CodeMember, CodeWhy
from keks_meet.protocol.relay_messages import CodeCommitment, CodeEnd, CodeNonce, CodeRun
from keks_meet.session.pairing_orders import StartPairTimer, StopPairTimer

__all__ = ["CheckNonce", "CodeEnding", "CodeMessage", "Commit", "MakeCode", "RoomCodeOrder", "SayOfCode", "ShowCode"]

CodeMessage: TypeAlias = CodeRun | CodeCommitment | CodeNonce | CodeEnd

CodeEnding: TypeAlias = CodeWhy | Literal["match", "alone", "lost"]
"""Why there is no code: as members tell it; or the codes matched, nobody can take part, the server is away."""


class SayOfCode(Struct, frozen=True, tag_field="type", tag="say-of-code"):
    """Seal a message for these members."""

    clients: tuple[int, ...]
    message: CodeMessage


class Commit(Struct, frozen=True, tag_field="type", tag="commit"):
    """Draw a nonce for a run of these members, oneself first; `committed` takes the commitment, and the nonce."""

    run: str
    members: tuple[CodeMember, ...]


class CheckNonce(Struct, frozen=True, tag_field="type", tag="check-nonce"):
    """Find out whether a nonce of a member fits its commitment, which `checked` takes; ``at`` is its place."""

    client: int
    run: str
    members: tuple[CodeMember, ...]
    at: int
    commitment: str
    nonce: str


class MakeCode(Struct, frozen=True, tag_field="type", tag="make-code"):
    """Make the code of these members and their nonces; `made` takes it."""

    run: str
    members: tuple[CodeMember, ...]
    nonces: tuple[str, ...]


class ShowCode(Struct, frozen=True, tag_field="type", tag="show-code"):
    """Show what becomes of a run: it goes on, there is a code to compare, or it has ended."""

    status: Literal["running", "code", "ended"]
    by: int | None = None
    """Who has started it; None for oneself."""
    members: tuple[int, ...] = ()
    """The others whom it covers."""
    keys: tuple[str, ...] = ()
    """Their credentials."""
    waiting: tuple[int, ...] = ()
    """Those who have not said yet what is to come next."""
    left_out: tuple[int, ...] = ()
    """Those who were silent when it was started before."""
    code: str | None = None
    why: CodeEnding | None = None
    named: tuple[int, ...] = ()
    """Those whom the end is about."""
    ended_by: int | None = None
    """Who has told of the end; None for oneself."""


RoomCodeOrder: TypeAlias = SayOfCode | Commit | CheckNonce | MakeCode | ShowCode | StartPairTimer | StopPairTimer

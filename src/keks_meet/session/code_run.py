# SPDX-License-Identifier: AGPL-3.0-only
"""One run that makes a code, as far as it has come [Y21]."""

from typing import Literal

from msgspec import Struct, field

from keks_meet.protocol.fields import CodeMember
from keks_meet.session.room_code_orders import CheckNonce, MakeCode, ShowCode

__all__ = ["Run"]


class Run(Struct):
    """A run: its name, who takes part, and what each has said."""

    id: str
    by: int | None
    """Who has started it; None for oneself."""
    own: CodeMember
    members: dict[int, CodeMember]
    """The others, by the ids that the server gave them."""
    left_out: tuple[int, ...] = ()
    restarts: int = 0
    phase: Literal["committing", "revealing", "making", "code"] = "committing"
    commitment: str | None = None
    nonce: str | None = None
    commitments: dict[int, str] = field(default_factory=dict)
    nonces: dict[int, str] = field(default_factory=dict)
    fitting: set[int] = field(default_factory=set)
    """The members whose nonces fit."""
    code: str | None = None
    last: ShowCode | None = None
    """What the person was shown last."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to say something."""
        return self.phase in {"committing", "revealing"}

    @property
    def everybody(self) -> tuple[CodeMember, ...]:
        """Whom the code is made of, oneself first."""
        return (self.own, *self.members.values())

    def waiting(self) -> tuple[int, ...]:
        """Return the members that have not said yet what is to come next."""
        said = self.commitments if self.phase == "committing" else self.nonces
        return tuple(client for client in self.members if client not in said) if self.is_open else ()

    def has_all_commitments(self) -> bool:
        """Tell whether everybody has committed, oneself included: only then a nonce may be said."""
        return self.commitment is not None and len(self.commitments) == len(self.members)

    def has_all_nonces(self) -> bool:
        """Tell whether everybody has said a nonce that fits."""
        return len(self.fitting) == len(self.members)

    def check(self, client: int) -> CheckNonce:
        """Return the question whether a member's nonce fits."""
        at = 1 + list(self.members).index(client)
        return CheckNonce(client, self.id, self.everybody, at, self.commitments[client], self.nonces[client])

    def make(self) -> MakeCode:
        """Return the order to make the code, when all nonces are there."""
        others = (self.nonces[client] for client in self.members)
        return MakeCode(self.id, self.everybody, (self.nonce or "", *others))

    def shown(self) -> ShowCode:
        """Return what a person is shown of it while it has not ended."""
        return ShowCode(
            "running" if self.code is None else "code",
            self.by,
            tuple(self.members),
            tuple(member.key for member in self.members.values()),
            self.waiting(),
            self.left_out,
            self.code,
        )

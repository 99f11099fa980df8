# SPDX-License-Identifier: AGPL-3.0-only
"""What members say to have sealed for whom, and doubts about those of whom less has arrived [Y18]."""

from collections.abc import Mapping

from msgspec import Struct, field

from keks_meet.protocol.relay_messages import Roster
from keks_meet.session import limits

__all__ = ["Doubts"]


class _Doubt(Struct):
    """A claim that a member has said more than has arrived."""

    count: int
    """The messages that the member is said to have sealed for this client."""
    witness: int
    """The member that says so."""
    pauses: int = 0
    """Pauses that have passed without a word of the member that is doubted."""


class _Account(Struct):
    """What a member has said of itself, and others of it."""

    sent: Mapping[int, int] = field(default_factory=dict)
    """The messages that it says to have sealed for each id."""
    doubt: _Doubt | None = None
    disbelieved: set[int] = field(default_factory=set)
    """Witnesses whose claim about it has turned out to be wrong."""


class Doubts:
    """The accounts of members, by the ids that the server gave them."""

    def __init__(self) -> None:
        self._accounts: dict[int, _Account] = {}

    def met(self, client: int) -> None:
        """Open an account for a member."""
        self._accounts.setdefault(client, _Account())

    def left(self, client: int) -> None:
        """Forget a member, and what it has told of others."""
        self._accounts.pop(client, None)
        for account in self._accounts.values():
            if account.doubt and account.doubt.witness == client:
                account.doubt = None
            account.disbelieved.discard(client)

    def lost(self) -> None:
        """Forget everybody."""
        self._accounts.clear()

    def told(self, client: int, ids: tuple[int, ...]) -> tuple[int, ...]:
        """Return for each of some members what it says to have sealed for this one."""
        return tuple(self._accounts[each].sent.get(client, 0) for each in ids)

    def roster_heard(self, witness: int, roster: Roster, arrived: Mapping[int, int]) -> None:
        """Take what a member has sealed for whom, and what others have told it, against what has arrived here."""
        self._accounts[witness].sent = dict(zip(roster.ids, roster.sent, strict=True))
        for client, count in zip(roster.ids, roster.told, strict=True):
            account = self._accounts.get(client)
            if account is None or client == witness or witness in account.disbelieved:
                continue
            if account.doubt is None and count > arrived.get(client, 0):
                account.doubt = _Doubt(count, witness)

    def spoke(self, client: int, arrived: int) -> bool:
        """End a doubt with the next word of who is doubted: its number tells whether the witness was right.

        Returns whether it was wrong.
        """
        account = self._accounts.get(client)
        if account is None or account.doubt is None:
            return False
        doubt, account.doubt = account.doubt, None
        if arrived > doubt.count:
            return False
        account.disbelieved.add(doubt.witness)
        return True

    def paused(self) -> list[tuple[int, int]]:
        """Count a pause; return those who have been silent for too many, each with the witness."""
        found = []
        for client, account in self._accounts.items():
            if account.doubt is not None:
                account.doubt.pauses += 1
                if account.doubt.pauses >= limits.DOUBT_PAUSES:
                    found.append((client, account.doubt.witness))
                    account.doubt = None
        return found

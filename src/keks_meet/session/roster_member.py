# SPDX-License-Identifier: AGPL-3.0-only
"""One other member, as a roster knows it: what it has proven and said, what was asked and answered [Y15] to [Y18]."""

from msgspec import Struct, field

from keks_meet.protocol.fields import MemberStatement
from keks_meet.session import limits
from keks_meet.session.name_book import Bearer

__all__ = ["Member"]


class Member(Struct):
    """A member of the room, by the id that the server gave it."""

    id: int
    bearer: Bearer | None = None
    """What it has proven to be; None for one that signs no names, or has not proven anything yet."""
    said: MemberStatement | None = None
    """The newest statement that it has said to this client itself."""
    shown: MemberStatement | None = None
    """The newest one that another member has shown."""
    told: int | None = None
    """The number of the newest own name that it was told."""
    number: int = -1
    """The newest number that it has said itself."""
    names: list[MemberStatement] = field(default_factory=list)
    """What it has said itself since something was missed, the oldest first: for each name the first statement."""
    is_excused: bool = False
    """Whether a name may have been lost on its way, so that it will be said again [Y13]."""
    hash: str | None = None
    """The hash of its roster, as it said it last."""
    compared: tuple[str, str] | None = None
    """The hashes, the own one and its, for which it was last asked whom it sees."""
    left: set[int] | None = None
    """The members that have left since it was asked; None when no question is open."""
    is_answered: bool = False
    """Whether it was told whom this client sees since the roster was said."""
    is_waiting: bool = False
    """Whether it has asked again since then."""

    def proves(self, bearer: Bearer, *, is_complete: bool) -> None:
        """Take what it proves to be; of what was missed nothing is compared with what it says from now on [Y13]."""
        if self.bearer != bearer:
            self.bearer = bearer
            self.said = self.shown = self.told = None
            self.number = -1
            self.names.clear()
        if not is_complete:
            self.is_excused = True
            self.names.clear()

    def says(self, statement: MemberStatement) -> bool:
        """Note what it says of itself, if it is newer than all that it has said; return whether it is."""
        if statement.number <= self.number:
            return False
        self.number = statement.number
        if not self.names or self.names[-1].name != statement.name:
            self.names = [*self.names, statement][-limits.NAMES :]
        return True

    def disputed(self, shown: MemberStatement | None) -> MemberStatement | None:
        """Return what it has said, if it should have said what it has shown to others in the place of that [Y18]."""
        if shown is None or shown.number > self.number:
            return None
        before = [each for each in self.names if each.number <= shown.number]
        return before[-1] if before and before[-1].name != shown.name else None

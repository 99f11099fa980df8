# SPDX-License-Identifier: AGPL-3.0-only
"""One other member, as a roster knows it: what it has proven and said, what was asked and answered [Y15] to [Y18]."""

from msgspec import Struct

from keks_meet.protocol.fields import MemberStatement
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
    """A newer one, which another member has shown."""
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

# SPDX-License-Identifier: AGPL-3.0-only
"""A member of the room, and how it is spoken to: in the open, or sealed with the keys of a pair [Y10] to [Y13]."""

from typing import Literal, TypeAlias

from msgspec import Struct, field

from keks_meet.protocol.relay_messages import Chat, ChatId, RelayMessage

__all__ = ["Member"]

_Speech: TypeAlias = Literal["unknown", "open", "meeting", "sealed"]


class Member(Struct):
    """A member of the room, by the id that the server gave it."""

    id: int
    speech: _Speech
    """How it is spoken to: not yet, in the open, not before it has proven who it is, or sealed."""
    nonce: str | None = None
    """The nonce of the own hello that nobody has answered yet."""
    instance: str | None = None
    """The instance that the hello names whose keys are proven."""
    next_instance: str | None = None
    """The instance that its newest hello names."""
    credential: str | None = None
    """What it has proven to be."""
    features: tuple[str, ...] = ()
    """The features that its newest hello announces."""
    is_pending: bool = False
    """Whether keys were made that are not proven yet; what is said waits meanwhile."""
    has_gap: bool = False
    """Whether a message did not open, so that new keys will be asked for."""
    begins_anew: bool = False
    """Whether the session is to take it for a newcomer once it has proven itself: what was said before was nobody's."""
    was_told_again: bool = False
    """Whether it has said with the keys in use that something has not arrived."""
    hellos: int = 0
    """Hellos that were answered, or said for a gap, since keys were last renewed."""
    renewals: int = 0
    """Renewals that have not brought keys, the member having spoken after each but the last."""
    has_spoken: bool = False
    """Whether it has said something sealed since the last renewal."""
    waiting: list[RelayMessage] = field(default_factory=list)

    @property
    def is_waited_for(self) -> bool:
        """Whether what was said has not reached it yet, and will soon: nobody waits for who could not prove itself."""
        return bool(self.waiting) and (self.is_pending or not self.begins_anew)

    def keep_lines(self) -> None:
        """Drop all that waits but lines of chat."""
        self.waiting = [message for message in self.waiting if isinstance(message, Chat | ChatId)]

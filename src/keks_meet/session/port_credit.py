# SPDX-License-Identifier: AGPL-3.0-only
"""Credit of one direction of a connection to a port: how much its writer may send before its reader passed it on [P4].

All counts are of bytes of that direction, from its first one on.
"""

from collections.abc import Collection

from keks_meet.protocol.file_controls import Credit
from keks_meet.session import limits
from keks_meet.session.file_control import encode_file_control

__all__ = ["ReadingCredit", "WritingCredit", "port_ahead"]


def port_ahead(others: Collection[int], passed_on: int) -> int:
    """Return how far the writer of one direction may be ahead over a channel [P4].

    ``others``: by how many bytes the writers of the other busy directions over the same connection may be.
    ``passed_on``: bytes of this direction so far. What carries little is given little, since credit never falls.
    """
    grown = max(limits.PORT_AHEAD_BYTES, passed_on)
    share = limits.CREDIT_AHEAD_BYTES // (len(others) + 1)
    return max(min(grown, share, limits.CREDIT_AHEAD_BYTES - sum(others)), limits.PORT_FIRST_BYTES)


class WritingCredit:
    """The credit that an end was given for what it writes."""

    def __init__(self, *, is_limited: bool) -> None:
        """Begin with what needs no credit; unless ``is_limited``, nothing does, since the reader gives none."""
        self._credit = limits.PORT_FIRST_BYTES if is_limited else None
        self.total = 0
        """Bytes that were sent."""

    def room(self, most: int) -> int:
        """Return how many bytes may be sent now, of at most so many."""
        return most if self._credit is None else min(most, self._credit - self.total)

    def sent(self, length: int) -> None:
        """Count bytes that were sent."""
        self.total += length

    def heard(self, credit: int) -> None:
        """Take what the reader says; credit never falls."""
        if self._credit is not None:
            self._credit = max(self._credit, credit)


class ReadingCredit:
    """The credit that an end gives for what it reads."""

    def __init__(self, *, is_limited: bool) -> None:
        """Begin with what needs no credit; unless ``is_limited``, the writer knows of none."""
        self._credit = limits.PORT_FIRST_BYTES if is_limited else None
        self._arrived = 0
        self.total = 0
        """Bytes that were passed on."""

    @property
    def ahead(self) -> int:
        """By how many bytes the writer may be ahead of what was passed on."""
        return 0 if self._credit is None else self._credit - self.total

    def arrived(self, length: int) -> bool:
        """Count bytes that came; return False for more than there was credit for."""
        self._arrived += length
        return self._credit is None or self._arrived <= self._credit

    def passed_on(self, length: int, ahead: int) -> str | None:
        """Count bytes that were passed on, 0 to begin with; return the credit to tell the writer when it is due.

        The writer may be ``ahead`` of that by so many bytes.
        """
        self.total += length
        credit = self.total + ahead
        if self._credit is None or credit - self._credit < ahead // limits.CREDIT_STEPS:
            return None
        self._credit = credit
        return encode_file_control(Credit(credit))

# SPDX-License-Identifier: AGPL-3.0-only
"""The own names of a stay, of which each member hears all that there are from its meeting on, in order [Y15]."""

from collections import deque
from typing import Final

from keks_meet.protocol.wire_limits import NAME_CHARACTERS
from keks_meet.session import limits

__all__ = ["OwnNames"]

# Twice as many as are compared: whoever hears the newest of them compares no older ones.
_KEPT: Final = 2 * limits.NAMES


class OwnNames:
    """The newest names of this client, numbered from 0 [Y6]."""

    def __init__(self) -> None:
        self.number = -1
        """The number of the newest one."""
        self.name: str | None = None
        self._names: deque[tuple[int, str]] = deque(maxlen=_KEPT)

    def take(self, username: str) -> bool:
        """Take a name; return whether it is another one than before."""
        name = username.encode("utf-16", "surrogatepass").decode("utf-16", "replace")[:NAME_CHARACTERS]
        if name == self.name:
            return False
        self.name = name
        self.number += 1
        self._names.append((self.number, name))
        return True

    def untold(self, told: int | None) -> list[tuple[int, str]]:
        """Return what is to be said to who has heard of names up to ``told``: the newest one in any case."""
        if told is None:
            return [self._names[-1]]
        return [each for each in self._names if each[0] > told] or [self._names[-1]]

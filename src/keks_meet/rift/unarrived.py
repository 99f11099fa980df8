# SPDX-License-Identifier: AGPL-3.0-only
"""Which files did not arrive, however often they were tried. Pure."""

from collections import Counter, deque
from typing import Final, TypeAlias

from keks_meet.client.events import Resource

__all__ = ["Unarrived"]

_Try: TypeAlias = tuple[str, int, str]
"""A direction, a peer that is here, and the id of what it offers, or takes."""
_File: TypeAlias = tuple[str, str | None, int | None]
"""A direction, a label and a size, by which a file is found again when another peer has it."""

_REMEMBERED: Final = 1000
"""Files of peers that left that are told apart; others are counted."""


class Unarrived:
    """Files that did not arrive.

    A later try makes up for an earlier one of the same file with the same peer, and for one with anybody else if it
    went on with what that had brought: its bytes are proven to be the beginning of the same file [F9].
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._here: dict[_Try, _File] = {}
        self._gone: Counter[_File | None] = Counter()
        # The latest tries with peers that have left: another end of one of them is no other file.
        self._counted: deque[_Try] = deque(maxlen=_REMEMBERED)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._here) + self._gone.total()

    def failed(self, direction: str, peer: int, resource: Resource, *, is_here: bool) -> None:
        """Note a try that did not bring the file; ``is_here``: the peer has not left."""
        tried = direction, peer, resource.id
        if is_here:
            self._here[tried] = _file(direction, resource)
        elif tried not in self._counted:
            self._note_gone(tried, _file(direction, resource))

    def arrived(self, direction: str, peer: int, resource: Resource, *, went_on: bool) -> None:
        """Note a try that brought the file; ``went_on``: from what an earlier one had brought."""
        if self._here.pop((direction, peer, resource.id), None) is not None or not went_on:
            return
        file = _file(direction, resource)
        elsewhere = next((key for key, each in self._here.items() if each == file), None)
        if elsewhere is not None:
            del self._here[elsewhere]
        elif self._gone[file] > 1:
            self._gone[file] -= 1
        else:
            del self._gone[file]

    def left(self, peer: int) -> None:
        """Keep no more of a peer that left than which files did not arrive."""
        for key in [key for key in self._here if key[1] == peer]:
            self._note_gone(key, self._here.pop(key))

    def _note_gone(self, tried: _Try, file: _File) -> None:
        self._counted.append(tried)
        is_known = file in self._gone or len(self._gone) < _REMEMBERED
        self._gone[file if is_known else None] += 1


def _file(direction: str, resource: Resource) -> _File:
    return direction, resource.label, resource.size

# SPDX-License-Identifier: AGPL-3.0-only
"""Generations of ICE: each restart begins another one, whose candidates come before those of the last one [N20].

An engine that leads ICE keeps the pair in use for as long as new ones have a lower priority, though nothing comes over
it, until it takes that for dead.
"""

import re
from typing import Final

from msgspec.structs import replace

from keks_meet.protocol.relay_messages import IceCandidate
from keks_meet.session.descriptions import Description

__all__ = ["Generations", "begins_ice_anew"]

_FRAGMENT: Final = re.compile(r"(?:\A|\n)a=ice-ufrag:([!-~]{1,256})\r?(?:\n|\Z)")
_LINE: Final = re.compile(r"\na=candidate:[^\r\n]*")
_PRIORITY: Final = re.compile(r"\A((?:\na=)?candidate:(?:[!-~]+ ){3})([0-9]{1,10})(?= )")
_STEP: Final = 2**19
"""More than what candidates of one type and generation differ by on a machine with few interfaces."""
_STEPS: Final = 32
"""So many steps are less than what types differ by (RFC 8445, section 5.1.2.1)."""
_HIGHEST: Final = 2**31 - 1
"""The highest priority (RFC 8839, section 5.1)."""


class Generations:
    """The generations of a peer's candidates on one connection, by the fragments of user names in its descriptions."""

    def __init__(self) -> None:
        self._fragment: str | None = None
        self._number = 0

    def is_next(self, sdp: str) -> bool:
        """Tell whether a description begins ICE anew."""
        return _is_other(_fragment_of(sdp), self._fragment)

    def description(self, description: Description) -> Description:
        """Take a description, and return it with the priorities that its candidates have here."""
        self._number += self.is_next(description.sdp)
        self._fragment = _fragment_of(description.sdp) or self._fragment
        return replace(description, sdp=_LINE.sub(lambda found: self._raised(found[0]), description.sdp))

    def candidate(self, candidate: IceCandidate) -> IceCandidate:
        """Return a candidate of the last description with the priority that it has here."""
        return replace(candidate, candidate=self._raised(candidate.candidate))

    def _raised(self, candidate: str) -> str:
        return _PRIORITY.sub(lambda found: f"{found[1]}{self._priority(int(found[2]))}", candidate)

    def _priority(self, given: int) -> int:
        return min(given + _STEP * (self._number % _STEPS), _HIGHEST) if given <= _HIGHEST else given


def begins_ice_anew(sdp: str, before: str) -> bool:
    """Tell whether a description begins ICE anew, after another one of the same side."""
    return _is_other(_fragment_of(sdp), _fragment_of(before))


def _is_other(now: str | None, before: str | None) -> bool:
    return None not in {now, before} and now != before


def _fragment_of(sdp: str) -> str | None:
    found = _FRAGMENT.search(sdp)
    return found[1] if found else None

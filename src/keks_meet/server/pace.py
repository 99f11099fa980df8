# SPDX-License-Identifier: AGPL-3.0-only
"""The rate limit of a client: a bucket of tokens that goes into debt. Pure: the time is an argument, in seconds."""

from typing import Final

from keks_meet.protocol.limits import PACED_UNIT_BYTES

__all__ = ["Pace", "cost", "cost_of_hearers"]

_HEARERS: Final = 16
"""Clients that hear of a packet at the cost of a packet."""


def cost(length: int) -> int:
    """Return the cost of a packet: one, and one more for each full 16 KiB, or as many characters of text."""
    return 1 + length // PACED_UNIT_BYTES


def cost_of_hearers(count: int) -> int:
    """Return what a packet costs besides, of which so many clients hear: what is said to one or few costs nothing."""
    return count // _HEARERS


class Pace:
    """Tells how long to wait before the next packet, so that no more than ``rate`` a second pass for long."""

    __slots__ = ("_burst", "_rate", "_then", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        """Start with a full bucket of ``burst`` tokens, filled again with ``rate`` tokens a second."""
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._then = now

    def take(self, tokens: float, now: float) -> float:
        """Take tokens, more than there are if need be, and return the seconds until the debt is paid; 0 without one."""
        filled = self._tokens + (now - self._then) * self._rate
        self._tokens = (filled if filled < self._burst else self._burst) - tokens
        self._then = now
        return -self._tokens / self._rate if self._tokens < 0 else 0.0

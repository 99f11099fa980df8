# SPDX-License-Identifier: AGPL-3.0-only
"""The pauses before trying again."""

from keks_meet.session import limits

__all__ = ["pause_before"]


def pause_before(attempt: int) -> int:
    """Return the milliseconds before try number ``attempt`` (0, 1, …), doubling up to a longest pause [L1] [N9]."""
    return min(limits.FIRST_PAUSE_MS << min(attempt, 16), limits.LONGEST_PAUSE_MS)

# SPDX-License-Identifier: AGPL-3.0-only
"""The watch on the way to a peer: whether it comes up [N9], and what came over it still comes [N15] [N17].

Knows no clock.
"""

import math
import re
from typing import Final

from msgspec import Struct

from keks_meet.session.limits import ATTEMPT_MS, BEAT_MS, LATE_LOOK_MS, LONGEST_BEAT_MS, MISSING_BEATS, PATH_SILENCE_MS

__all__ = ["ConnectWatch", "PathWatch", "own_beat"]

_ASLEEP_MS: Final = 1_500
"""A pause between two looks after which this machine was asleep or busy: what came meanwhile is not known."""


class ConnectWatch:
    """Watches whether a connection comes up at all: an engine may try for ever. Times are in milliseconds."""

    def __init__(self) -> None:
        self._looked = -math.inf
        # Since when it is tried without a break.
        self._since = math.inf

    def look(self, now: float, is_trying: bool) -> bool:
        """Judge an attempt; return whether it has just failed. What goes on failing fails again and again [N9]."""
        is_awake = now - self._looked <= _ASLEEP_MS
        self._looked = now
        if not is_trying:
            self._since = math.inf
            return False
        if not is_awake or self._since == math.inf:
            self._since = now
        has_failed = now - self._since >= ATTEMPT_MS
        if has_failed:
            self._since = now
        return has_failed


class _Sign(Struct, frozen=True):
    """A sign of life: when it came, and how long it is good for."""

    at: float
    lasts: float


class _Beats:
    """What the beats of one connection promise, and the bytes of files and ports that stand for them."""

    def __init__(self) -> None:
        # The last one; None where none is promised.
        self.sign: _Sign | None = None
        # For how long the last one was good that promised something; None where none has come at all.
        self._promised: float | None = None
        # For how long bytes that have come stand for one; 0 for none.
        self._bytes_last = 0.0
        # When the last bytes came.
        self._arrived = -math.inf

    def take(self, now: float, text: str) -> None:
        pause = int(text) if re.fullmatch("[0-9]{1,4}", text) else math.inf
        if pause > LONGEST_BEAT_MS:
            return
        lasts = MISSING_BEATS * pause
        self._promised = lasts or self._promised or PATH_SILENCE_MS
        is_promised = lasts > 0 or now - self._arrived < self._bytes_last
        self.sign = _Sign(now, lasts or self._bytes_last) if is_promised else None

    def arrived(self, now: float) -> None:
        pause = now - self._arrived
        self._arrived = now
        stands = self._promised is not None and pause <= LONGEST_BEAT_MS
        self._bytes_last = max(self._promised or 0, MISSING_BEATS * pause) if stands else 0
        if stands:
            self.sign = _Sign(now, self._bytes_last)

    def end(self) -> None:
        self.sign = self._promised = None
        self._bytes_last = 0


class PathWatch:
    """Watches one connection. All times are in milliseconds, of one clock."""

    def __init__(self) -> None:
        self._looked = -math.inf
        self._awake_since = -math.inf
        self._beats = _Beats()
        # Whether a beat was overdue at the last look.
        self._was_overdue = False
        # The last packet of sound that ended while beats came: it is not missed.
        self._ended_sound: float | None = None
        # Whether something has come in time: clocks of some engines may differ from this one.
        self._was_heard = False
        self._is_silent = False

    @property
    def is_heard(self) -> bool:
        """Whether something came, until now."""
        return self._was_heard and not self._is_silent

    def beat(self, now: float, text: str) -> None:
        """Take a beat. Texts that are none are ignored.

        Who sends bytes promises nothing meanwhile. The way may end right after that, so it stands for as long as the
        bytes before, unless they are overdue already: then none are to come.
        """
        self._beats.take(now, text)

    def arrived(self, now: float) -> None:
        """Take note of bytes of a file or a port: while many come, no beat does, and they stand for beats.

        They do so for as long as a beat would, and of who has said one alone: after the others' last bytes none comes.
        """
        self._beats.arrived(now)

    def beats_ended(self) -> None:
        """Take note that no beat can come any more: the channel for them has closed."""
        self._beats.end()

    def look(self, now: float, heard: float | None) -> bool | None:
        """Judge the way; return whether it is silent, if that is news.

        ``heard`` is when the last packet of sound came, of all that is sent now; None without any.
        """
        is_late = now - self._looked > LATE_LOOK_MS
        if now - self._looked > _ASLEEP_MS:
            self._awake_since = now
        self._looked = now
        signs = self._signs(now, heard)
        in_time = any(now - sign.at < sign.lasts for sign in signs)
        self._was_heard = bool(signs) and (self._was_heard or in_time)
        is_fresh = self._may_wait(now, is_late=is_late) or any(self._is_fresh(sign, now) for sign in signs)
        is_silent = self._was_heard and not is_fresh
        if is_silent == self._is_silent:
            return None
        self._is_silent = is_silent
        return is_silent

    def _signs(self, now: float, heard: float | None) -> list[_Sign]:
        """Return the signs of life that count: sound in the place of a beat beside it, beats in that of ended sound."""
        sound = None if heard is None or heard == self._ended_sound else _Sign(heard, PATH_SILENCE_MS)
        if sound and self._beats.sign and sound.at + BEAT_MS > self._beats.sign.at:
            self._beats.sign = None
        beat = self._beats.sign
        if sound and beat and self._is_fresh(beat, now) and not self._is_fresh(sound, now):
            self._ended_sound, sound = heard, None
        return [sign for sign in (sound, beat) if sign]

    def _is_fresh(self, sign: _Sign, now: float) -> bool:
        return now - max(sign.at, self._awake_since) < sign.lasts

    def _may_wait(self, now: float, *, is_late: bool) -> bool:
        """Whether a beat that is overdue may yet have come, and wait behind a look that was held up as well."""
        beat, was_overdue = self._beats.sign, self._was_overdue
        self._was_overdue = beat is not None and not self._is_fresh(beat, now)
        return is_late and self._was_overdue and not was_overdue


def own_beat(*, is_busy: bool) -> str:
    """Return the beat to say now [N17]; ``is_busy``: bytes wait to be sent, and a beat would wait behind them."""
    return "0" if is_busy else str(BEAT_MS)

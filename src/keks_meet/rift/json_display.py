# SPDX-License-Identifier: AGPL-3.0-only
r"""Events for programs: one JSON object a line, told apart by ``event``. docs/rift.md lists them.

Text is as peers sent it, but all but printable ASCII is written as ``\uXXXX``, so that a terminal has nothing to obey.
"""

import json
from collections.abc import Callable
from time import monotonic
from typing import Final

import msgspec

from keks_meet.rift.display import Display, SteadyStream
from keks_meet.rift.events import (
    Detail,
    Event,
    Listing,
    TextReceived,
    TransferDone,
    TransferFailed,
    TransferProgress,
    TransferStarted,
    TransferUnconfirmed,
)

__all__ = ["JsonDisplay"]

_PROGRESS_SECONDS: Final = 1.0


class JsonDisplay(Display):
    """Writes an event as a line, progress at most once a second for each transfer."""

    def __init__(self, stream: SteadyStream, *, verbose: bool = False, clock: Callable[[], float] = monotonic) -> None:
        """Write to ``stream``, details only if ``verbose``; ``clock`` counts seconds."""
        self._stream, self._verbose, self._clock = stream, verbose, clock
        self._said: dict[int, float] = {}
        """When something was last said of a transfer."""

    @property
    def lost(self) -> OSError | None:
        """How the disk refused a line."""
        return self._stream.lost

    def say(self, event: Event) -> None:
        """Write one line, or none for what is not wanted."""
        match event:
            case Listing(lines):
                for line in lines:
                    self.say(line)
                return
            case Detail() if not self._verbose:
                return
            case TransferStarted(transfer):
                self._said[transfer] = self._clock()
            case TransferProgress(transfer):
                if self._clock() - self._said[transfer] < _PROGRESS_SECONDS:
                    return
                self._said[transfer] = self._clock()
            case TransferDone(transfer) | TransferUnconfirmed(transfer) | TransferFailed(transfer):
                self._said.pop(transfer, None)
        self._stream.write(_line(event))

    def show(self, event: TextReceived) -> None:
        """Write the line of a text."""
        self._stream.deliver(_line(event))


def _line(event: Event) -> str:
    return json.dumps(msgspec.to_builtins(event, enc_hook=str)).replace("\x7f", "\\u007f") + "\n"

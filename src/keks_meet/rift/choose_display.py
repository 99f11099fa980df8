# SPDX-License-Identifier: AGPL-3.0-only
"""Which display suits the options and the terminal."""

import os
import sys
from typing import TextIO

from keks_meet.rift.display import Display, Verbosity
from keks_meet.rift.human_display import HumanDisplay
from keks_meet.rift.json_display import JsonDisplay
from keks_meet.rift.steady_stream import SteadyStream

__all__ = ["choose_display"]


def choose_display(
    *,
    as_json: bool = False,
    verbosity: Verbosity = "normal",
    data_on_stdout: bool = False,
    bars: bool = True,
    streams: tuple[TextIO | None, TextIO | None] | None = None,
) -> Display:
    """Return a display on the given streams, which are those for stdout and stderr, or on the standard ones.

    JSON goes to stdout, unless ``data_on_stdout``: then to stderr. Bars are shown only when wanted, on a terminal, and
    where no data runs across them. A prompt at the foot of the terminal does not get along with them.
    """
    out, err = map(SteadyStream, (sys.stdout, sys.stderr) if streams is None else streams)
    if as_json:
        return JsonDisplay(err if data_on_stdout else out, verbose=verbosity == "verbose")
    able = err.isatty() and os.environ.get("TERM") != "dumb" and not (data_on_stdout and out.isatty())
    return HumanDisplay(out, err, verbosity=verbosity, bars=bars and able)

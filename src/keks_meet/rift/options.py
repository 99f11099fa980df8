# SPDX-License-Identifier: AGPL-3.0-only
"""The options of every command, and what their help says."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter

__all__ = ["Flag", "Options"]

Flag: TypeAlias = Annotated[bool, Parameter(negative=(), show_default=False)]
"""An option without a value, that is not there or there."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True, repr=False)
class Options:
    """What goes with every command. Has no `repr`, as it holds the secret."""

    secret: Annotated[str | None, Parameter(alias="-s", help="room secret; others on this machine can see it")] = None
    secret_file: Annotated[Path | None, Parameter(help="its first line is the secret; or set KEKS_SECRET")] = None
    signaling_uri: Annotated[str | None, Parameter(help="server; or set KEKS_SIGNALING_URI")] = None
    username: Annotated[str | None, Parameter(alias="-u", help="what others see; or set KEKS_USERNAME")] = None
    verbose: Annotated[Flag, Parameter(alias="-v", help="say more")] = False
    quiet: Annotated[Flag, Parameter(alias="-q", help="say no more than needed")] = False
    json: Annotated[Flag, Parameter(help="say it as JSON, an event a line")] = False
    one_file: Annotated[Flag, Parameter(show=False)] = False
    """Belongs to `Send` and `Receive`, but may stand before them, as it always could."""

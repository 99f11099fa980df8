# SPDX-License-Identifier: AGPL-3.0-only
"""What a command line asks for, once it has been understood: a struct for each command. `options` go with them all."""

from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

__all__ = [
    "Arguments",
    "Chat",
    "Download",
    "Expose",
    "Forward",
    "List",
    "PathOrStdio",
    "Provide",
    "Receive",
    "Send",
    "Shell",
]

PathOrStdio: TypeAlias = Path | Literal["-"]
"""A path, or stdin or stdout; a file of that name is ``Path("./-")``, which is equal to no string."""


class Send(Struct, frozen=True, kw_only=True):
    """Offer files and directories to whoever joins."""

    paths: tuple[PathOrStdio, ...]
    one_file: bool = False
    """End once one has been sent."""


class Receive(Struct, frozen=True, kw_only=True):
    """Take the files that are offered."""

    path: PathOrStdio | None = None
    """Where to; None is the folder of the settings."""
    one_file: bool = False
    """End once one has been received."""
    overwrite: bool = False
    is_folder: bool = False
    """Whether the path was written as a folder, with a slash behind it."""
    keep_hooks: bool = False
    """Take along what Git or Mercurial would run."""


class Shell(Struct, frozen=True, kw_only=True):
    """Prompt for commands."""


class List(Struct, frozen=True, kw_only=True):
    """List what others offer."""

    wait: float
    """Seconds to give them."""


class Download(Struct, frozen=True, kw_only=True):
    """Take one file."""

    id: str
    path: PathOrStdio | None = None
    """Where to; None is the folder of the settings."""
    overwrite: bool = False
    is_folder: bool = False
    """Whether the path was written as a folder, with a slash behind it."""
    keep_hooks: bool = False
    """Take along what Git or Mercurial would run."""


class Provide(Struct, frozen=True, kw_only=True):
    """Offer one file or directory."""

    path: Path
    id: str | None = None
    """None is the file's name."""


class Expose(Struct, frozen=True, kw_only=True):
    """Offer a TCP port that can be reached from here."""

    port: int
    id: str | None = None
    """None is the number."""
    host: str
    allow_all: bool = False
    """Let in everybody without asking."""


class Forward(Struct, frozen=True, kw_only=True):
    """Listen on a port here, and lead to one that is offered."""

    id: str
    port: int | None = None
    """None is any that is free."""
    host: str


class Chat(Struct, frozen=True, kw_only=True):
    """Say something."""

    message: str


Arguments: TypeAlias = Send | Receive | Shell | List | Download | Provide | Expose | Forward | Chat

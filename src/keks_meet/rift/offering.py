# SPDX-License-Identifier: AGPL-3.0-only
"""What `send` and `provide` offer."""

import os
from pathlib import Path

from keks_meet.client.files.sources import FileSource, Source, StreamSource
from keks_meet.client.files.tar_write import DirectorySource
from keks_meet.rift.arguments import PathOrStdio
from keks_meet.rift.display import Display

__all__ = ["sources_of"]


def sources_of(paths: tuple[PathOrStdio, ...], display: Display) -> list[Source]:
    """Return what the paths stand for, and warn of what is left out of folders. Raises `SourceError` and `OSError`."""
    return [_source_of(path, display) for path in paths]


def _source_of(path: PathOrStdio, display: Display) -> Source:
    if isinstance(path, str):
        # A reader closes what it reads from; standard input itself is the process's.
        return StreamSource(os.fdopen(os.dup(0), "rb"), "stdin")
    if not path.is_dir():
        return FileSource(path)
    source = DirectorySource(path)
    for inside, reason in source.skipped:
        display.warning(f"{os.fspath(Path(path, inside))} is left out: {reason}")
    return source

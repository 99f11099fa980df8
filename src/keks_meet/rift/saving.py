# SPDX-License-Identifier: AGPL-3.0-only
"""Where received files go, and receiving them. Names of peers never lead out of the folder."""

import os
import sys
from pathlib import Path

from keks_meet.client.directory_sink import DirectorySink
from keks_meet.client.events import Peer, Resource
from keks_meet.client.sinks import FileSink, Sink, StreamSink
from keks_meet.client.threads import in_thread
from keks_meet.errors import KeksMeetError
from keks_meet.rift.arguments import PathOrStdio
from keks_meet.rift.stay import Stay
from keks_meet.session.file_name import safe_file_name

__all__ = ["check_target", "save", "sink_for"]

_TAR = ".tar"


def sink_for(resource: Resource, target: PathOrStdio, *, overwrite: bool) -> Sink:
    """Return where a file goes: to stdout, below a folder under its safe name, or to the very path.

    Raises `TargetExists` and `SinkError`.
    """
    if isinstance(target, str):
        return StreamSink(sys.stdout.buffer)
    is_folder = resource.archive == "tar"
    path = target / _name_of(resource, is_folder) if target.is_dir() else target
    return DirectorySink(path, overwrite=overwrite) if is_folder else FileSink(path, overwrite=overwrite)


def check_target(target: PathOrStdio, *, overwrite: bool) -> None:
    """Find out before anything is received whether it can be put there. Raises `TargetExists` and `SinkError`."""
    if isinstance(target, Path) and not target.is_dir():
        FileSink(target, overwrite=overwrite)


async def save(stay: Stay, peer: Peer, resource: Resource, target: PathOrStdio, *, overwrite: bool) -> bool:
    """Receive a file; return whether it arrived whole. What went wrong has been told then."""
    try:
        sink = await in_thread(sink_for, resource, target, overwrite=overwrite)
    except (KeksMeetError, OSError) as error:
        stay.failed += 1
        stay.display.error(_sentence(error), code=error.code if isinstance(error, KeksMeetError) else "system")
        return False
    try:
        await stay.room.download(peer.key, resource.id, sink)
    except (KeksMeetError, OSError):
        return False
    return True


def _name_of(resource: Resource, is_folder: bool) -> str:
    name = safe_file_name(resource.label or resource.id)
    return safe_file_name(name.removesuffix(_TAR)) if is_folder else name


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{os.fspath(error.filename or '')}: {error.strerror}"
    return str(error)

# SPDX-License-Identifier: AGPL-3.0-only
"""Where received files go, and receiving them. Names of peers never lead out of the folder."""

import asyncio
import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from keks_meet.client.blocking import in_thread
from keks_meet.client.events import Peer, Resource
from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.file_sink import FileSink
from keks_meet.client.files.partial import check_folder
from keks_meet.client.files.sinks import Sink, StreamSink
from keks_meet.errors import KeksMeetError, NotOnOffer, SinkError, TargetExists, TransferFailed
from keks_meet.rift.ask import Ask
from keks_meet.rift.events import Status, TextReceived, Warned
from keks_meet.rift.failures import failure_of
from keks_meet.rift.standard_streams import standard_output
from keks_meet.rift.stay import PathOrStdio, Stay
from keks_meet.rift.terminal import quoted
from keks_meet.rift.texts import TextSink, is_shown_text
from keks_meet.session.file_name import safe_file_name

__all__ = ["Destination", "NewFolder", "Saved", "Target", "destination_of", "is_folder", "save", "sink_for"]

Saved: TypeAlias = Literal["whole", "cut short", "kept", "failed", "no room"]
"""`kept`: cut short, and a part stays that a later download goes on with.

`no room`: the disk is full, or the folder takes nothing, so others fare no better. One file too large has `failed`."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})

_TAR = ".tar"
_PAUSES: Final = (1.0, 2.0, 4.0)
"""Seconds before a file that was cut short is asked for once more, by how many tries in a row have brought nothing."""


class NewFolder(Struct, frozen=True):
    """A path that was written as a folder, with a slash at its end: it is made if it is not there."""

    path: Path


Target: TypeAlias = PathOrStdio | NewFolder
"""What a person can name to receive into."""


def is_folder(target: Target) -> bool:
    """Tell whether files go into a target, under names of their own. Looks at the disk."""
    return isinstance(target, NewFolder) or (isinstance(target, Path) and target.is_dir())


class Destination(Struct, frozen=True):
    """Where files go, and what may happen there."""

    target: PathOrStdio
    is_folder: bool
    """Whether files go into the target, under names of their own."""
    overwrite: bool = False
    keep_hooks: bool = False
    """Take along what Git or Mercurial would run."""


async def destination_of(target: Target, *, overwrite: bool, keep_hooks: bool, ask: Ask | None = None) -> Destination:
    """Find out before anything is received whether it can be put there, and make the folder that was written as one.

    Raises `OSError`, `TargetExists`, `SinkError` and `UsageError`.
    """
    path = target.path if isinstance(target, NewFolder) else target
    is_new_folder = isinstance(target, NewFolder)
    try:
        is_folder = await in_thread(_prepare, path, overwrite=overwrite, is_new_folder=is_new_folder)
    except TargetExists as error:
        if ask is None or not await ask(f"{error}. Replace it?"):
            raise
        return await destination_of(target, overwrite=True, keep_hooks=keep_hooks)
    return Destination(path, is_folder, overwrite, keep_hooks)


def _prepare(target: PathOrStdio, *, overwrite: bool, is_new_folder: bool) -> bool:
    """Return whether the target is a folder."""
    if isinstance(target, str):
        standard_output()  # or a file would be asked for that goes nowhere
        return False
    if is_new_folder:
        target.mkdir(exist_ok=True)
    if target.is_dir():
        check_folder(target)
        return True
    FileSink(target, overwrite=overwrite)
    return False


def sink_for(resource: Resource, destination: Destination, show: Callable[[str], None]) -> Sink:
    """Return where a file goes: to stdout, into a folder under its safe name or the next free one, or to the very path.

    A text that is to be shown goes to ``show``, unless it was said where to. Raises `TargetExists` and `SinkError`.
    """
    target = destination.target
    if isinstance(target, str):
        return StreamSink(standard_output())
    if destination.is_folder and is_shown_text(resource):
        return TextSink(show)
    is_folder = resource.archive == "tar"
    if destination.is_folder:
        check_folder(target)  # or a file would get the name of a folder that has gone
    is_inside = destination.is_folder or target.is_dir()
    path = target / _name_of(resource, is_folder) if is_inside else target
    if is_folder:
        return DirectorySink(
            path,
            overwrite=destination.overwrite,
            free_name=is_inside,
            keep_hooks=destination.keep_hooks,
            size=resource.size,
        )
    return FileSink(path, overwrite=destination.overwrite, offer=resource, free_name=is_inside)


async def save(stay: Stay, peer: Peer, resource: Resource, destination: Destination) -> Saved:
    """Receive a file; return how that ended. What went wrong has been told then.

    A connection that broke for good is made anew, while the peer may not even have noticed: as long as it offers the
    file, it is asked to go on with it, until several tries in a row have brought nothing. What went to stdout cannot
    be.
    """
    most = fruitless = 0
    while True:
        saved, kept = await _save_once(stay, peer, resource, destination)
        fruitless = 0 if kept > most else fruitless + 1
        most = max(most, kept)
        if (
            saved not in {"cut short", "kept"}
            or isinstance(destination.target, str)
            or fruitless == len(_PAUSES)
            or not await _is_offered_after(_PAUSES[fruitless], stay, peer, resource)
        ):
            return saved
        stay.say(Status(f"Going on with {quoted(_name_of(resource, is_folder=False))}."))


async def _save_once(stay: Stay, peer: Peer, resource: Resource, destination: Destination) -> tuple[Saved, int]:
    """Return how one try ended, and how many bytes are kept for the next one."""
    name = stay.named(peer)
    try:
        sink = await in_thread(sink_for, resource, destination, lambda text: stay.show(TextReceived(name, text)))
    except (KeksMeetError, OSError) as error:
        stay.note_failed(peer, resource)
        stay.say(failure_of(error))
        return await in_thread(_failed, error, destination), 0
    saved = await _save_into(sink, stay, peer, resource, destination)
    return saved, sink.kept if isinstance(sink, FileSink) else 0


async def _save_into(sink: Sink, stay: Stay, peer: Peer, resource: Resource, destination: Destination) -> Saved:
    try:
        await stay.room.download(peer.key, resource.id, sink)
    except TransferFailed as error:
        if error.outcome != "cut short":
            return "failed"
        return "kept" if error.is_kept else "cut short"
    except NotOnOffer as error:
        stay.note_failed(peer, resource)
        stay.say(failure_of(error))
        return "failed"
    except (KeksMeetError, OSError) as error:
        return await in_thread(_failed, error, destination)
    stay.note_saved(peer, resource, went_on=isinstance(sink, FileSink) and sink.began_at > 0)
    for warning in _left_out(sink) if isinstance(sink, DirectorySink) else ():
        stay.say(Warned(warning))
    return "whole"


def _failed(error: KeksMeetError | OSError, destination: Destination) -> Saved:
    """Tell whether it is the place that takes nothing, or only this file. Blocks."""
    # A sink that cannot make its part says so in words of its own, and why.
    cause = error if isinstance(error, OSError) else error.__cause__
    if isinstance(cause, OSError) and cause.errno in _NO_ROOM:
        return "no room"
    if destination.is_folder and isinstance(destination.target, Path):
        try:
            check_folder(destination.target)
        except SinkError:
            return "no room"
    return "failed"


def _left_out(sink: DirectorySink) -> Iterator[str]:
    """Yield what a person should know of what has not arrived with a folder."""
    if sink.left_out:
        names = _listed(sink.left_out, sink.left_out_count)
        yield f"Left out, since Git or Mercurial would run what it says: {names}. With --keep-hooks it is taken along."
    if sink.lost.told:
        yield f"Left out: {_listed([f'{path} ({why})' for path, why in sink.lost.told], len(sink.lost))}."


def _listed(names: list[str], count: int) -> str:
    """Return the first of so many names in a row, and how many more there are."""
    more = count - len(names)
    return ", ".join([*names, *([f"{more} more"] if more else [])])


async def _is_offered_after(pause: float, stay: Stay, peer: Peer, resource: Resource) -> bool:
    """Return whether the peer is there all the time, with its file."""

    def is_gone() -> bool | None:
        return not any(p.key == peer.key and resource in (r.info for r in p.resources) for p in stay.room.peers) or None

    try:
        async with asyncio.timeout(pause):
            await stay.room.until(is_gone)
    except TimeoutError:
        return True
    return False


def _name_of(resource: Resource, is_folder: bool) -> str:
    name = safe_file_name(resource.label or resource.id)
    return safe_file_name(name.removesuffix(_TAR)) if is_folder else name

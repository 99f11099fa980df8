# SPDX-License-Identifier: AGPL-3.0-only
"""Saves every file and folder that anybody in a room offers, until interrupted. Needs Linux or macOS.

::

    python examples/collector.py SECRET [--folder FOLDER] [--server URI]

The secret is better given as KEKS_SECRET: other people of this machine can see what a program was called with. Nothing
is ever overwritten. Started again after an interruption, it goes on with the files that it had begun.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path
from typing import Annotated

import cyclopts

from keks_meet.client import (
    DEFAULT_SERVER,
    DirectorySink,
    FileSink,
    Peer,
    Resource,
    ResourceOffered,
    Room,
    Sink,
    safe_file_name,
)
from keks_meet.errors import KeksMeetError


class Collection:
    """A folder that files are collected in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._begun: set[Path] = set()

    async def add(self, room: Room, peer: Peer, resource: Resource) -> None:
        """Download one file, or one folder, which is told by being an archive. Says how it went."""
        target = self._free_name(resource)
        self._begun.add(target)
        try:
            saved = await room.download(peer.key, resource.id, _sink(target, resource))
            print(f"saved {saved}", flush=True)
        except (KeksMeetError, OSError) as error:
            # One that fails is no reason to stop collecting the others.
            print(f"{target.name}: {error}", file=sys.stderr, flush=True)
        finally:
            self._begun.discard(target)

    def _free_name(self, resource: Resource) -> Path:
        """Return the resource's name, made safe, or with a number if there is such a file or is about to be."""
        label = resource.label or ""
        name = Path(safe_file_name(label.removesuffix(".tar") if resource.archive == "tar" else label))
        numbered = (f"{name.stem} ({number}){name.suffix}" for number in itertools.count(2))
        targets = (self.folder / each for each in itertools.chain([name.name], numbered))
        return next(each for each in targets if each not in self._begun and not os.path.lexists(each))


def _sink(target: Path, resource: Resource) -> Sink:
    kind = DirectorySink if resource.archive == "tar" else FileSink
    return kind(target, overwrite=False)


async def collect(
    secret: Annotated[str, cyclopts.Parameter(env_var="KEKS_SECRET")],
    *,
    folder: Path = Path("collected"),
    server: str = DEFAULT_SERVER,
) -> None:
    """Save all that anybody in a room offers.

    Parameters
    ----------
    secret
        Room secret: in a room's link, all that follows the first #.
    folder
        Where to; made if it is not there.
    server
        Address of the server.
    """
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else waits yet
    collection = Collection(folder)
    async with Room(secret, server=server, username="collector") as room, asyncio.TaskGroup() as downloads:
        async for event in room:
            if isinstance(event, ResourceOffered) and event.resource.kind == "file":
                downloads.create_task(collection.add(room, event.peer, event.resource))


def main() -> None:
    """Run until interrupted; say in one sentence why that is not possible."""
    try:
        cyclopts.run(collect)
    except (KeksMeetError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

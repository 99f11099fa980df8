# SPDX-License-Identifier: AGPL-3.0-only
"""``rift receive``: takes the files that are offered."""

import asyncio
from collections import defaultdict
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from keks_meet.client.blocking import in_thread
from keks_meet.client.events import Peer, Resource
from keks_meet.rift.command import Command, KeepHooks, OneFile, Overwrite, TargetPath
from keks_meet.rift.events import Status
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.known_people import From, wanted_person
from keks_meet.rift.saving import Destination, Saved, destination_of, save
from keks_meet.rift.stay import Setup, Stay, staying

__all__ = ["Receive"]


@dataclass(frozen=True)
class Receive(Command):
    """Receive the files that others send.

    Without a secret, you are asked for the code.

    Example: rift receive ~/Downloads
    """

    place: ClassVar = 2

    path: TargetPath = None
    _: KW_ONLY
    one_file: OneFile = False
    overwrite: Overwrite = False
    keep_hooks: KeepHooks = False
    person: From = None

    @property
    def writes_data(self) -> bool:
        """Whether files go to standard output."""
        return self.path == "-"

    async def run(self, setup: Setup) -> ExitCode:
        """Take one file into a path or stdout, or every file into a folder, until stopped."""
        target = setup.settings.download_folder if self.path is None else self.path
        destination = await destination_of(target, overwrite=self.overwrite, keep_hooks=self.keep_hooks)
        wanted = await in_thread(lambda: wanted_person(setup.settings.keys, self.person))
        async with staying(setup, summary="receiving") as stay:
            try:
                return await _Receiving(stay, destination, wanted, one_file=self.one_file).run()
            except asyncio.CancelledError:
                return stay.code_when_stopped(nothing="Stopped before anything was offered.")


class _Receiving:
    """Takes the offers of a peer one at a time, in the order in which they come.

    Those of several peers go into a folder side by side: who is slow, or out of reach, holds up nobody else. Where one
    file is all that is wanted, one is tried after the other.
    """

    def __init__(self, stay: Stay, destination: Destination, wanted: str | None, *, one_file: bool) -> None:
        """Take offers of everybody, or of the person with a ``wanted`` fingerprint alone."""
        self._stay = stay
        self._wanted = wanted
        self._destination = destination
        self._one_file = one_file
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._offers: asyncio.Queue[tuple[Peer, Resource]] = asyncio.Queue()
        # What has been taken, or waits for its turn: a peer may say again what it offers.
        self._taken: set[tuple[int, str]] = set()
        stay.on_offer = self._offered

    async def run(self) -> ExitCode:
        """Return after the file that the path is for, or the first whole one if that is all that is wanted."""
        self._stay.say(Status("Waiting for files."))
        if self._destination.is_folder and not self._one_file:
            await self._take_all()
        while True:
            saved = await self._take(*await self._offers.get())
            if saved == "whole":
                return ExitCode.TRANSFER_FAILED if self._stay.has_failed else ExitCode.DONE
            # What has been told is the end: there is no other name to receive under, or no room for anything.
            if not self._destination.is_folder or saved == "no room":
                return ExitCode.TRANSFER_FAILED

    async def _take_all(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                tasks.create_task(self._take(*await self._offers.get()))

    async def _take(self, peer: Peer, resource: Resource) -> Saved:
        async with self._turns[peer.key]:
            saved = await save(self._stay, peer, resource, self._destination)
        if saved == "kept":
            self._stay.say(Status("What has arrived is kept; the same command goes on with it."))
        if saved != "whole":
            self._taken.discard((peer.key, resource.id))
        return saved

    def _offered(self, peer: Peer, resource: Resource) -> None:
        is_wanted = self._wanted in {None, peer.identity.fingerprint}
        if is_wanted and resource.kind == "file" and (peer.key, resource.id) not in self._taken:
            self._taken.add((peer.key, resource.id))
            self._offers.put_nowait((peer, resource))

# SPDX-License-Identifier: AGPL-3.0-only
"""``rift receive``: takes the files that are offered."""

import asyncio
from collections import defaultdict

from keks_meet.client.events import Peer, Resource
from keks_meet.client.threads import in_thread
from keks_meet.rift.arguments import PathOrStdio, Receive
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.saving import Saved, check_target, save
from keks_meet.rift.stay import Stay, staying

__all__ = ["run"]


async def run(setup: Setup, arguments: Receive) -> ExitCode:
    """Take one file into a path or stdout, or every file into a folder, until stopped."""
    target = setup.settings.download_folder if arguments.path is None else arguments.path
    await in_thread(check_target, target, overwrite=arguments.overwrite, is_folder=arguments.is_folder)
    is_folder = not isinstance(target, str) and await in_thread(target.is_dir)
    async with staying(setup) as stay:
        receiving = _Receiving(stay, target, arguments, is_folder=is_folder)
        try:
            return await receiving.run()
        except asyncio.CancelledError:
            return stay.code_when_stopped(
                nobody="Stopped before anybody came.", nothing="Stopped before anything was offered."
            )


class _Receiving:
    """Takes the offers of a peer one at a time, in the order in which they come.

    Those of several peers go into a folder side by side: who is slow, or out of reach, holds up nobody else.
    """

    def __init__(self, stay: Stay, target: PathOrStdio, arguments: Receive, *, is_folder: bool) -> None:
        self._stay = stay
        self._target = target
        self._wishes = arguments
        self._one_file = arguments.one_file
        self._is_folder = is_folder
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._offers: asyncio.Queue[tuple[Peer, Resource]] = asyncio.Queue()
        # What has been taken, or waits for its turn: a peer may say again what it offers.
        self._taken: set[tuple[int, str]] = set()
        stay.on_offer = self._offered

    async def run(self) -> ExitCode:
        """Return after the file that the path is for, or the first whole one if that is all that is wanted."""
        self._stay.display.status("Waiting for files.")
        if self._is_folder and not self._one_file:
            await self._take_all()
        while True:
            saved = await self._take(*await self._offers.get())
            if saved == "whole":
                return ExitCode.TRANSFER_FAILED if self._stay.has_failed else ExitCode.DONE
            if not self._is_folder:
                return ExitCode.TRANSFER_FAILED

    async def _take_all(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                tasks.create_task(self._take(*await self._offers.get()))

    async def _take(self, peer: Peer, resource: Resource) -> Saved:
        async with self._turns[peer.key]:
            saved = await save(self._stay, peer, resource, self._target, self._wishes)
        if saved == "kept":
            self._stay.display.status("What has arrived is kept; the same command goes on with it.")
        if saved != "whole":
            self._taken.discard((peer.key, resource.id))
        return saved

    def _offered(self, peer: Peer, resource: Resource) -> None:
        if resource.kind == "file" and (peer.key, resource.id) not in self._taken:
            self._taken.add((peer.key, resource.id))
            self._offers.put_nowait((peer, resource))

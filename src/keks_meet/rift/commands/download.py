# SPDX-License-Identifier: AGPL-3.0-only
"""``rift download``: takes one file by its id."""

import asyncio
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import ClassVar

from keks_meet.client.events import Peer, Resource
from keks_meet.errors import NotOnOffer, UsageError
from keks_meet.rift.ask import Ask
from keks_meet.rift.command import Command, FileId, InShell, KeepHooks, Overwrite, TargetPath
from keks_meet.rift.events import Status
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.prompt.asking import ask_at_terminal
from keks_meet.rift.saving import Destination, destination_of, save
from keks_meet.rift.stay import Setup, staying

__all__ = ["Download"]


@dataclass(frozen=True)
class Download(Command):
    """Download one of the files that are offered.

    Example: rift download photo.jpg ~/Downloads
    """

    other_names: ClassVar = ("receive",)

    id: FileId
    path: TargetPath = None
    _: KW_ONLY
    overwrite: Overwrite = False
    keep_hooks: KeepHooks = False

    @property
    def writes_data(self) -> bool:
        """Whether the file goes to standard output."""
        return self.path == "-"

    async def run(self, setup: Setup) -> ExitCode:
        """Wait for it to be offered, and take it."""
        ask = ask_at_terminal(setup.display.say)
        destination = await self._destination(setup.settings.download_folder, ask)
        async with staying(setup, summary="receiving") as stay:
            stay.say(Status(f"Waiting for {self.id}."))
            try:
                peer, resource = await stay.room.until(lambda: stay.find(self.id, "file"))
                stay.note_use(peer, resource)
                saved = await save(stay, peer, resource, destination)
            except asyncio.CancelledError:
                return stay.code_when_stopped(nothing="Stopped before it was offered.")
        return ExitCode.DONE if saved == "whole" else ExitCode.TRANSFER_FAILED

    async def in_shell(self, shell: InShell) -> None:
        """Take it if it is offered, while other commands go on."""
        if self.path == "-":
            raise UsageError("Here is no standard output to write to: name a path.")
        found = shell.stay.find(self.id, "file")
        if found is None:
            is_port = shell.stay.find(self.id, "port") is not None
            raise NotOnOffer(f"{self.id} is a port: forward it." if is_port else f"Nobody offers {self.id}.")
        shell.start(self._save(shell, *found))

    async def _save(self, shell: InShell, peer: Peer, resource: Resource) -> None:
        stay = shell.stay
        await save(stay, peer, resource, await self._destination(stay.settings.download_folder, shell.ask))

    async def _destination(self, usual: Path, ask: Ask | None) -> Destination:
        target = usual if self.path is None else self.path
        return await destination_of(target, overwrite=self.overwrite, keep_hooks=self.keep_hooks, ask=ask)

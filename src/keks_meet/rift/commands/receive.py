# SPDX-License-Identifier: AGPL-3.0-only
"""``rift receive``: takes the files that are offered."""

import asyncio
from collections import defaultdict
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, ClassVar, Final

from cyclopts import Parameter

from keks_meet.client.blocking import in_thread
from keks_meet.client.events import Peer, Resource
from keks_meet.errors import UsageError
from keks_meet.rift.command import Command, Flag, KeepHooks, Notify, OneFile, Overwrite, TargetPath
from keks_meet.rift.events import Status
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.known_people import From, wanted_person
from keks_meet.rift.prompt.asking import ask_at_terminal
from keks_meet.rift.saving import Destination, Saved, destination_of, is_folder, save
from keks_meet.rift.stay import Setup, Stay, staying

__all__ = ["Receive"]

_ALONE_SECONDS: Final = 15


@dataclass(frozen=True)
class Receive(Command):
    """Receive what others send; asks for the code.

    Example: rift receive ~/Downloads
    """

    place: ClassVar = 2

    path: TargetPath = None
    _: KW_ONLY
    one_file: OneFile = False
    serve: Annotated[Flag, Parameter(help="stay, whatever fails: Ctrl+C ends it with 0")] = False
    overwrite: Overwrite = False
    keep_hooks: KeepHooks = False
    person: From = None
    notify: Notify = False

    def __post_init__(self) -> None:
        """Refuse to stay and not to stay. Raises `UsageError`."""
        if self.serve and self.one_file:
            raise UsageError("--serve and --one-file contradict each other")

    @property
    def writes_data(self) -> bool:
        """Whether files go to standard output."""
        return self.path == "-"

    async def run(self, setup: Setup) -> ExitCode:
        """Take one file into a path or stdout, or every file into a folder, until stopped."""
        target = setup.settings.download_folder if self.path is None else self.path
        if self.serve and not await in_thread(is_folder, target):
            raise UsageError("--serve takes a folder to receive into; write a slash behind a new one")
        ask = ask_at_terminal(setup.display.say)
        destination = await destination_of(target, overwrite=self.overwrite, keep_hooks=self.keep_hooks, ask=ask)
        wanted = await in_thread(lambda: wanted_person(setup.settings.keys, self.person))
        async with staying(setup, summary="receiving", notify=self.notify) as stay:
            stay.always_sums_up = self.serve
            hint = asyncio.create_task(_hint(stay))
            try:
                return await _Receiving(stay, destination, wanted, one_file=self.one_file).run()
            except asyncio.CancelledError:
                if self.serve:
                    return ExitCode.INTERRUPTED if stay.is_interrupted else ExitCode.DONE
                return stay.code_when_stopped(nothing="Stopped before anything was offered.")
            finally:
                hint.cancel()


async def _hint(stay: Stay) -> None:
    """Say after a while what may be wrong, where nobody is to be seen."""
    await asyncio.sleep(_ALONE_SECONDS)
    if not stay.came:
        stay.say(Status("Nobody else has come yet. Is the secret or the code right, and the other end there?"))


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
        self._offers: asyncio.Queue[tuple[_Taken, Peer, Resource]] = asyncio.Queue()
        # What has been taken of each peer that is there.
        self._taken: defaultdict[int, _Taken] = defaultdict(_Taken)
        stay.on_offer = self._offered
        stay.on_withdrawn = self._withdrawn
        stay.on_left = self._left

    async def run(self) -> ExitCode:
        """Return after the file that the path is for, or the first whole one if that is all that is wanted."""
        is_endless = self._destination.is_folder and not self._one_file
        self._stay.say(Status("Waiting for files; Ctrl+C ends it." if is_endless else "Waiting for a file."))
        if is_endless:
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

    async def _take(self, taken: "_Taken", peer: Peer, resource: Resource) -> Saved:
        async with taken.turn:
            saved = await save(self._stay, peer, resource, self._destination)
        taken.wanted.discard(resource.id)
        if saved == "kept":
            self._stay.say(Status("What has arrived is kept; the same command goes on with it."))
        if saved == "whole":
            taken.whole.add(resource.id)
        return saved

    def _offered(self, peer: Peer, resource: Resource) -> None:
        is_wanted = self._wanted in {None, peer.identity.fingerprint}
        if not is_wanted or resource.kind != "file":
            return
        taken = self._taken[peer.key]
        if resource.id not in taken.wanted and resource.id not in taken.whole:
            taken.wanted.add(resource.id)
            self._offers.put_nowait((taken, peer, resource))

    def _withdrawn(self, peer: Peer, resource: Resource) -> None:
        """Take what is offered later under the same id for something else."""
        if peer.key in self._taken:
            self._taken[peer.key].whole.discard(resource.id)

    def _left(self, peer: Peer) -> None:
        self._taken.pop(peer.key, None)


class _Taken:
    """What has been taken of one peer. The session bounds how much a peer offers while it is there."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.wanted: set[str] = set()
        """The ids of what is being taken, or waits for its turn: a peer may say again what it offers."""
        self.whole: set[str] = set()

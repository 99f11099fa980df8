# SPDX-License-Identifier: AGPL-3.0-only
"""A command's stay in a room: joins, has told what happens there, counts it, and offers what is to be offered."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias, TypeVar

from msgspec import Struct

from keks_meet import client
from keks_meet.client import events as c
from keks_meet.client.blocking import in_thread
from keks_meet.client.events import Peer, Resource
from keks_meet.client.files.sources import FileSource, Source, StreamSource
from keks_meet.client.files.tar_write import DirectorySource
from keks_meet.client.files.transfers import Transfer
from keks_meet.client.identity.keys import KeyStore, VisitKeys
from keks_meet.errors import KeysUnusable, UsageError
from keks_meet.rift.config import Settings, made_name
from keks_meet.rift.display import Display
from keks_meet.rift.events import (
    Direction,
    Event,
    Joined,
    PeerName,
    Providing,
    ResourceListed,
    Status,
    TextReceived,
    Warned,
)
from keks_meet.rift.exclusion import Exclusion
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.narration import SHOWN_KINDS, Narrator
from keks_meet.rift.notices import Notices
from keks_meet.rift.standard_streams import standard_input
from keks_meet.rift.tally import Fate, Tally
from keks_meet.rift.terminal import quoted
from keks_meet.rift.unarrived import Unarrived

__all__ = ["PathOrStdio", "Setup", "Stay", "excluded_from", "sources_of", "staying"]

PathOrStdio: TypeAlias = Path | str
"""A path, or ``"-"`` for stdin or stdout; a file of that name is ``Path("./-")``, which is equal to no string."""

_T = TypeVar("_T")


class Setup(Struct, frozen=True):
    """What a command works with."""

    settings: Settings
    display: Display
    secret: str = ""
    """The room's secret; empty for a command that needs no room."""
    made: bool = False
    """Whether the secret is a code that was made just now, and has to be told."""

    def __repr__(self) -> str:
        """Keep the secret out of logs and tracebacks."""
        return f"Setup({self.settings!r}, …)"


@asynccontextmanager
async def staying(
    setup: Setup,
    *,
    link: bool = False,
    offers: bool = True,
    summary: Direction | None = None,
    notify: bool = False,
) -> AsyncIterator["Stay"]:
    """Join the room of a command, and leave it at the end. Raises `ServerUnreachable`.

    With ``link`` the room's web address is among what is told of joining; without ``offers`` it is not told what peers
    offer; with ``summary`` the end tells what all transfers came to; with ``notify`` the desktop shows when they end.
    """
    chosen, keys = setup.settings, await in_thread(lambda: _keys_for(setup))
    name, server, hide, direct = chosen.username or made_name, chosen.server, chosen.hide_address, chosen.direct
    made = client.Room(setup.secret, server=server, username=name, keys=keys, hide_address=hide, direct=direct)
    async with made as room:
        narrator = Narrator(room, setup.display.say, offers=offers)
        notices = Notices(setup.display.say) if notify else None
        stay = Stay(room, setup, narrator, notices)
        if notices is not None:
            notices.failed_so_far = lambda: stay.failed
        stay.say(Joined(room.username, server.room_link(setup.secret) if link else None))
        following = asyncio.create_task(stay.follow())
        try:
            yield stay
        finally:
            narrator.is_leaving = True
            await room.leave()
            await following
            if summary is not None:
                stay.say_summary(summary)
            await stay.close()


def _keys_for(setup: Setup) -> KeyStore:
    """Return where key and people are kept: nowhere for a visit, or without a place that can be used."""
    keys = setup.settings.keys
    try:
        if setup.settings.identity_scope == "visit":
            return VisitKeys(keys.people())
        keys.check()
    except KeysUnusable as error:
        setup.display.say(Warned(f"{error}. Nobody will recognise you the next time."))
        return VisitKeys()
    return keys


class Stay:
    """The room, and what has happened in it so far."""

    def __init__(self, room: "client.Room", setup: Setup, narrator: Narrator, notices: Notices | None = None) -> None:
        self.room = room
        self.settings = setup.settings
        self._display = setup.display
        self._narrator = narrator
        self._notices = notices
        self.came = 0
        """Peers that were or are there."""
        self.done = 0
        """Transfers that arrived whole, as far as anybody can tell."""
        self.settled: dict[str, str] = {}
        """What has become of lines that were said here."""
        self.code: str | None = None
        """The code of the room that is to be compared."""
        self.on_offer: Callable[[Peer, Resource], None] = lambda _peer, _resource: None
        """Called for each offer."""
        self.on_withdrawn: Callable[[Peer, Resource], None] = lambda _peer, _resource: None
        """Called for what is offered no longer; not for what a peer offered that left."""
        self.on_left: Callable[[Peer], None] = lambda _peer: None
        """Called for each peer that left."""
        self._here: set[int] = set()
        self.excluded = 0
        """What was left out of the folders that are offered, as it was told to."""
        self.limit: client.RateLimit | None = None
        """What all that is offered from now on shares, if there is a limit."""
        self.always_sums_up = False
        """Whether a summary is said even of no transfers."""
        self._under_way: set[Transfer] = set()
        self._tally = Tally()
        # Whoever is there with whom a file was exchanged.
        self._parties: set[int] = set()
        self._unarrived = Unarrived()
        # Whether something that was on offer here cannot be read any more.
        self._has_spoilt = False
        # Whether a download was ended from here.
        self._has_interrupted = False
        self._happened = asyncio.Event()

    def say(self, event: Event) -> None:
        """Have an event displayed."""
        self._display.say(event)

    def show(self, event: TextReceived) -> None:
        """Have a text displayed. Blocks, in any thread. Raises `OSError` when that cannot be."""
        self._display.show(event)

    async def close(self) -> None:
        """Have the desktop show what it has not shown yet."""
        if self._notices is not None:
            await self._notices.close()

    def say_summary(self, direction: Direction) -> None:
        """Say what all transfers came to, unless there were none."""
        if self._tally.files or self._tally.unconfirmed or self.failed or self.always_sums_up:
            self.say(self._tally.summary(direction, failed=self.failed, excluded=self.excluded))

    # What happens

    async def follow(self) -> None:
        """Tell and count what happens, until the room is left."""
        async for event in self.room:
            self._narrator.tell(event)
            self._count(event)
            happened, self._happened = self._happened, asyncio.Event()
            happened.set()
        self._narrator.close()

    def _count(self, event: c.RoomEvent) -> None:  # noqa: C901 - one case a kind
        match event:
            case c.PeerJoined(peer):
                self.came += 1
                self._here.add(peer.key)
            case c.PeerChanged(peer):
                self._note_way(peer)
            case c.PeerLeft(peer):
                self._forget(peer)
            case c.ResourceOffered(peer, resource):
                self.on_offer(peer, resource)
            case c.ResourceWithdrawn(peer, resource):
                self.on_withdrawn(peer, resource)
            case c.ChatSettled(line, state):
                self.settled[line] = state
            case c.RoomCodeChanged():
                self.code = event.code if event.status == "code" else None
            case c.ResourceSpoilt():
                self._has_spoilt = True
            case c.TransferStarted(transfer):
                self._under_way.add(transfer)
                self._tally.started(asyncio.get_running_loop().time())
                if self._notices is not None:
                    self._notices.started()
                self._parties |= {transfer.peer} & self._here
                for peer in self.room.peers:
                    self._note_way(peer)
            case c.TransferEnded(transfer):
                self._under_way.discard(transfer)
                self._count_ended(transfer)

    def _forget(self, peer: Peer) -> None:
        """Keep nothing of a peer that left, however many come and go."""
        self._here.discard(peer.key)
        self._parties.discard(peer.key)
        self._unarrived.left(peer.key)
        self.on_left(peer)

    def _note_way(self, peer: Peer) -> None:
        if peer.key in self._parties:
            self._tally.note_way(peer.way)

    def _count_ended(self, transfer: Transfer) -> None:
        peer, resource, fate = transfer.peer, transfer.resource, _fate_of(transfer)
        if fate == "failed":
            self._unarrived.failed(transfer.direction, peer, resource, is_here=peer in self._here)
            self._has_interrupted |= transfer.direction == "in" and transfer.outcome == "cancelled"
        else:
            self.done += 1
            # Of a download, `note_saved` tells.
            if transfer.direction == "out":
                self._unarrived.arrived("out", peer, resource, went_on=transfer.began_at > 0)
        moved = max(transfer.bytes - transfer.began_at, 0)
        if transfer.is_direct:
            self._tally.note_way("tcp")
        self._tally.ended(asyncio.get_running_loop().time(), moved, fate)
        if self._notices is not None:
            self._notices.ended(transfer.direction, fate, is_last=not self._under_way)

    def note_failed(self, peer: Peer, resource: Resource) -> None:
        """Count a file that could not even be asked for."""
        self._unarrived.failed("in", peer.key, resource, is_here=peer.key in self._here)

    def note_saved(self, peer: Peer, resource: Resource, *, went_on: bool) -> None:
        """Count a file as arrived, whatever earlier tries came to; ``went_on``: from what one of them had brought."""
        self._unarrived.arrived("in", peer.key, resource, went_on=went_on)

    def note_use(self, peer: Peer, resource: Resource) -> None:
        """Tell from now on who else offers something under the id of what is used: it is not taken for that."""
        self._narrator.note_use(peer, resource)

    @property
    def failed(self) -> int:
        """How many files did not arrive, however often they were tried."""
        return len(self._unarrived)

    @property
    def has_failed(self) -> bool:
        """Whether a file did not arrive, though others may have."""
        return self.failed > 0

    @property
    def is_transferring(self) -> bool:
        """Whether a transfer is under way."""
        return bool(self._under_way)

    @property
    def is_interrupted(self) -> bool:
        """Whether an end now cuts a transfer short, or has cut a download short already."""
        return self.is_transferring or self._has_interrupted

    async def until(self, look: Callable[[], _T | None]) -> _T:
        """Return what ``look`` finds, looking again after each event has been told and counted."""
        while (found := look()) is None:
            await self._happened.wait()
        return found

    async def until_gone(self, peer: Peer) -> None:
        """Wait until a peer is there no more."""
        await self.room.until(lambda: all(each.key != peer.key for each in self.room.peers) or None)

    def code_when_stopped(self, *, nobody: str = "Stopped before anybody came.", nothing: str) -> ExitCode:
        """Return how a command ends that was told to; say so in words when it has done nothing."""
        if self.is_interrupted:
            return ExitCode.INTERRUPTED
        if self.has_failed:
            return ExitCode.TRANSFER_FAILED
        if self.done:
            return ExitCode.DONE
        self.say(Warned(nothing if self.came else nobody))
        return ExitCode.NOBODY

    # What peers offer

    def named(self, peer: Peer) -> PeerName:
        """Return a peer's name as events have it, with what tells it from equal ones."""
        return self._narrator.named(peer)

    def find(self, resource_id: str, kind: str, fingerprint: str | None = None) -> tuple[Peer, Resource] | None:
        """Return who offers something of a kind under an id, if anybody does; with a fingerprint, only that person."""
        peers = (peer for peer in self.room.peers if fingerprint in {None, peer.identity.fingerprint})
        offers = ((peer, resource.info) for peer in peers for resource in peer.resources)
        return next((offer for offer in offers if (offer[1].id, offer[1].kind) == (resource_id, kind)), None)

    def listed(self) -> tuple[ResourceListed, ...]:
        """Return what is on offer."""
        return tuple(
            ResourceListed(self.named(peer), resource.info)
            for peer in self.room.peers
            for resource in peer.resources
            if resource.info.kind in SHOWN_KINDS
        )

    # What is offered from here

    def check_is_free(self, resource_id: str) -> None:
        """Others who were told an id take what was offered under it first. Raises `UsageError`."""
        if any(resource.id == resource_id for resource in self.room.resources):
            message = f"{resource_id} is offered from here already: stop it first, or name another id"
            raise UsageError(message)

    async def provide(self, source: Source, resource_id: str | None) -> None:
        """Offer a source, under an id that is made if there is none."""
        self.say(Providing(await self.room.provide(source, resource_id, limit=self.limit)))

    async def provide_until_stopped(
        self, offers: Sequence[tuple[Source, str | None]], *, one_file: bool = False
    ) -> ExitCode:
        """Offer sources under ids, until one has been sent whole if that is enough, or Ctrl+C."""
        for source, resource_id in offers:
            await self.provide(source, resource_id)
        only_once = all(source.once for source, _ in offers)

        def is_over() -> bool | None:
            if self.is_transferring:
                return None
            is_sent = self.done > 0 and (one_file or only_once)
            return is_sent or (self.has_failed and only_once) or not self.room.resources or None

        try:
            await self.until(is_over)
        except asyncio.CancelledError:
            return self.code_when_stopped(nothing="Stopped before anybody took anything.")
        if self.has_failed:
            return ExitCode.TRANSFER_FAILED
        return ExitCode.FAILED if self._has_spoilt and not self.done else ExitCode.DONE


def _fate_of(transfer: Transfer) -> Fate:
    if transfer.outcome == "whole":
        return "whole"
    return "unconfirmed" if transfer.outcome in {"unknown", "unconfirmed"} else "failed"


async def sources_of(
    paths: Iterable[PathOrStdio], say: Callable[[Event], None], exclude: Sequence[str] = ()
) -> list[Source]:
    """Return what the paths stand for, and warn of what is left out of folders.

    What patterns in ``exclude`` name is left out as well. Raises `SourceError`, `UsageError` and `OSError`.
    """
    excludes = Exclusion(exclude) if exclude else None
    sources = await in_thread(lambda: [_source_of(path, say, excludes or (lambda _: False)) for path in paths])
    for text in excludes.warnings() if excludes else ():
        say(Warned(text))
    return sources


def excluded_from(sources: Iterable[Source]) -> int:
    """Return how many files and folders were left out of the sources since patterns name them."""
    return sum(source.excluded for source in sources if isinstance(source, DirectorySource))


def _source_of(path: PathOrStdio, say: Callable[[Event], None], excludes: Callable[[str], bool]) -> Source:
    if isinstance(path, str):
        # A reader closes what it reads from; standard input itself is the process's.
        return StreamSource(standard_input(), "stdin")
    if not path.is_dir():
        try:
            return FileSource(path)
        except OSError as error:
            # The system names what cannot be opened, but not what cannot be read.
            error.filename = error.filename or os.fspath(path)
            raise
    source = DirectorySource(path, excludes)
    for inside, reason in source.skipped:
        say(Warned(f"{os.fspath(Path(path, inside))} is left out: {reason}"))
    if source.excluded:
        what = "1 file or folder" if source.excluded == 1 else f"{source.excluded} files and folders"
        say(Status(f"Of {quoted(source.label)}, {what} will not go along, as excluded."))
    return source

# SPDX-License-Identifier: AGPL-3.0-only
"""The own files on their way to peers, and those that nobody can read any more, which are offered no longer."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Final, TypeAlias

from keks_meet.client.blocking import in_daemon
from keks_meet.client.files.send import FileSender, OwnFile
from keks_meet.client.files.transfers import TransferListener
from keks_meet.client.resources import OwnResources
from keks_meet.client.rtc.channel import DataChannel
from keks_meet.client.tasks import Tasks
from keks_meet.session.effects import SendFile
from keks_meet.session.events import FileEnded, PeerKey, ResourceRemoved, SessionEvent

__all__ = ["Outgoing"]

_COMPARING: Final = 2
"""Files whose beginning is compared at a time with what receivers have: that costs a processor each [F9]."""
_SENDING: Final = 64
"""Transfers to one peer at a time; more wait for their turn."""
_LOOK_SECONDS: Final = 3.0
"""Pause between two looks at whether all that is on offer is still there.

A look when somebody comes would do for newcomers only: who is there already has been told. A system's notices of
changes would be quicker by seconds, and are another thing on each system, and on network file systems none at all.
"""
_Key: TypeAlias = tuple[PeerKey, str]


class Outgoing:
    """The own files that are being sent."""

    def __init__(
        self,
        tasks: Tasks,
        resources: OwnResources,
        handle: Callable[[SessionEvent], None],
        listener: TransferListener,
    ) -> None:
        """Send files of ``resources``; tell the session with ``handle``, and the program by the ``listener``."""
        self._tasks = tasks
        self._resources = resources
        self._handle = handle
        self._listener = listener
        self._running: dict[_Key, tuple[FileSender, asyncio.Task[None]]] = {}
        self._comparing = asyncio.Semaphore(_COMPARING)
        self._turns: defaultdict[PeerKey, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_SENDING))

    def send(self, effect: SendFile, channel: DataChannel) -> None:
        """Send a file over a channel; an earlier transfer of it to the same peer is over."""
        own = self._resources.get(effect.id, OwnFile)
        if own is None:
            channel.close()
            return
        self.stop(effect.peer, effect.id)
        sender = FileSender(effect, own, channel, self._comparing)
        task = self._tasks.start(self._run(sender, self._turns[effect.peer]))
        self._running[effect.peer, effect.id] = (sender, task)
        self._listener.transfer_started(sender)
        # A task that is cancelled before its first step does nothing, not even what is in its `finally`.
        task.add_done_callback(lambda _: self._ended(sender, task))

    def stop(self, peer: PeerKey, resource_id: str) -> None:
        """Stop sending a file to a peer.

        A receiver that has it all wants it no longer, and that may be heard before its word that it stored the file.
        """
        sender, task = self._running.pop((peer, resource_id), (None, None))
        if sender is not None and task is not None and not sender.awaits_word:
            task.cancel()

    def forget_peer(self, peer: PeerKey) -> None:
        """Note that a peer is gone."""
        self._turns.pop(peer, None)

    async def watch(self) -> None:
        """Withdraw what was deleted while on offer, for as long as this runs.

        A disk that does not answer holds up this alone, and no end of the room.
        """
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            files = self._resources.all(OwnFile)
            await in_daemon(own.look for own in files)
            for own in files:
                self._withdraw_if_over(own)

    async def _run(self, sender: FileSender, turn: asyncio.Semaphore) -> None:
        async with turn:
            await sender.run()

    def _ended(self, sender: FileSender, task: asyncio.Task[None]) -> None:
        sender.end(asyncio.CancelledError() if task.cancelled() else task.exception())
        sender.own.note(sender.error)
        key = (sender.peer, sender.resource.id)
        if self._running.get(key, (None, None))[0] is sender:
            del self._running[key]
            # The session does not know of this end yet.
            self._handle(FileEnded(*key))
        self._listener.transfer_ended(sender)
        self._withdraw_if_over(sender.own)

    def _withdraw_if_over(self, own: OwnFile) -> None:
        """Offer no longer what cannot be read, or is gone; whoever has begun to get it may still get to its end."""
        is_offered = self._resources.get(own.info.id, OwnFile) is own
        if own.is_over and is_offered and not any(sender.own is own for sender, _ in self._running.values()):
            self._resources.remove(own.info.id)
            self._handle(ResourceRemoved(own.info.id))
            self._listener.file_spoilt(own.info, own.is_gone)

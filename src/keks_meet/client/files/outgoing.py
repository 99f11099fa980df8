# SPDX-License-Identifier: AGPL-3.0-only
"""The uploads of a room: sends own files to peers, and withdraws own files that cannot be read any more."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Final, TypeAlias

from keks_meet.client.blocking import in_daemon
from keks_meet.client.direct.sending_line import SendingLine
from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.files.own_file import OwnFile
from keks_meet.client.files.send import FileSender
from keks_meet.client.files.transfers import TransferListener
from keks_meet.client.resources import OwnResources
from keks_meet.client.rtc.channel import DataChannel
from keks_meet.client.tasks import Tasks
from keks_meet.session.effects import SendFile
from keks_meet.session.events import FileEnded, PeerKey, ResourceRemoved, SessionEvent

__all__ = ["Outgoing"]

_COMPARING: Final = 2
"""The most files whose beginning is compared at a time: each comparison keeps one processor busy [F9]."""
_SENDING: Final = 64
"""The most transfers to one peer at a time; more wait for their turn."""
_LOOK_SECONDS: Final = 3.0
"""The pause between two looks for files on offer that were deleted.

A look when a peer joins would help only the newcomer: the peers that are there already have been told of the file.
Notices of the system would be quicker by seconds, but they differ on each system, and network file systems give none.
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
        direct: DirectWays,
    ) -> None:
        """Send files of ``resources``; give events to the session with ``handle``, and report to the ``listener``."""
        self._direct = direct
        self._tasks = tasks
        self._resources = resources
        self._handle = handle
        self._listener = listener
        self._running: dict[_Key, tuple[FileSender, asyncio.Task[None]]] = {}
        self._comparing = asyncio.Semaphore(_COMPARING)
        self._turns: defaultdict[PeerKey, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_SENDING))

    def send(self, effect: SendFile, channel: DataChannel) -> None:
        """Send a file over a channel, and stop an earlier transfer of the file to the same peer."""
        own = self._resources.get(effect.id, OwnFile)
        if own is None:
            channel.close()
            return
        self.stop(effect.peer, effect.id)
        line = SendingLine(channel, effect.peer, self._direct.for_files(effect.features), own.limit)
        sender = FileSender(effect, own, line, self._comparing)
        task = self._tasks.start(self._run(sender, self._turns[effect.peer]))
        self._running[effect.peer, effect.id] = (sender, task)
        self._listener.transfer_started(sender)
        # A task that is cancelled before its first step does nothing, not even what is in its `finally`.
        task.add_done_callback(lambda _: self._ended(sender, task))

    def stop(self, peer: PeerKey, resource_id: str) -> None:
        """Stop sending a file to a peer.

        A sender that only waits to hear that the file was stored goes on: a receiver that has the whole file may say
        before that it wants no more.
        """
        sender, task = self._running.pop((peer, resource_id), (None, None))
        if sender is not None and task is not None and not sender.awaits_word:
            task.cancel()

    def forget_peer(self, peer: PeerKey) -> None:
        """Forget the turns of a peer that is gone."""
        self._turns.pop(peer, None)

    async def watch(self) -> None:
        """Withdraw files on offer that were deleted, until cancelled.

        A disk that does not answer holds up these looks alone, and not the end of the room.
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
            # The session does not know yet that the transfer has ended.
            self._handle(FileEnded(*key))
        self._listener.transfer_ended(sender)
        self._withdraw_if_over(sender.own)

    def _withdraw_if_over(self, own: OwnFile) -> None:
        """Withdraw a file that cannot be read any more, or is gone, once no transfer of the file is running."""
        is_offered = self._resources.get(own.info.id, OwnFile) is own
        if own.is_over and is_offered and not any(sender.own is own for sender, _ in self._running.values()):
            self._resources.remove(own.info.id)
            self._handle(ResourceRemoved(own.info.id))
            self._listener.file_spoilt(own.info, own.is_gone)

# SPDX-License-Identifier: AGPL-3.0-only
"""Keeps whom a stay has met, beside all else: one write at a time, whatever others do meanwhile.

A write takes a lock and waits for the disk, and whoever says a new name again and again costs nobody more than that.
"""

from typing import TYPE_CHECKING

from keks_meet.client.blocking import in_thread
from keks_meet.client.identity.acquaintances import Acquaintances
from keks_meet.client.tasks import Tasks
from keks_meet.session.view import PeerView

if TYPE_CHECKING:
    import asyncio

__all__ = ["Keeping"]


class Keeping:
    """The one task that writes down who was met."""

    def __init__(self, acquaintances: Acquaintances, tasks: Tasks) -> None:
        """Keep people of ``acquaintances`` in one of ``tasks``."""
        self._acquaintances = acquaintances
        self._tasks = tasks
        self._running: asyncio.Task[None] | None = None

    def meet(self, view: PeerView) -> None:
        """Take note of a peer, and keep that soon."""
        self._acquaintances.meet(view)
        if self._running is None or self._running.done():
            self._running = self._tasks.start(self._keep())

    async def _keep(self) -> None:
        try:
            await self._keep_all()
        finally:
            # Who leaves meanwhile has met them all the same.
            await self._keep_all()

    async def _keep_all(self) -> None:
        while (keep := self._acquaintances.unkept()) is not None:
            await in_thread(keep)

# SPDX-License-Identifier: AGPL-3.0-only
"""Senders that wait until readers at other nodes have room [C9]."""

import asyncio
from typing import Final

__all__ = ["Window", "Windows"]


class Window:
    """The window of one client, which is full: an obstacle to what it sends."""

    closing: Final = False
    """A window never is to blame."""

    def __init__(self) -> None:
        """Begin as one that is full."""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def changed(self, seconds: float) -> None:
        """Wait until something was read, or this time is over."""
        await asyncio.wait([self.opened], timeout=seconds)


class Windows:
    """The windows that somebody waits for."""

    def __init__(self) -> None:
        """Begin with none."""
        self._full: dict[int, Window] = {}

    def of(self, client: int) -> Window:
        """Return a client's window, to wait for it."""
        window = self._full.get(client)
        if window is None:
            window = self._full[client] = Window()
        return window

    def opened(self, client: int) -> None:
        """Let those go on who wait for a client's window."""
        window = self._full.pop(client, None)
        if window is not None:
            window.opened.set_result(None)

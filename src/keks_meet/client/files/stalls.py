# SPDX-License-Identifier: AGPL-3.0-only
"""Notices downloads that stand still [F12]."""

import asyncio
from collections.abc import Callable
from typing import Final

from keks_meet.client.files.transfers import Transfer

__all__ = ["watch_progress"]

_STALLED_SECONDS: Final = 14.0
"""So long without a byte is standing still: what is told then is told within 15 s."""


async def watch_progress(transfer: Transfer, stalled: Callable[[], None]) -> None:
    """Call ``stalled`` after each such time in which nothing came, until the transfer has ended."""
    while transfer.outcome is None:
        before = transfer.bytes
        await asyncio.sleep(_STALLED_SECONDS)
        if transfer.is_waiting and transfer.bytes == before:
            stalled()

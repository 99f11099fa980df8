# SPDX-License-Identifier: AGPL-3.0-only
"""For what no locator can wait for: a look at the page is taken again until it shows what it should."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE = 20
"""In seconds. Nothing waits that long when all is well."""
BETWEEN_LOOKS = 0.05
"""In seconds."""


async def in_the_end(look: Callable[[], Awaitable[None]]) -> None:
    """Look until nothing that is asserted fails any more; else what failed last is told."""
    clock = asyncio.get_running_loop().time
    end = clock() + PATIENCE
    while True:
        try:
            await look()
        except AssertionError:
            if clock() > end:
                raise
        else:
            return
        await asyncio.sleep(BETWEEN_LOOKS)

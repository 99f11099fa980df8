# SPDX-License-Identifier: AGPL-3.0-only
"""Questions to the person at the terminal, one at a time, while everything else goes on."""

import asyncio
import signal

from prompt_toolkit import PromptSession
from prompt_toolkit.patch_stdout import patch_stdout

from keks_meet.rift.terminal import printable

__all__ = ["Questions"]


class Questions:
    """Asks."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def ask(self, question: str) -> bool:
        """Return whether the answer is yes; everything else, and no answer, is no."""
        async with self._turn:
            with patch_stdout(raw=True):
                try:
                    session: PromptSession[str] = PromptSession()
                    said = await session.prompt_async(f"{printable(question)} [y/N] ", handle_sigint=False)
                except EOFError:
                    return False
                except KeyboardInterrupt:
                    # A key, as the terminal has it just now, and not yet a signal.
                    signal.raise_signal(signal.SIGINT)
                    return False
        return said.strip().lower() in {"y", "yes"}

# SPDX-License-Identifier: AGPL-3.0-only
"""``rift expose``: lets others in the room connect to a port."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from keks_meet.client.events import Resource
from keks_meet.errors import UsageError
from keks_meet.rift.arguments import Expose
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.display import worded
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.questions import Questions
from keks_meet.rift.stay import Stay, staying

__all__ = ["expose", "run"]


async def run(setup: Setup, arguments: Expose) -> ExitCode:
    """Offer it until stopped."""
    if not arguments.allow_all and not sys.stdin.isatty():
        raise UsageError("without a terminal nobody can be asked whom to let in: --allow-all lets in everybody")
    async with staying(setup, link=True) as stay:
        expose(stay, arguments, Questions().ask)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not stay.came:
                setup.display.warning("Stopped before anybody came.")
                return ExitCode.NOBODY
        return ExitCode.DONE


def expose(stay: Stay, arguments: Expose, ask: Callable[[str], Awaitable[bool]]) -> Resource:
    """Offer a port; without ``allow_all`` the person is asked about each new peer."""

    async def allow(key: int) -> bool:
        peer = next((peer for peer in stay.room.peers if peer.key == key), None)
        name = worded(stay.named(peer)) if peer else "somebody"
        return await ask(f"Let {name} connect to port {arguments.port}?")

    resource = stay.room.provide_port(
        arguments.port,
        arguments.id or str(arguments.port),
        host=arguments.host,
        allow=None if arguments.allow_all else allow,
    )
    stay.display.providing(resource)
    return resource

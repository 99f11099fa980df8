# SPDX-License-Identifier: AGPL-3.0-only
"""``rift list``: shows what others offer."""

import asyncio

from keks_meet.rift.arguments import List
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.display import Listed
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Stay, staying

__all__ = ["offers", "run"]


async def run(setup: Setup, arguments: List) -> ExitCode:
    """Give the others a while to say what they offer: nobody can know when that was all."""
    async with staying(setup) as stay:
        await asyncio.sleep(arguments.wait)
        found = offers(stay)
        setup.display.resources(found)
        if not stay.came:
            setup.display.warning("Nobody is there.")
    return ExitCode.DONE if found else ExitCode.NOBODY


def offers(stay: Stay) -> list[Listed]:
    """Return what is on offer, tracks left out: a terminal has no use for them."""
    return [
        stay.listed(peer, resource.info)
        for peer in stay.room.peers
        for resource in peer.resources
        if resource.info.kind in {"file", "port"}
    ]

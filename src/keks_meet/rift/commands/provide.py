# SPDX-License-Identifier: AGPL-3.0-only
"""``rift provide``: offers one file or directory under an id."""

from keks_meet.client.threads import in_thread
from keks_meet.rift.arguments import Provide
from keks_meet.rift.commands.send import offer_until_stopped
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.offering import sources_of
from keks_meet.rift.stay import staying

__all__ = ["run"]


async def run(setup: Setup, arguments: Provide) -> ExitCode:
    """Offer it until stopped."""
    (source,) = await in_thread(sources_of, (arguments.path,), setup.display)
    async with staying(setup, link=True) as stay:
        return await offer_until_stopped(stay, [(source, arguments.id or source.label)])

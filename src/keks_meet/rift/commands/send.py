# SPDX-License-Identifier: AGPL-3.0-only
"""``rift send``: offers files and directories until it is stopped."""

import asyncio
from collections.abc import Sequence

from keks_meet.client.files.sources import Source
from keks_meet.client.threads import in_thread
from keks_meet.rift.arguments import Send
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.offering import sources_of
from keks_meet.rift.stay import Stay, staying

__all__ = ["offer_until_stopped", "run"]


async def run(setup: Setup, arguments: Send) -> ExitCode:
    """Offer what was named. Standard input is gone once it was sent, so it is the end then."""
    sources = await in_thread(sources_of, arguments.paths, setup.display)
    async with staying(setup) as stay:
        if setup.made:
            setup.display.code(setup.secret, link=setup.settings.server.room_link(setup.secret), qr=True)
        return await offer_until_stopped(stay, [(source, None) for source in sources], arguments.one_file)


async def offer_until_stopped(
    stay: Stay, offers: Sequence[tuple[Source, str | None]], one_file: bool = False
) -> ExitCode:
    """Offer sources under ids, until one has been sent whole if that is enough, or Ctrl+C."""
    for source, resource_id in offers:
        stay.display.providing(await stay.room.provide(source, resource_id))
    only_once = all(source.once for source, _ in offers)

    def is_over() -> bool | None:
        if stay.is_transferring:
            return None
        is_sent = stay.done > 0 and (one_file or only_once)
        return is_sent or (stay.has_failed and only_once) or not stay.room.resources or None

    try:
        await stay.until(is_over)
    except asyncio.CancelledError:
        return stay.code_when_stopped(
            nobody="Stopped before anybody came.", nothing="Stopped before anybody took anything."
        )
    return ExitCode.TRANSFER_FAILED if stay.has_failed else ExitCode.DONE

# SPDX-License-Identifier: AGPL-3.0-only
"""``rift download``: takes one file by its id."""

import asyncio

from keks_meet.client.events import Peer, Resource
from keks_meet.client.threads import in_thread
from keks_meet.rift.arguments import Download
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.saving import check_target, save
from keks_meet.rift.stay import Stay, staying

__all__ = ["find", "run"]


async def run(setup: Setup, arguments: Download) -> ExitCode:
    """Wait for it to be offered, and take it."""
    target = setup.settings.download_folder if arguments.path is None else arguments.path
    await in_thread(check_target, target, overwrite=arguments.overwrite, is_folder=arguments.is_folder)
    async with staying(setup) as stay:
        setup.display.status(f"Waiting for {arguments.id}.")
        try:
            peer, resource = await stay.room.until(lambda: find(stay, arguments.id, "file"))
            stay.note_rivals(peer, resource)
            saved = await save(stay, peer, resource, target, arguments)
        except asyncio.CancelledError:
            return stay.code_when_stopped(
                nobody="Stopped before anybody came.", nothing="Stopped before it was offered."
            )
    return ExitCode.DONE if saved == "whole" else ExitCode.TRANSFER_FAILED


def find(stay: Stay, resource_id: str, kind: str) -> tuple[Peer, Resource] | None:
    """Return who offers something of a kind under an id, if anybody does."""
    offers = ((peer, resource.info) for peer in stay.room.peers for resource in peer.resources)
    return next((offer for offer in offers if offer[1].id == resource_id and offer[1].kind == kind), None)

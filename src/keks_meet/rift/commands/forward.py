# SPDX-License-Identifier: AGPL-3.0-only
"""``rift forward``: reaches a port that somebody exposes by one of this machine."""

import asyncio
import ipaddress

from keks_meet.client.events import Peer
from keks_meet.rift.arguments import Forward
from keks_meet.rift.commands.download import find
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.display import worded
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Stay, staying
from keks_meet.rift.terminal import quoted

__all__ = ["forward", "run"]


async def run(setup: Setup, arguments: Forward) -> ExitCode:
    """Wait for the port to be offered, and lead connections to it until stopped, or until its peer is gone."""
    async with staying(setup) as stay:
        try:
            peer = await forward(stay, arguments)
            await stay.until_gone(peer)
        except asyncio.CancelledError:
            if find(stay, arguments.id, "port") is None and not stay.came:
                setup.display.warning("Stopped before anybody came.")
                return ExitCode.NOBODY
            return ExitCode.DONE
        name = worded(stay.named(peer))
        setup.display.error(f"{name} left, and with it port {quoted(arguments.id)}.", code="not-on-offer")
        return ExitCode.TRANSFER_FAILED


async def forward(stay: Stay, arguments: Forward) -> Peer:
    """Wait for the port, listen, and say where; return whose it is: nobody else is led to. Raises `OSError`."""
    if find(stay, arguments.id, "port") is None:
        stay.display.status(f"Waiting for port {arguments.id}.")
    peer, resource = await stay.room.until(lambda: find(stay, arguments.id, "port"))
    stay.note_rivals(peer, resource)
    forwarded = await stay.room.forward(arguments.id, arguments.port or 0, peer=peer.key, host=arguments.host)
    if not _is_loopback(arguments.host):
        stay.display.warning(f"Whoever reaches {arguments.host} reaches this port, too.")
    name = stay.named(peer)
    stay.display.listening(host=arguments.host, port=forwarded.port, peer=name, resource_id=arguments.id)
    return peer


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

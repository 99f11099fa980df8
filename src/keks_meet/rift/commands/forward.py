# SPDX-License-Identifier: AGPL-3.0-only
"""``rift forward``: reaches a port that somebody exposes by one of this machine."""

import asyncio
import ipaddress

from keks_meet.client.forwarding import Forward as Forwarded
from keks_meet.rift.arguments import Forward
from keks_meet.rift.commands.download import find
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Stay, staying

__all__ = ["forward", "run"]


async def run(setup: Setup, arguments: Forward) -> ExitCode:
    """Wait for the port to be offered, and lead connections to it until stopped."""
    async with staying(setup) as stay:
        try:
            await forward(stay, arguments)
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if find(stay, arguments.id, "port") is None and not stay.came:
                setup.display.warning("Stopped before anybody came.")
                return ExitCode.NOBODY
        return ExitCode.DONE


async def forward(stay: Stay, arguments: Forward) -> Forwarded:
    """Wait for the port, listen, and say where. Raises `OSError`."""
    if find(stay, arguments.id, "port") is None:
        stay.display.status(f"Waiting for port {arguments.id}.")
    peer, _ = await stay.room.until(lambda: find(stay, arguments.id, "port"))
    forwarded = await stay.room.forward(arguments.id, arguments.port or 0, host=arguments.host)
    if not _is_loopback(arguments.host):
        stay.display.warning(f"Whoever reaches {arguments.host} reaches this port, too.")
    name = stay.named(peer)
    stay.display.listening(host=arguments.host, port=forwarded.port, peer=name, resource_id=arguments.id)
    return forwarded


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

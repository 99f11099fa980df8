# SPDX-License-Identifier: AGPL-3.0-only
"""``rift forward``: reaches a port that somebody exposes by one of this machine."""

import asyncio
import ipaddress
from dataclasses import KW_ONLY, dataclass
from typing import Annotated

from cyclopts import Parameter

from keks_meet.client.blocking import in_thread
from keks_meet.client.events import Peer
from keks_meet.client.system_reasons import reason_of_system
from keks_meet.errors import ListenError
from keks_meet.rift.command import Command, InShell, Port, PortId
from keks_meet.rift.events import Failed, Listening, Status, Warned, worded
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.known_people import From, wanted_person
from keks_meet.rift.stay import Setup, Stay, staying
from keks_meet.rift.terminal import quoted

__all__ = ["Forward"]


@dataclass(frozen=True)
class Forward(Command):
    """Reach a port that somebody exposes, by one of yours.

    Example: rift forward website 8080
    """

    id: PortId
    port: Annotated[Port | None, Parameter(help="where to listen here [default: any that is free]")] = None
    _: KW_ONLY
    host: Annotated[str, Parameter(help="address to listen on")] = "127.0.0.1"
    person: From = None

    async def run(self, setup: Setup) -> ExitCode:
        """Wait for the port to be offered, and lead connections to it until stopped, or until its peer is gone."""
        peer: Peer | None = None
        async with staying(setup) as stay:
            try:
                peer = await self._forward(stay)
                await stay.until_gone(peer)
            except asyncio.CancelledError:
                if peer is None:
                    return stay.code_when_stopped(nothing="Stopped before it was offered.")
                return ExitCode.DONE
            name = worded(stay.named(peer))
            stay.say(Failed(f"{name} left, and with it port {quoted(self.id)}.", code="not-on-offer"))
            return ExitCode.TRANSFER_FAILED

    async def in_shell(self, shell: InShell) -> None:
        """Do the same while other commands go on, until the room is left."""
        shell.start(self._forward(shell.stay))

    async def _forward(self, stay: Stay) -> Peer:
        """Wait for the port, listen, and say where; return whose it is: nobody else is led to.

        Raises `ListenError`.
        """
        wanted = await in_thread(lambda: wanted_person(stay.settings.keys, self.person))
        if stay.find(self.id, "port", wanted) is None:
            stay.say(Status(f"Waiting for port {self.id}."))
        peer, resource = await stay.room.until(lambda: stay.find(self.id, "port", wanted))
        stay.note_use(peer, resource)
        port = await self._listen(stay, peer)
        if not _is_loopback(self.host):
            stay.say(Warned(f"Whoever reaches {self.host} reaches this port, too."))
        stay.say(Listening(self.host, port, stay.named(peer), self.id))
        return peer

    async def _listen(self, stay: Stay, peer: Peer) -> int:
        try:
            forwarded = await stay.room.forward(self.id, self.port or 0, peer=peer.key, host=self.host)
        except (OSError, UnicodeError) as error:
            where = self.host if self.port is None else f"{self.host}, port {self.port}"
            msg = f"{where}: {reason_of_system(error)}"
            raise ListenError(msg) from error
        return forwarded.port


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

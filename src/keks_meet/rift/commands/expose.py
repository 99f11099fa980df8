# SPDX-License-Identifier: AGPL-3.0-only
"""``rift expose``: lets others in the room connect to a port."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass
from typing import Annotated

from cyclopts import Parameter

from keks_meet.client.blocking import in_thread
from keks_meet.client.events import Peer
from keks_meet.errors import UsageError
from keks_meet.rift import prompt
from keks_meet.rift.ask import Asker
from keks_meet.rift.command import Command, Flag, InShell, OwnId, Port
from keks_meet.rift.config import Settings
from keks_meet.rift.events import Providing, Warned, worded
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.known_people import find_person, fingerprint_of
from keks_meet.rift.standard_streams import is_typed
from keks_meet.rift.stay import Setup, Stay, staying

__all__ = ["Expose"]


@dataclass(frozen=True)
class Expose(Command):
    """Let others in the room connect to a port of yours.

    Example: rift expose 8080 website
    """

    port: Annotated[Port, Parameter(help="TCP port")]
    id: Annotated[OwnId, Parameter(help="what others ask for [default: the number]")] = None
    _: KW_ONLY
    host: Annotated[str, Parameter(help="where the port is")] = "127.0.0.1"
    allow: Annotated[
        tuple[str, ...],
        Parameter(name="--allow", negative=(), show_default=False, help="let this person in, by its key"),
    ] = ()
    allow_verified: Annotated[Flag, Parameter(help="let everybody in whom you have verified")] = False
    allow_all: Annotated[Flag, Parameter(help="let everybody in the room in without asking")] = False

    async def run(self, setup: Setup) -> ExitCode:
        """Offer it until stopped."""
        is_settled = self.allow_all or self.allow or self.allow_verified
        if not is_settled and not is_typed():
            raise UsageError("without a terminal nobody can be asked whom to let in: --allow-all lets in everybody")
        known = await in_thread(lambda: self._known(setup.settings))
        async with staying(setup, link=True) as stay:
            self._expose(stay, Asker(stay.say, prompt.typed_on_terminal).ask if is_typed() else _refuse, known)
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if not stay.came:
                    stay.say(Warned("Stopped before anybody came."))
                    return ExitCode.NOBODY
            return ExitCode.DONE

    async def in_shell(self, shell: InShell) -> None:
        """Offer it until it is stopped, or the room is left."""
        shell.stay.check_is_free(self._resource_id)
        known = await in_thread(lambda: self._known(shell.stay.settings))
        self._expose(shell.stay, shell.ask, known)

    @property
    def _resource_id(self) -> str:
        return self.id or str(self.port)

    def _known(self, settings: Settings) -> frozenset[str]:
        """Return the fingerprints of those who are let in without a question. Raises `UsageError`."""
        return frozenset(fingerprint_of(find_person(settings.keys, name, is_trusted=True)) for name in self.allow)

    def _expose(self, stay: Stay, ask: Callable[[str], Awaitable[bool]], known: frozenset[str]) -> None:
        """Offer the port; unless all are allowed, ask about each new peer that no key lets in."""

        async def allow(key: int) -> bool:
            peer = next((peer for peer in stay.room.peers if peer.key == key), None)
            if peer and (peer.identity.fingerprint in known or self._is_verified(peer)):
                return True
            name = worded(stay.named(peer)) if peer else "somebody"
            return await ask(f"Let {name} connect to port {self.port}?")

        may_connect = None if self.allow_all else allow
        resource = stay.room.provide_port(self.port, self._resource_id, host=self.host, allow=may_connect)
        stay.say(Providing(resource))

    def _is_verified(self, peer: Peer) -> bool:
        return self.allow_verified and peer.identity.mark == "verified"


async def _refuse(_question: str) -> bool:
    """Answer for nobody, where nobody can be asked."""
    return False

# SPDX-License-Identifier: AGPL-3.0-only
"""``peers``, in the shell: who is there."""

from dataclasses import dataclass

from keks_meet.rift.command import Command, InShell
from keks_meet.rift.events import Status, worded
from keks_meet.rift.narration import connection_of

__all__ = ["Peers"]


@dataclass(frozen=True)
class Peers(Command):
    """Show who is in the room, and how the connections do."""

    async def in_shell(self, shell: InShell) -> None:
        """Say a line for each."""
        stay = shell.stay
        for peer in stay.room.peers:
            stay.say(Status(f"{worded(stay.named(peer))}: {connection_of(peer)}"))
        if not stay.room.peers:
            stay.say(Status("Nobody else is there."))

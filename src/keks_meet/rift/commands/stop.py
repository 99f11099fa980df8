# SPDX-License-Identifier: AGPL-3.0-only
"""``stop``, in the shell: ends what is offered from here."""

from dataclasses import dataclass

from keks_meet.errors import UsageError
from keks_meet.rift.command import Command, InShell, OwnIds
from keks_meet.rift.events import Status
from keks_meet.rift.failures import failure_of

__all__ = ["Stop"]


@dataclass(frozen=True)
class Stop(Command):
    """Offer something no longer; without an ID, nothing."""

    ids: OwnIds = ()

    async def in_shell(self, shell: InShell) -> None:
        """Stop what is named, or all."""
        stay = shell.stay
        offered = {resource.id for resource in stay.room.resources}
        for resource_id in self.ids or sorted(offered):
            if resource_id in offered:
                stay.room.stop(resource_id)
                stay.say(Status(f"No longer offering {resource_id}."))
            else:
                stay.say(failure_of(UsageError(f"{resource_id} is not among what is offered from here.")))

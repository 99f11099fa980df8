# SPDX-License-Identifier: AGPL-3.0-only
"""``rift identity``: shows who one is to others."""

from dataclasses import dataclass
from typing import ClassVar

from keks_meet.client.blocking import in_thread
from keks_meet.rift.command import Command
from keks_meet.rift.events import OwnIdentity, Status
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Setup

__all__ = ["Identity"]


@dataclass(frozen=True)
class Identity(Command):
    """Show the key by which others recognise you.

    Example: rift identity
    """

    needs_room: ClassVar[bool] = False

    async def run(self, setup: Setup) -> ExitCode:
        """Show the fingerprint of the own key, which is drawn if there is none yet."""
        if setup.settings.identity_scope != "everywhere":
            where = "room has" if setup.settings.identity_scope == "room" else "visit has"
            setup.display.say(Status(f"Each {where} a key of its own, as identity_scope says: there is none to show."))
            return ExitCode.DONE
        keys = setup.settings.keys
        key = await in_thread(lambda: keys.signing_key(""))
        fingerprint = key.credential.fingerprint.hex()
        setup.display.say(OwnIdentity(fingerprint, keys.folder))
        return ExitCode.DONE

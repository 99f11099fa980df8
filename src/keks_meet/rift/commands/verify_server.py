# SPDX-License-Identifier: AGPL-3.0-only
"""``rift verify-server``: compares a server's pages with those of the installed package."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from cyclopts import Parameter

from keks_meet import client
from keks_meet.client.signaling.addresses import ServerAddress
from keks_meet.rift.command import Command
from keks_meet.rift.events import SiteCompared, SiteDifference
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Setup

__all__ = ["VerifyServer"]


@dataclass(frozen=True)
class VerifyServer(Command):
    """Compare a server's pages with those of this version.

    Tells what differs, and what the server configures in its pages. A server can still give other pages to you alone.

    Example: rift verify-server https://meet.example.org
    """

    needs_room: ClassVar[bool] = False

    url: Annotated[str | None, Parameter(name="URL", help="server [default: the one that is configured]")] = None

    @classmethod
    def name(cls) -> str:
        """Return the word that is typed."""
        return "verify-server"

    async def run(self, setup: Setup) -> ExitCode:
        """Compare every page and asset; a difference is a failure."""
        server = setup.settings.server if self.url is None else ServerAddress.parse(self.url)
        found = await client.check_site(server)
        differences = tuple(SiteDifference(each.address, each.what) for each in found.differences)
        setup.display.say(
            SiteCompared(server.site, found.version, found.said, found.compared, found.configured, differences)
        )
        return ExitCode.FAILED if differences else ExitCode.DONE

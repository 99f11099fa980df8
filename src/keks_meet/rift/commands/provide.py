# SPDX-License-Identifier: AGPL-3.0-only
"""``rift provide``: offers one file or directory under an id."""

from dataclasses import KW_ONLY, dataclass
from typing import Annotated, ClassVar

from cyclopts import Parameter

from keks_meet.rift.command import Command, Exclude, InShell, OwnId, OwnPath
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Setup, excluded_from, sources_of, staying

__all__ = ["Provide"]


@dataclass(frozen=True)
class Provide(Command):
    """Offer a file or directory until you end it.

    Example: rift provide slides.pdf
    """

    other_names: ClassVar = ("send",)

    path: OwnPath
    id: Annotated[OwnId, Parameter(help="what others ask for [default: the name]")] = None
    _: KW_ONLY
    exclude: Exclude = ()

    async def run(self, setup: Setup) -> ExitCode:
        """Offer it until stopped."""
        (source,) = await sources_of([self.path], setup.display.say, self.exclude)
        async with staying(setup, link=True, summary="sending") as stay:
            stay.excluded = excluded_from([source])
            return await stay.provide_until_stopped([(source, self.id or source.label)])

    async def in_shell(self, shell: InShell) -> None:
        """Offer it until it is stopped, or the room is left."""
        (source,) = await sources_of([self.path], shell.stay.say, self.exclude)
        resource_id = self.id or source.label
        shell.stay.check_is_free(resource_id)
        await shell.stay.provide(source, resource_id)

# SPDX-License-Identifier: AGPL-3.0-only
"""``rift send``: offers files, directories and texts until it is stopped."""

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from keks_meet.client.rate_limit import RateLimit
from keks_meet.errors import UsageError
from keks_meet.rift.command import Command, Exclude, Notify, OneFile, Paths, Rate, Text
from keks_meet.rift.events import CodeMade, Status
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Setup, excluded_from, sources_of, staying
from keks_meet.rift.texts import STDIN, source_of_text

__all__ = ["Send"]


@dataclass(frozen=True)
class Send(Command):
    """Send files, directories or a text, by a code.

    Without a secret, a code is made, which the other end types or opens as a link.

    Example: rift send photo.jpg slides/
    """

    place: ClassVar = 1
    makes_code: ClassVar = True

    paths: Paths = ()
    _: KW_ONLY
    one_file: OneFile = False
    text: Text = None
    exclude: Exclude = ()
    rate: Rate = None
    notify: Notify = False

    def __post_init__(self) -> None:
        """Refuse to send nothing, and standard input twice. Raises `UsageError`."""
        if not self.paths and self.text is None:
            raise UsageError("PATHS requires an argument, unless there is --text")
        if self.text == STDIN and STDIN in self.paths:
            raise UsageError("standard input is either a file or a text")
        if self.paths.count(STDIN) > 1:
            raise UsageError("standard input can be sent once")

    async def run(self, setup: Setup) -> ExitCode:
        """Offer what was named. Standard input is gone once it was sent, so it is the end then."""
        sources = await sources_of(self.paths, setup.display.say, self.exclude)
        if self.text is not None:
            sources.append(await source_of_text(self.text))
        async with staying(setup, summary="sending", notify=self.notify) as stay:
            stay.limit = None if self.rate is None else RateLimit(self.rate)
            stay.excluded = excluded_from(sources)
            if setup.made:
                server = setup.settings.server
                stay.say(CodeMade(setup.secret, server.room_link(setup.secret), server.spoken))
            if not self.one_file:
                stay.say(Status("On offer to all who come; Ctrl+C ends it."))
            return await stay.provide_until_stopped([(source, None) for source in sources], one_file=self.one_file)

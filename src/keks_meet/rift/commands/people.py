# SPDX-License-Identifier: AGPL-3.0-only
"""``rift people``: shows, names and forgets the people that are known."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Annotated, ClassVar

from cyclopts import Parameter

from keks_meet.client.blocking import in_thread
from keks_meet.errors import UsageError
from keks_meet.rift.command import Command, Flag
from keks_meet.rift.events import Status
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.known_people import PersonName, find_person, listed
from keks_meet.rift.people_files import export_people, import_people, passphrase_for
from keks_meet.rift.stay import Setup
from keks_meet.rift.terminal import check_text, quoted
from keks_meet.session.people import Person, renamed

__all__ = ["People"]


@dataclass(frozen=True)
class People(Command):
    """Show the people that you know by their keys.

    Example: rift people bob --rename "Bob from work"
    """

    needs_room: ClassVar[bool] = False

    person: Annotated[PersonName | None, Parameter(name="NAME")] = None
    _: KW_ONLY
    rename: Annotated[str | None, Parameter(help='call the person so, whatever it calls itself; "" no longer')] = None
    forget: Annotated[Flag, Parameter(help="forget the person")] = False
    export: Annotated[Path | None, Parameter(help="write all to a file that a passphrase locks")] = None
    import_: Annotated[Path | None, Parameter(name="--import", help="take in the people of such a file")] = None

    async def run(self, setup: Setup) -> ExitCode:
        """Show all, or one; rename or forget one."""
        return await in_thread(lambda: self._run(setup))

    def _run(self, setup: Setup) -> ExitCode:
        keys = setup.settings.keys
        if self.export is not None or self.import_ is not None:
            return self._carry(setup)
        if self.person is None:
            if self.forget or self.rename is not None:
                raise UsageError("whom? Give a name, or the beginning of a fingerprint")
            found = listed(keys.people().values())
            for line in found:
                setup.display.say(line)
            if not found:
                setup.display.say(Status("Nobody is known yet: whoever you meet is remembered by their key."))
            return ExitCode.DONE
        person = find_person(keys, self.person)
        if self.forget:
            keys.change(lambda people: {key: each for key, each in people.items() if key != person.credential})
            setup.display.say(Status(f"{quoted(self.person)} is forgotten."))
        elif self.rename is not None:
            check_text(self.rename, "the name")
            keys.change(lambda people: _renamed(people, person, self.rename))
            name = f"{quoted(self.rename)} from now on" if self.rename else "what it calls itself again"
            setup.display.say(Status(f"{quoted(self.person)} is called {name}."))
        else:
            setup.display.say(listed([person])[0])
        return ExitCode.DONE

    def _carry(self, setup: Setup) -> ExitCode:
        """Write the people to a file, or take them in from one."""
        if self.person is not None or self.forget or self.rename is not None or (self.export and self.import_):
            raise UsageError("--export and --import are for all people, and one at a time")
        keys = setup.settings.keys
        if self.export is not None:
            count = export_people(keys, self.export, passphrase_for(self.export, is_new=True))
            setup.display.say(Status(f"{_counted(count)} in {quoted(str(self.export))}. Your own key stays here."))
        elif self.import_ is not None:
            own = keys.signing_key("").credential.text if setup.settings.identity_scope == "everywhere" else ""
            count = import_people(keys, self.import_, passphrase_for(self.import_, is_new=False), own)
            setup.display.say(Status(f"{_counted(count)} taken in from {quoted(str(self.import_))}."))
        return ExitCode.DONE


def _counted(people: int) -> str:
    """Return a number of people in words."""
    return "1 person" if people == 1 else f"{people} people"


def _renamed(people: Mapping[str, Person], person: Person, petname: str | None) -> dict[str, Person]:
    """Return the people with a new name for one of them. Raises `UsageError` for a name that is taken."""
    found = renamed(people, person, petname)
    if found is None:
        msg = f"somebody else is called {petname} already, or nothing of that is to be seen"
        raise UsageError(msg)
    return found

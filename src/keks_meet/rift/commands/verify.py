# SPDX-License-Identifier: AGPL-3.0-only
"""``rift verify``: makes sure that a key belongs to a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from cyclopts import Parameter

from keks_meet.client.blocking import in_thread
from keks_meet.crypto.credential import Credential
from keks_meet.crypto.statements import safety_number
from keks_meet.errors import UsageError
from keks_meet.rift import prompt
from keks_meet.rift.ask import Asker
from keks_meet.rift.command import Command
from keks_meet.rift.events import SafetyNumber, Status, Warned
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.known_people import PersonName, find_person
from keks_meet.rift.standard_streams import is_typed
from keks_meet.rift.stay import Setup
from keks_meet.rift.terminal import quoted
from keks_meet.session.people import Person, can_be_verified, verified

__all__ = ["Verify"]


@dataclass(frozen=True)
class Verify(Command):
    """Compare numbers with somebody, to be sure who it is.

    Example: rift verify bob
    """

    needs_room: ClassVar[bool] = False

    person: Annotated[PersonName, Parameter(name="NAME")]

    async def run(self, setup: Setup) -> ExitCode:
        """Show the number, ask whether the other one has the same, and keep the answer."""
        keys = setup.settings.keys
        if setup.settings.identity_scope != "everywhere":
            raise UsageError("without a key for everywhere there is no number that lasts; see identity_scope")
        person = await in_thread(lambda: find_person(keys, self.person))
        own = await in_thread(lambda: keys.signing_key(""))
        if own.credential.text == person.credential:
            raise UsageError("that is your own key")
        name = quoted(person.petname or person.username)
        setup.display.say(SafetyNumber(name, safety_number(own.credential, Credential(person.credential))))
        if not is_typed():
            return ExitCode.DONE
        if await Asker(setup.display.say, prompt.typed_on_terminal).ask(f"Does {name} have the same number?"):
            await in_thread(lambda: keys.change(lambda people: _verified(people, person)))
            setup.display.say(Status(f"{name} is verified."))
            return ExitCode.DONE
        await in_thread(lambda: keys.change(lambda people: verified(people, person, is_same=False)))
        setup.display.say(
            Warned(
                f"Somebody may stand between you and {name}, or has their name. Tell them nothing that matters here,"
                " and ask them another way which number they see."
            )
        )
        return ExitCode.FAILED


def _verified(people: Mapping[str, Person], person: Person) -> dict[str, Person]:
    """Return the people with one that was compared. Raises `UsageError` for one that goes by somebody else's name."""
    if not can_be_verified(people, person):
        name = quoted(person.username)
        msg = f"somebody else is called {name} here; give this one a name first: rift people --rename"
        raise UsageError(msg)
    return verified(people, person, is_same=True)

# SPDX-License-Identifier: AGPL-3.0-only
"""The people that one knows by their credentials, and how one of them is marked when a name is claimed [Y14]. Pure."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from keks_meet.session.names import skeleton
from keks_meet.session.shown_text import shown_name

__all__ = ["MOST_PEOPLE", "Mark", "Person", "mark_of", "met"]

Mark: TypeAlias = Literal["verified", "known", "new", "no key", "changed"]
"""What is known of a member: compared by hand; met before; never met; nothing; somebody else than the name says."""

MOST_PEOPLE: Final = 1000
"""People that are kept. Whoever was neither named nor verified, and was not seen for longest, is forgotten first."""


class Person(Struct, frozen=True, omit_defaults=True):
    """Somebody who was met, by the credential that was proven then."""

    credential: str
    username: str
    """The name that the person went by last."""
    first_seen: str
    """A day, as ISO 8601 has it."""
    last_seen: str
    petname: str | None = None
    """What the person is called here, whatever it calls itself."""
    is_verified: bool = False
    """Whether keys were compared."""


def mark_of(
    people: Mapping[str, Person],
    credential: str | None,
    username: str,
    met_now: frozenset[str] = frozenset(),
) -> Mark:
    """Return the mark of a member that has proven a credential, or none, and claims a name.

    ``people`` are by credential; ``met_now`` are credentials that were first met in this very stay.
    """
    person = people.get(credential) if credential is not None else None
    if person is None or person.petname is None:
        claimed = skeleton(shown_name(username))
        others = (each for each in people.values() if each.credential != credential)
        if any(claimed in _kept_names(each) for each in others):
            return "changed"
    if credential is None:
        return "no key"
    if person is None:
        return "new"
    if person.is_verified:
        return "verified"
    return "new" if credential in met_now and person.petname is None else "known"


def met(people: Mapping[str, Person], who: Person) -> dict[str, Person]:
    """Return the people after somebody was met: who is known keeps the day of the first time, petname and trust."""
    before = people.get(who.credential)
    now = who
    if before is not None:
        now = replace(before, username=who.username, last_seen=who.last_seen)
    found = {**people, who.credential: now}
    if len(found) > MOST_PEOPLE:
        strangers = [each for each in found.values() if not each.is_verified and each.petname is None]
        if strangers:
            del found[min(strangers, key=lambda each: each.last_seen).credential]
    return found


def _kept_names(person: Person) -> set[str]:
    """Return the names, as they are compared, that nobody else may take unseen: given here, or verified."""
    names = [person.petname, person.username if person.is_verified else None]
    return {skeleton(shown_name(name)) for name in names if name}

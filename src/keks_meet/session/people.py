# SPDX-License-Identifier: AGPL-3.0-only
"""The people that one knows by their credentials, and how one of them is marked when a name is claimed [Y14]. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from keks_meet.session.names import skeleton
from keks_meet.session.shown_text import shown_name

__all__ = ["MOST_PEOPLE", "Circumstances", "Mark", "Person", "mark_of", "merged", "met"]

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


class Circumstances(Struct, frozen=True):
    """What a stay knows of a member besides its claim."""

    own: str | None = None
    """The own credential: whoever has proven that one is oneself, at another device or in another window."""
    met_now: frozenset[str] = frozenset()
    """The credentials that were first met in this very stay."""
    is_accepted: bool = False
    """Whether the person here takes the claimed name for once, whoever else goes by it."""


_NONE: Final = Circumstances()


def mark_of(
    people: Mapping[str, Person], credential: str | None, username: str, circumstances: Circumstances = _NONE
) -> Mark:
    """Return the mark of a member that has proven a credential, or none, and claims a name.

    ``people`` are by credential.
    """
    if credential is not None and credential == circumstances.own:
        return "known"
    person = people.get(credential) if credential is not None else None
    if not circumstances.is_accepted and (person is None or person.petname is None):
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
    return "new" if credential in circumstances.met_now and person.petname is None else "known"


def met(people: Mapping[str, Person], who: Person) -> dict[str, Person]:
    """Return the people after somebody was met: who is known keeps the day of the first time, petname and trust."""
    before = people.get(who.credential)
    now = who
    if before is not None:
        now = replace(before, username=who.username, last_seen=who.last_seen)
    return _within_limit({**people, who.credential: now})


def merged(people: Mapping[str, Person], others: Iterable[Person]) -> dict[str, Person]:
    """Return the people together with those that were kept elsewhere by the same person.

    Of whoever is known twice the earlier first day counts and the later last one, the petname that is here before the
    one that comes, and that numbers were compared, wherever that was.
    """
    found = dict(people)
    for other in others:
        here = found.get(other.credential, other)
        newer = max(here, other, key=lambda each: each.last_seen)
        found[other.credential] = Person(
            other.credential,
            newer.username,
            min(here.first_seen, other.first_seen),
            newer.last_seen,
            here.petname or other.petname,
            here.is_verified or other.is_verified,
        )
    return _within_limit(found)


def _within_limit(people: dict[str, Person]) -> dict[str, Person]:
    """Return the people without the strangers that were not seen for longest, where there are too many."""
    strangers = [each for each in people.values() if not each.is_verified and each.petname is None]
    excess = max(0, len(people) - MOST_PEOPLE)
    for stranger in sorted(strangers, key=lambda each: each.last_seen)[:excess]:
        del people[stranger.credential]
    return people


def _kept_names(person: Person) -> set[str]:
    """Return the names, as they are compared, that nobody else may take unseen: given here, or verified."""
    names = [person.petname, person.username if person.is_verified else None]
    return {skeleton(shown_name(name)) for name in names if name}

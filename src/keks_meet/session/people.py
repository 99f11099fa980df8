# SPDX-License-Identifier: AGPL-3.0-only
"""The people that one knows by their credentials, and how one of them is marked when a name is claimed [Y14]. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from keks_meet.session.names import skeleton
from keks_meet.session.shown_text import shown_name

__all__ = [
    "MOST_NEW",
    "MOST_PEOPLE",
    "Circumstances",
    "Mark",
    "Person",
    "bearer_of",
    "can_be_verified",
    "mark_of",
    "merged",
    "met",
    "protections_of",
    "protects_less",
    "renamed",
    "verified",
]

Mark: TypeAlias = Literal["verified", "known", "new", "no key", "changed"]
"""What is known of a member: compared by hand; met before; never met; nothing; somebody else than the name says."""

_PROTECTIONS: Final = ("roster-1", "sas-1")
"""The features that guard against a server or other members, besides those that a credential needs [Y15] [Y20]."""

MOST_PEOPLE: Final = 1000
"""People that are kept. Whoever was neither named nor verified, and was not seen for longest, is forgotten first."""
MOST_NEW: Final = 100
"""People that are met for the first time in one stay, and kept: somebody with ever new keys pushes nobody out."""


class Person(Struct, frozen=True, omit_defaults=True):
    """Somebody who was met, by the credential that was proven then. Days are as ISO 8601 has them."""

    credential: str
    username: str
    """The name that the person went by last."""
    first_seen: str
    last_seen: str
    petname: str | None = None
    """What the person is called here, whatever it calls itself."""
    verified_as: str | None = None
    """The name that the person went by when keys were compared; None when they were not."""
    protections: tuple[str, ...] = ()
    """The guarding features that its clients had so far: one that lacks any of these is not trusted unseen."""

    @property
    def is_kept(self) -> bool:
        """Whether somebody here has decided something about the person: a name, or that its key is its own."""
        return bool(self.petname) or self.verified_as is not None


class Circumstances(Struct, frozen=True):
    """What a stay knows of a member besides its claim."""

    own: str | None = None
    """The own credential: whoever has proven that one is oneself, at another device or in another window."""
    met_now: frozenset[str] = frozenset()
    """The credentials that were first met in this very stay."""
    is_accepted: bool = False
    """Whether the person here takes the member for once, whoever else has its name, and whatever its client lacks."""
    features: Collection[str] | None = None
    """The features of its client now; None if these are not known."""


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
    is_less = not circumstances.is_accepted and protects_less(person, circumstances.features)
    if not is_less and person is not None and person.verified_as is not None and _is_own_name(person, username):
        return "verified"
    is_named = person is not None and bool(person.petname)
    is_taken = not circumstances.is_accepted and not is_named and bearer_of(people, credential, username)
    if is_less or is_taken:
        return "changed"
    if credential is None:
        return "no key"
    if person is None:
        return "new"
    return "known" if person.is_kept or credential not in circumstances.met_now else "new"


def protections_of(features: Collection[str]) -> tuple[str, ...]:
    """Return those of a client's features that guard against a server or other members."""
    return tuple(each for each in _PROTECTIONS if each in features)


def protects_less(person: Person | None, features: Collection[str] | None) -> bool:
    """Tell whether a client guards against less than before: nobody can say why, so nobody is trusted for it."""
    if person is None or features is None:
        return False
    return not set(protections_of(person.protections)) <= set(features)


def bearer_of(people: Mapping[str, Person], credential: str | None, name: str) -> Person | None:
    """Return who else was given a name that looks like this one, or went by it when keys were compared."""
    claimed = _compared(name)
    others = (each for each in people.values() if each.credential != credential)
    return next((each for each in others if claimed and claimed in _kept_names(each)), None)


def met(people: Mapping[str, Person], who: Person, met_now: frozenset[str] = frozenset()) -> dict[str, Person]:
    """Return the people after somebody was met: who is known keeps the day of the first time, petname and trust.

    Of those that were met for the first time in this stay, ``met_now``, so many are kept, and no more.
    """
    before = people.get(who.credential)
    if before is not None:
        now = replace(
            before,
            username=who.username,
            last_seen=max(before.last_seen, who.last_seen),
            protections=_together(before, who),
        )
        return {**people, who.credential: now}
    if sum(each in people and not people[each].is_kept for each in met_now) >= MOST_NEW:
        return dict(people)
    return _within_limit({**people, who.credential: who}) or dict(people)


def renamed(people: Mapping[str, Person], who: Person, petname: str | None) -> dict[str, Person] | None:
    """Return the people with a name that somebody has here, or none; None for one that is taken, or not to be seen."""
    if petname and (not _compared(petname) or bearer_of(people, who.credential, petname)):
        return None
    person = people.get(who.credential, who)
    return {**people, who.credential: replace(person, petname=petname or None)}


def can_be_verified(people: Mapping[str, Person], who: Person) -> bool:
    """Tell whether a comparison of keys can count: not under a name of somebody else's, unless one is given here."""
    person = people.get(who.credential)
    return bool(person and person.petname) or bearer_of(people, who.credential, who.username) is None


def verified(people: Mapping[str, Person], who: Person, *, is_same: bool) -> dict[str, Person]:
    """Return the people with what a comparison of keys has shown of somebody, under the name that it goes by.

    They are unchanged where that name is somebody else's.
    """
    if is_same and not can_be_verified(people, who):
        return dict(people)
    person = people.get(who.credential, who)
    return {**people, who.credential: replace(person, verified_as=who.username if is_same else None)}


def merged(people: Mapping[str, Person], others: Iterable[Person], today: str) -> dict[str, Person] | None:
    """Return the people together with those that were kept elsewhere by the same person; None if they are too many.

    Of whoever is known twice the earlier first day counts and the later last one, but none after ``today``; the petname
    that is here before the one that comes, if nobody else has that; and a comparison of keys, wherever that was.
    """
    found = dict(people)
    bearers = {name: each.credential for each in people.values() for name in _kept_names(each)}
    for other in others:
        here = found.get(other.credential, other)
        newer = other if other.last_seen > here.last_seen else here
        petname = here.petname or other.petname
        is_free = bearers.get(_compared(petname or ""), other.credential) == other.credential
        now = found[other.credential] = Person(
            other.credential,
            newer.username,
            min(here.first_seen, other.first_seen, today),
            min(newer.last_seen, today),
            petname if is_free else None,
            here.verified_as if here.verified_as is not None else other.verified_as,
            _together(here, other),
        )
        bearers |= dict.fromkeys(_kept_names(now), other.credential)
    return _within_limit(found)


def _within_limit(people: dict[str, Person]) -> dict[str, Person] | None:
    """Return the people without the strangers that were not seen for longest; None if too many are left."""
    strangers = sorted((each for each in people.values() if not each.is_kept), key=lambda each: each.last_seen)
    excess = max(0, len(people) - MOST_PEOPLE)
    if excess > len(strangers):
        return None
    gone = {stranger.credential for stranger in strangers[:excess]}
    return {key: person for key, person in people.items() if key not in gone}


def _together(one: Person, other: Person) -> tuple[str, ...]:
    """Return the guarding features that somebody has had at one time or the other."""
    return protections_of({*one.protections, *other.protections})


def _is_own_name(person: Person, username: str) -> bool:
    """Tell whether a name is the one by which the person's key was compared, or one that is given here."""
    return bool(person.petname) or _compared(username) == _compared(person.verified_as or "")


def _kept_names(person: Person) -> set[str]:
    """Return the names, as they are compared, that nobody else may take unseen."""
    return {_compared(name) for name in (person.petname, person.verified_as) if name}


def _compared(name: str) -> str:
    """Return a name as it is compared; empty for one that is not to be seen."""
    shown = shown_name(name)
    return skeleton(shown) if shown else ""

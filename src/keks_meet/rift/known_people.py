# SPDX-License-Identifier: AGPL-3.0-only
"""People that are known, by what a person calls them on the command line."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, TypeAlias

from cyclopts import Parameter

from keks_meet.client.identity.keys import KeyStore
from keks_meet.crypto.credential import Credential
from keks_meet.errors import UsageError
from keks_meet.rift.events import PersonListed
from keks_meet.session.names import skeleton
from keks_meet.session.people import Person

__all__ = ["From", "PersonName", "find_person", "fingerprint_of", "listed", "wanted_person"]

PersonName: TypeAlias = Annotated[str, Parameter(help="name, or at least 8 digits of the fingerprint")]

From: TypeAlias = Annotated[
    str | None, Parameter(name="--from", help="take it from this person alone, by its key", negative=())
]

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{8,64}")


def find_person(keys: KeyStore, name: str, *, is_trusted: bool = False) -> Person:
    """Return the person of a fingerprint that begins so, or of a name that was given here, or that only one goes by.

    With ``is_trusted`` a name that a person merely claims is none, unless it was verified under that name: anybody
    claims any name. Raises `UsageError` when there is none, or more than one, and `KeysUnusable`.
    """
    people = keys.people()
    by_fingerprint = _by_fingerprint(people, name)
    ways = [by_fingerprint] if by_fingerprint is not None else [_by_petname(people, name), _by_username(people, name)]
    for found in ways:
        if len(found) == 1 and is_trusted and by_fingerprint is None and not _is_own_name(found[0], name):
            msg = f"{name} is a name that this person claims: verify it, give it a name, or use its fingerprint"
            raise UsageError(msg)
        if len(found) == 1:
            return found[0]
        if found:
            msg = f"{name} are several people; give one of them another name: rift people {name} --rename"
            raise UsageError(msg)
    msg = f"nobody is known as {name}; rift people shows who is"
    raise UsageError(msg)


def fingerprint_of(person: Person) -> str:
    """Return the SHA-256 of a person's key, in hexadecimal."""
    return Credential(person.credential).fingerprint.hex()


def wanted_person(keys: KeyStore, name: str | None) -> str | None:
    """Return the fingerprint of whoever is wanted alone; None for everybody. Raises as `find_person`."""
    return None if name is None else fingerprint_of(find_person(keys, name, is_trusted=True))


def listed(people: Iterable[Person]) -> list[PersonListed]:
    """Return what is said of people, those that were seen last first."""
    return [
        PersonListed(
            person.username,
            fingerprint_of(person),
            "verified" if person.verified_as is not None else "known",
            person.first_seen,
            person.last_seen,
            person.petname,
        )
        for person in sorted(people, key=lambda each: each.last_seen, reverse=True)
    ]


def _is_own_name(person: Person, name: str) -> bool:
    """Tell whether somebody here has decided that a person goes by a name."""
    return person.petname == name or skeleton(person.verified_as or "") == skeleton(name)


def _by_petname(people: Mapping[str, Person], name: str) -> list[Person]:
    return [person for person in people.values() if person.petname == name]


def _by_username(people: Mapping[str, Person], name: str) -> list[Person]:
    """Return those who went by a name like this when they were verified; without any, those who claim one like it."""
    trusted = [each for each in people.values() if each.verified_as and skeleton(each.verified_as) == skeleton(name)]
    return trusted or [person for person in people.values() if skeleton(person.username) == skeleton(name)]


def _by_fingerprint(people: Mapping[str, Person], name: str) -> list[Person] | None:
    """Return those whose fingerprint begins so; None for what is no beginning of one."""
    digits = name.replace(" ", "").lower()
    if _FINGERPRINT.fullmatch(digits) is None:
        return None
    return [person for person in people.values() if fingerprint_of(person).startswith(digits)]

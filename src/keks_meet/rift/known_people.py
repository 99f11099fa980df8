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
from keks_meet.session.people import Person

__all__ = ["From", "PersonName", "find_person", "fingerprint_of", "listed", "wanted_person"]

PersonName: TypeAlias = Annotated[str, Parameter(help="name, or at least 8 digits of the fingerprint")]

From: TypeAlias = Annotated[
    str | None, Parameter(name="--from", help="take it from this person alone, by its key", negative=())
]

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{8,64}")


def find_person(keys: KeyStore, name: str) -> Person:
    """Return the person of a name that was given here, or else claimed, or of a fingerprint that begins so.

    Raises `UsageError` when there is none, or more than one, and `KeysUnusable`.
    """
    people = keys.people()
    for found in (_by_petname(people, name), _by_username(people, name), _by_fingerprint(people, name)):
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
    return None if name is None else fingerprint_of(find_person(keys, name))


def listed(people: Iterable[Person]) -> list[PersonListed]:
    """Return what is said of people, those that were seen last first."""
    return [
        PersonListed(
            person.username,
            fingerprint_of(person),
            "verified" if person.is_verified else "known",
            person.first_seen,
            person.last_seen,
            person.petname,
        )
        for person in sorted(people, key=lambda each: each.last_seen, reverse=True)
    ]


def _by_petname(people: Mapping[str, Person], name: str) -> list[Person]:
    return [person for person in people.values() if person.petname == name]


def _by_username(people: Mapping[str, Person], name: str) -> list[Person]:
    return [person for person in people.values() if person.username == name and person.petname is None]


def _by_fingerprint(people: Mapping[str, Person], name: str) -> list[Person]:
    digits = name.replace(" ", "").lower()
    if _FINGERPRINT.fullmatch(digits) is None:
        return []
    return [person for person in people.values() if fingerprint_of(person).startswith(digits)]

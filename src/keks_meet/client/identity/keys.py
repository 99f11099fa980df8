# SPDX-License-Identifier: AGPL-3.0-only
"""Where the own key and the people that are known are kept: a protocol that programs can fulfil, and two ways."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from keks_meet.crypto.credential import SigningKey
from keks_meet.session.people import Person

__all__ = ["Change", "KeyStore", "VisitKeys"]

Change: TypeAlias = Callable[[Mapping[str, Person]], dict[str, Person]]
"""Makes people of people, each by their credential."""


class KeyStore(Protocol):
    """A place for the own key and the people that are known. Its methods may block: they are called in threads."""

    def signing_key(self, room_hash: str) -> SigningKey:
        """Return the key to be known by in a room. Raises `KeysUnusable`."""

    def people(self) -> Mapping[str, Person]:
        """Return the people that are known, by their credentials. Raises `KeysUnusable`."""

    def change(self, change: Change) -> Mapping[str, Person]:
        """Change the people, alone of all who share the place; return them as they are then. Raises `KeysUnusable`."""


class VisitKeys:
    """A key for one stay, and nobody who is known the next time."""

    def __init__(self, people: Mapping[str, Person] | None = None) -> None:
        """Begin with the ``people`` that are known already."""
        self._key = SigningKey.draw()
        self._people = people or {}

    def signing_key(self, room_hash: str) -> SigningKey:
        """Return the key of this stay."""
        return self._key

    def people(self) -> Mapping[str, Person]:
        """Return whom this stay has met."""
        return self._people

    def change(self, change: Change) -> Mapping[str, Person]:
        """Change the people."""
        self._people = change(self._people)
        return self._people

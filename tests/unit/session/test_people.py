# SPDX-License-Identifier: AGPL-3.0-only
"""Who is forgotten first, and who is not kept at all [Y14]. Marks are in `conformance/test_people.py`."""

import pytest

from keks_meet.session import people as p
from keks_meet.session.people import Person, merged, met

DAY = "2026-11-01"
BOB = Person("key of bob", "bob", DAY, DAY)
ANN = Person("key of ann", "ann", DAY, DAY, verified_as="ann")
CAT = Person("key of cat", "whatever", DAY, DAY, petname="Cat")
KNOWN = {person.credential: person for person in (BOB, ANN, CAT)}


def test_strangers_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "MOST_PEOPLE", 3)
    found = met(KNOWN, Person("key of dan", "dan", "2026-11-02", "2026-11-02"))
    assert set(found) == {"key of ann", "key of cat", "key of dan"}


def test_ever_new_keys_push_nobody_out() -> None:
    people, now = dict(KNOWN), frozenset[str]()
    for number in range(3 * p.MOST_NEW):
        people = met(people, Person(f"key {number}", "mallory", DAY, DAY), now)
        now |= {f"key {number}"}
    assert set(KNOWN) < set(people)
    assert len(people) == len(KNOWN) + p.MOST_NEW


def test_people_of_two_devices_may_be_too_many() -> None:
    crowd = [Person(f"key {number}", "", DAY, DAY, petname=f"name {number:04}") for number in range(p.MOST_PEOPLE)]
    assert merged({}, crowd, DAY) is not None
    assert merged(KNOWN, crowd, DAY) is None

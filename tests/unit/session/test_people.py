# SPDX-License-Identifier: AGPL-3.0-only
"""Who is forgotten first [Y14]. Marks are in `conformance/test_people.py`."""

import pytest

from keks_meet.session import people as p
from keks_meet.session.people import Person, met

DAY = "2026-11-01"
BOB = Person("key of bob", "bob", DAY, DAY)
ANN = Person("key of ann", "ann", DAY, DAY, is_verified=True)
CAT = Person("key of cat", "whatever", DAY, DAY, petname="Cat")
KNOWN = {person.credential: person for person in (BOB, ANN, CAT)}


def test_strangers_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "MOST_PEOPLE", 3)
    found = met(KNOWN, Person("key of dan", "dan", "2026-11-02", "2026-11-02"))
    assert set(found) == {"key of ann", "key of cat", "key of dan"}

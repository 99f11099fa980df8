# SPDX-License-Identifier: AGPL-3.0-only
"""Who is marked how: what is known of a key, and what is claimed without it [Y14]."""

import pytest

from keks_meet.session import people as p
from keks_meet.session.people import Mark, Person, mark_of, met

DAY = "2026-11-01"
BOB = Person("key of bob", "bob", DAY, DAY)
ANN = Person("key of ann", "ann", DAY, DAY, is_verified=True)
CAT = Person("key of cat", "whatever", DAY, DAY, petname="Cat")
KNOWN = {person.credential: person for person in (BOB, ANN, CAT)}


@pytest.mark.parametrize(
    ("credential", "username", "mark"),
    [
        ("key of bob", "bob", "known"),
        ("key of bob", "robert", "known"),
        ("key of ann", "ann", "verified"),
        ("key of cat", "anything", "known"),
        ("key of dan", "dan", "new"),
        # A name that nobody verified, and that was not given here, is anybody's.
        ("key of dan", "bob", "new"),
        (None, "bob", "no key"),
        (None, "dan", "no key"),
        # A verified name, and one that was given here, belong to one key; also when they only look the same.
        ("key of dan", "ann", "changed"),
        (None, "ANN", "changed"),
        ("key of bob", "Cаt", "changed"),  # noqa: RUF001 - this is about the letter of another script
        (None, "c a t", "changed"),
        # Who has a name here is shown by it, whatever it calls itself.
        ("key of cat", "ann", "known"),
    ],
)
def test_marks(credential: str | None, username: str, mark: Mark) -> None:
    assert mark_of(KNOWN, credential, username) == mark


def test_who_was_met_just_now_stays_new() -> None:
    now = frozenset({"key of bob", "key of ann", "key of cat"})
    assert mark_of(KNOWN, "key of bob", "bob", now) == "new"
    assert mark_of(KNOWN, "key of ann", "ann", now) == "verified"
    assert mark_of(KNOWN, "key of cat", "cat", now) == "known"


def test_meeting_again_keeps_what_was_decided() -> None:
    found = met(KNOWN, Person("key of ann", "anna", "2026-11-02", "2026-11-02"))
    assert found["key of ann"] == Person("key of ann", "anna", DAY, "2026-11-02", is_verified=True)
    assert met({}, BOB) == {"key of bob": BOB}


def test_strangers_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "MOST_PEOPLE", 3)
    found = met(KNOWN, Person("key of dan", "dan", "2026-11-02", "2026-11-02"))
    assert set(found) == {"key of ann", "key of cat", "key of dan"}

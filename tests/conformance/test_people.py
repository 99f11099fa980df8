# SPDX-License-Identifier: AGPL-3.0-only
"""The people that one knows: how they are marked, kept and brought to another device, in both languages alike."""

from typing import Any

import msgspec
import pytest

from keks_meet.crypto.people_file import lock_people, unlock_people
from keks_meet.session.people import Circumstances, Person, mark_of, merged, met, renamed, verified


def _people(written: list[Any]) -> dict[str, Person]:
    return {person.credential: person for person in msgspec.convert(written, list[Person])}


@pytest.mark.vectors("people.json", "marks")
def test_marks(vector: dict[str, Any], vector_file: Any) -> None:
    known = _people(vector_file("people.json")["people"])
    features = tuple(vector["features"]) if "features" in vector else None
    circumstances = Circumstances(
        vector.get("own"), frozenset(vector.get("met_now", ())), vector.get("is_accepted", False), features
    )
    mark = mark_of(known, vector.get("credential"), vector["username"], circumstances)
    assert mark == vector["mark"]


@pytest.mark.vectors("people.json", "met")
def test_meeting(vector: dict[str, Any]) -> None:
    assert met(_people(vector["people"]), msgspec.convert(vector["who"], Person)) == _people(vector["found"])


@pytest.mark.vectors("people.json", "merged")
def test_people_of_two_devices(vector: dict[str, Any]) -> None:
    found = merged(_people(vector["people"]), _people(vector["others"]).values(), "2026-11-26")
    assert found == _people(vector["found"])


@pytest.mark.vectors("people.json", "renamed")
def test_names_of_ones_own(vector: dict[str, Any], vector_file: Any) -> None:
    who = msgspec.convert(vector["who"], Person)
    found = renamed(_people(vector_file("people.json")["people"]), who, vector["petname"])
    assert (found and msgspec.to_builtins(found[who.credential])) == vector["found"]


@pytest.mark.vectors("people.json", "verified")
def test_comparing_keys(vector: dict[str, Any], vector_file: Any) -> None:
    who = msgspec.convert(vector["who"], Person)
    found = verified(_people(vector_file("people.json")["people"]), who, is_same=vector["is_same"])
    assert msgspec.to_builtins(found.get(who.credential)) == vector["found"]


@pytest.mark.vectors("people.json", "files")
def test_a_passphrase_opens_a_file(vector: dict[str, Any]) -> None:
    opened = unlock_people(vector["file"].encode(), vector["passphrase"])
    assert opened is not None
    assert msgspec.json.decode(opened) == vector["people"]


@pytest.mark.vectors("people.json", "locked_files")
def test_nothing_else_opens_it(vector: dict[str, Any]) -> None:
    with pytest.raises(PermissionError):
        unlock_people(vector["file"].encode(), vector["passphrase"])


@pytest.mark.vectors("people.json", "no_files")
def test_what_is_no_such_file(vector: dict[str, Any]) -> None:
    assert unlock_people(vector["file"].encode(), "passphrase") is None


def test_each_file_is_locked_anew() -> None:
    one, other = lock_people([], "passphrase"), lock_people([], "passphrase")
    assert one != other
    assert unlock_people(one, "passphrase") == unlock_people(other, "passphrase") == b"[]"

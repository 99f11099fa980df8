# SPDX-License-Identifier: AGPL-3.0-only
"""Keys and people in files: for one person alone, whole at any time, and never written over when they are strange."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from keks_meet.client.identity.key_files import KeyFiles
from keks_meet.client.identity.keys import VisitKeys
from keks_meet.errors import KeysUnusable
from keks_meet.session.people import Person, met


def person(number: int) -> Person:
    return Person(f"key {number}", f"name {number}", "2026-11-01", "2026-11-01")


def test_the_key_stays(tmp_path: Path) -> None:
    keys = KeyFiles(tmp_path / "state" / "identity")
    first = keys.signing_key("room").credential
    assert KeyFiles(keys.folder).signing_key("another room").credential == first
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    for file in keys.folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_each_room_may_have_its_own(tmp_path: Path) -> None:
    keys = KeyFiles(tmp_path, by_room=True)
    one, two = keys.signing_key("one").credential, keys.signing_key("two").credential
    assert one != two
    assert keys.signing_key("one").credential == one
    assert KeyFiles(tmp_path).signing_key("one").credential not in {one, two}


def test_a_key_for_a_visit_is_kept_nowhere(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path)
    files.change(lambda people: met(people, person(1)))
    keys = VisitKeys(files.people())
    assert keys.signing_key("one").credential == keys.signing_key("two").credential
    assert set(keys.change(lambda people: met(people, person(2)))) == {"key 1", "key 2"}
    assert set(files.people()) == {"key 1"}
    assert not (tmp_path / "identity.json").exists()


def test_people_stay(tmp_path: Path) -> None:
    keys = KeyFiles(tmp_path)
    assert keys.people() == {}
    keys.change(lambda people: met(people, person(1)))
    keys.change(lambda people: met(people, person(2)))
    assert KeyFiles(tmp_path).people() == {"key 1": person(1), "key 2": person(2)}


def meet_many(folder: Path, first: int) -> None:
    keys = KeyFiles(folder)
    for number in range(first, first + 20):
        keys.change(lambda people, number=number: met(people, person(number)))


def test_two_programs_lose_nothing_of_each_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    programs = [context.Process(target=meet_many, args=(tmp_path, first)) for first in (0, 20)]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
        assert program.exitcode == 0
    assert len(KeyFiles(tmp_path).people()) == 40


@pytest.mark.parametrize("name", ["identity.json", "people.json"])
@pytest.mark.parametrize("content", [b"", b"[1, 2", b'{"everywhere": "no key"}', b"\xff", b'[{"credential": 3}]'])
def test_what_is_strange_is_told_and_left_alone(tmp_path: Path, name: str, content: bytes) -> None:
    keys = KeyFiles(tmp_path)
    (tmp_path / name).write_bytes(content)
    use = {
        "people.json": lambda: keys.change(lambda people: met(people, person(1))),
        "identity.json": lambda: keys.signing_key("room"),
    }
    with pytest.raises(KeysUnusable, match=name):
        use[name]()
    assert (tmp_path / name).read_bytes() == content


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(KeysUnusable, match="Not a directory"):
        KeyFiles(tmp_path / "file" / "identity").signing_key("room")

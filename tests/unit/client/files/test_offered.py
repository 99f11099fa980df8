# SPDX-License-Identifier: AGPL-3.0-only
"""What is on offer stays so until it is gone for good, or cannot be read, and nobody waits for a look at it."""

import asyncio
import errno
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.files import outgoing
from keks_meet.client.files.outgoing import Outgoing
from keks_meet.client.files.own_file import OwnFile
from keks_meet.client.files.sources import FileSource, Source
from keks_meet.client.files.tar_write import DirectorySource
from keks_meet.client.resources import OwnResources
from keks_meet.client.tasks import Tasks
from keks_meet.errors import SourceChanged
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.events import ResourceRemoved
from tests.unit.client.files.fakes import Told, until


def own_file(source: Source) -> OwnFile:
    return OwnFile(Provide("it", "file", label=source.label, size=source.size), source)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "file"
    made.write_bytes(b"1234567")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    (made / "inner").write_bytes(b"1234567")
    return made


def test_a_file_is_over_when_two_looks_in_a_row_miss_it(path: Path) -> None:
    own = own_file(FileSource(path))
    path.rename(path.with_name("away"))
    own.look()
    assert (own.is_gone, own.is_over) == (True, False)
    own.look()
    assert (own.is_gone, own.is_over) == (True, True)


def test_a_file_that_came_back_is_not_over(path: Path) -> None:
    own = own_file(FileSource(path))
    for _ in range(2):
        path.rename(path.with_name("away"))
        own.look()
        path.with_name("away").rename(path)
        own.look()
        assert (own.is_gone, own.is_over) == (False, False)
    path.rename(path.with_name("away"))
    own.look()
    own.look()
    path.with_name("away").rename(path)
    own.look()
    assert (own.is_gone, own.is_over) == (False, False), "a transfer that ran meanwhile does not end the offer"


@pytest.mark.parametrize(
    ("error", "is_over"),
    [
        (SourceChanged("it has changed"), True),
        (FileNotFoundError(errno.ENOENT, "gone"), True),
        (NotADirectoryError(errno.ENOTDIR, "gone"), True),
        (PermissionError(errno.EACCES, "not yours"), True),
        (OSError(errno.EMFILE, "too many open files"), False),
        (OSError(errno.EIO, "the disk fails"), False),
        (OSError(errno.ESTALE, "the server was started again"), False),
        (TimeoutError(errno.ETIMEDOUT, "the server does not answer"), False),
        (None, False),
    ],
)
def test_only_what_stays_so_spoils_an_offer(path: Path, error: Exception | None, is_over: bool) -> None:
    own = own_file(FileSource(path))
    own.note(error)
    assert own.is_over == is_over


def test_a_file_missing_in_a_folder_is_not_the_folder(folder: Path) -> None:
    own = own_file(DirectorySource(folder))
    own.note(FileNotFoundError(errno.ENOENT, "gone", "inner"))
    assert (own.is_over, own.is_gone) == (True, False)
    shutil.rmtree(folder)
    own.look()
    assert own.is_gone


@pytest.fixture
def hung(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let the disk not answer; tell whether it is asked."""
    asked, answers = threading.Event(), threading.Event()

    def is_gone(_: FileSource) -> bool:
        asked.set()
        answers.wait(20)
        return False

    monkeypatch.setattr(FileSource, "is_gone", is_gone)
    monkeypatch.setattr(outgoing, "_LOOK_SECONDS", 0.001)
    yield asked
    answers.set()


def outgoing_of(tasks: Tasks, resources: OwnResources, told: Told) -> Outgoing:
    return Outgoing(tasks, resources, told.handled.append, told, DirectWays(tasks, lambda _: ""))


async def test_leaving_does_not_wait_for_a_disk_that_does_not_answer(hung: threading.Event, path: Path) -> None:
    tasks, resources, told = Tasks(), OwnResources(), Told()
    resources.add("it", own_file(FileSource(path)))
    tasks.start(outgoing_of(tasks, resources, told).watch())
    await until(hung.is_set)
    closing = asyncio.create_task(tasks.close())
    ended, _ = await asyncio.wait([closing], timeout=5)
    assert ended


async def test_what_is_deleted_is_withdrawn(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "_LOOK_SECONDS", 0.001)
    tasks, resources, told = Tasks(), OwnResources(), Told()
    resources.add("it", own_file(FileSource(path)))
    tasks.start(outgoing_of(tasks, resources, told).watch())
    await asyncio.to_thread(path.unlink)
    await until(lambda: told.spoilt)
    await tasks.close()
    assert (told.spoilt, told.handled) == ([("it", True)], [ResourceRemoved("it")])

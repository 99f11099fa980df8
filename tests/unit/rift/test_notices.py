# SPDX-License-Identifier: AGPL-3.0-only
"""Notices of the desktop: what they say, when, and that nothing secret gets out with them."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from keks_meet.rift import notices
from keks_meet.rift.events import Event, Warned
from keks_meet.rift.notices import Notices, notice
from tests.unit.client.files.fakes import until


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"out": 1}, "Sent 1 file."),
        ({"in": 20, "failed": 1}, "Received 20 files; 1 file failed."),
        ({"out": 1, "unconfirmed": 1}, "Sent 1 file; 1 file unconfirmed."),
        ({"failed": 2}, "2 files failed."),
    ],
)
def test_words(counts: dict[Any, int], words: str) -> None:
    assert notice(Counter(counts)) == words


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a desktop writes what it is asked to show, a line each, and the number of our variables."""
    shown = tmp_path / "shown"
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\necho "$* $(env | grep -c ^KEKS_)" >> {shown}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("KEKS_SECRET", "hunter2")
    return shown


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


async def test_many_transfers_are_one_notice_and_the_end_shows_the_rest(
    desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "_QUIET_SECONDS", 0.01)
    said: list[Event] = []
    told = Notices(said.append)
    for _ in range(3):
        told.started()
        told.ended("in", "whole", is_last=True)
    await until(lambda: lines_of(desktop))
    told.started()
    told.started()
    told.ended("in", "failed", is_last=False)
    told.ended("out", "unconfirmed", is_last=False)
    told.failed_so_far = lambda: 1  # that one was tried again, and one more could not even be
    await told.close()
    assert lines_of(desktop) == [
        "--app-name=rift -- rift Received 3 files. 0",
        "--app-name=rift -- rift 1 file unconfirmed; 1 file failed. 0",
    ]
    assert said == []


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (None, "notify-send is not there: nothing is shown on the desktop."),
        ("#!/bin/sh\nexit 1\n", "notify-send shows nothing: is there a desktop?"),
        ("#!/nowhere\n", "notify-send cannot be started: No such file or directory"),
        ("#!/bin/sh\nexec sleep 60\n", "notify-send shows nothing: is there a desktop?"),
    ],
)
async def test_what_cannot_be_shown_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, text: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(notices, "_PATIENCE", 0.2)
    if script is not None:
        (tmp_path / "notify-send").write_text(script.replace("exec sleep", "exec /bin/sleep"))
        (tmp_path / "notify-send").chmod(0o755)
    said: list[Event] = []
    told = Notices(said.append)
    for _ in range(2):
        told.ended("out", "whole", is_last=True)
        await told.close()
    assert said == [Warned(text)]

# SPDX-License-Identifier: AGPL-3.0-only
"""How far it is from a command line to the room, and what a new command takes."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import keks_meet.rift
from keks_meet.client.room import Room
from keks_meet.errors import ServerUnreachable
from keks_meet.rift import cli, commands
from keks_meet.rift.command import Command, known_commands

RIFT = Path(keks_meet.rift.__file__).parent


def test_the_way_to_the_room_crosses_eight_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crossed: set[str] = set()
    arrived: list[Room] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and not arrived and path.is_relative_to(RIFT):
            crossed.add(str(path.relative_to(RIFT)))

    async def enter(room: Room) -> Room:
        arrived.append(room)
        raise ServerUnreachable("far enough")

    monkeypatch.setattr(Room, "__aenter__", enter)
    monkeypatch.setenv("KEKS_RIFT_CONFIG", str(tmp_path / "rift.toml"))
    (tmp_path / "rift.toml").touch()
    (tmp_path / "a").touch()
    sys.setprofile(note)
    try:
        with pytest.raises(SystemExit):
            cli.main(["send", str(tmp_path / "a")])
    finally:
        sys.setprofile(None)
    assert arrived
    assert len(crossed) <= 8, crossed
    assert {"cli.py", "commands/send.py", "stay.py"} <= crossed


def _module_of(command: type[Command]) -> str:
    return command.name().replace("-", "_")


@pytest.mark.parametrize("command", sorted({*known_commands(), *known_commands(in_shell=True)}, key=str))
def test_a_command_is_one_class_of_one_file_with_a_help(command: type[Command]) -> None:
    path = RIFT / "commands" / f"{_module_of(command)}.py"
    assert command.__module__ == f"{commands.__name__}.{path.stem}"
    assert command.__doc__
    assert path.read_text().count("(Command):") == 1


def test_each_file_of_a_command_has_one() -> None:
    files = {path.stem for path in (RIFT / "commands").glob("*.py")} - {"__init__"}
    assert files == {_module_of(each) for each in {*known_commands(), *known_commands(in_shell=True)}}

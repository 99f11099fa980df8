# SPDX-License-Identifier: AGPL-3.0-only
"""What completion makes of a line is what the command then understands."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from keks_meet.rift.cli import COMMAND_LINE
from keks_meet.rift.commands.download import Download
from keks_meet.rift.commands.provide import Provide
from keks_meet.rift.prompt import WordCompleter
from keks_meet.rift.terminal import printable


def completed(line: str, *ids: str) -> list[str]:
    """Return the lines that a line may become."""
    words = WordCompleter(COMMAND_LINE.commands, lambda _: ids)
    found = words.get_completions(Document(line), CompleteEvent(completion_requested=True))
    return [line[: len(line) + one.start_position] + one.text for one in found]


def test_commands_and_ids() -> None:
    assert completed("dow") == ["download"]
    assert completed("download ", "one", "two") == ["download one", "download two"]
    assert completed("download t", "one", "two") == ["download two"]


@given(st.text(min_size=1).filter(lambda text: printable(text) == text and text == text.strip()), st.data())
def test_an_id_is_one_word_and_never_an_option(resource_id: str, data: st.DataObject) -> None:
    (line,) = completed("download ", resource_id)
    assert [word for word in shlex.split(line) if word != "--"] == ["download", resource_id] or resource_id == "--"
    if not resource_id.startswith("-"):
        part = line[: data.draw(st.integers(len("download "), len(line)))]
        assert completed(part, resource_id) == [line]


@pytest.mark.parametrize("resource_id", ["x ../.bashrc --overwrite", "--overwrite", "my file.pdf", "it's", "a\\ b"])
def test_a_peers_id_downloads_itself(resource_id: str) -> None:
    (line,) = completed("download ", resource_id)
    assert COMMAND_LINE.parse_line(line) == Download(id=resource_id)


def test_paths_with_spaces(tmp_path: Path) -> None:
    path = tmp_path / "my file's.pdf"
    path.touch()
    (line,) = completed(f"provide {tmp_path}/my")
    assert COMMAND_LINE.parse_line(line) == Provide(path=path)
    assert completed(line[:-4]) == [line]

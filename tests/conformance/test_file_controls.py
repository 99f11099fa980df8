# SPDX-License-Identifier: AGPL-3.0-only
"""[F1] [F3] to [F6] [F9] [F11]: text messages on a file channel."""

from typing import Any

import pytest

from keks_meet.session.file_control import decode_file_text, encode_file_control


@pytest.mark.vectors("file-controls.json", "controls")
def test_control(vector: dict[str, Any]) -> None:
    control = decode_file_text(vector["text"])
    assert control is not None
    assert control != "end"
    assert encode_file_control(control) == vector.get("same_as", vector["text"])


@pytest.mark.vectors("file-controls.json", "ignored")
def test_ignored(vector: dict[str, Any]) -> None:
    assert decode_file_text(vector["text"]) is None


def test_end() -> None:
    assert decode_file_text("end") == "end"

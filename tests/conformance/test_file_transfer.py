# SPDX-License-Identifier: AGPL-3.0-only
"""Files as both ends see them: `file-transfer.json`, which both languages replay."""

from typing import Any

import pytest

from keks_meet.session.file_receiving import FileReceiving
from keks_meet.session.file_sending import FileSending


def receive(vector: dict[str, Any]) -> FileReceiving:
    known = vector.get("resume", {"offset": 0, "prefix_hmac": None})
    file = FileReceiving(vector["size"], vector["features"], known["offset"], known["prefix_hmac"])
    says = []
    for step in vector["steps"]:
        match step:
            case {"open": True}:
                file.channel_opened()
            case {"bytes": length}:
                file.bytes_received(length)
            case {"text": text}:
                says.append(file.text_received(text))
            case {"written": length}:
                file.bytes_written(length)
            case {"lost": True}:
                file.connection_lost()
    assert file.outcome(vector["sha256"]) == vector["outcome"]
    assert file.stored == vector["stored"]
    assert file.is_unheard == vector.get("unheard", False)
    assert [said for said in says if said] == vector.get("says", [])
    return file


@pytest.mark.vectors("file-transfer.json", "receiving")
def test_receiving(vector: dict[str, Any]) -> None:
    receive(vector)


@pytest.mark.vectors("file-transfer.json", "receiving_resumed")
def test_receiving_the_rest(vector: dict[str, Any]) -> None:
    assert receive(vector).offset == vector["offset"]


def send(file: FileSending, vector: dict[str, Any]) -> None:
    says: list[str] = []
    for step in vector["steps"]:
        match step:
            case {"text": text}:
                file.text_received(text)
            case {"sent": length}:
                file.message_sent(length)
            case {"next": length}:
                assert file.next_length(vector.get("max_message", 262_144)) == length
            case {"end": sha256}:
                says = file.end(sha256 if isinstance(sha256, str) else None)
    assert file.verdict == vector["verdict"]
    assert says == vector.get("says", says)


@pytest.mark.vectors("file-transfer.json", "sending")
def test_sending(vector: dict[str, Any]) -> None:
    send(FileSending(vector["features"]), vector)


@pytest.mark.vectors("file-transfer.json", "sending_resumed")
def test_sending_the_rest(vector: dict[str, Any]) -> None:
    file = FileSending(vector["features"])
    assert file.prove(vector["offset"], "12" * 32) == '{"prefix_hmac":"' + "12" * 32 + '"}'
    assert file.offset is None
    send(file, vector)
    assert file.offset == vector["begins"]

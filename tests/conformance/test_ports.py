# SPDX-License-Identifier: AGPL-3.0-only
"""What is said on the channel of a connection to a port, and its credit [P4] [P5]: `ports.json`."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.protocol.port_texts import Said, decode_port_text, encode_said
from keks_meet.session import limits
from keks_meet.session.file_control import decode_file_text, encode_file_control
from keks_meet.session.port_credit import ReadingCredit, WritingCredit, port_ahead


@pytest.mark.vectors("ports.json", "texts")
def test_texts(vector: dict[str, Any]) -> None:
    said = decode_port_text(vector["text"])
    if not isinstance(vector["says"], dict):
        assert said == vector["says"]
        return
    assert isinstance(said, Said)
    assert said.role == vector["says"]["role"]
    control = decode_file_text(said.control)
    if vector["says"]["control"] is None:
        assert control is None
    else:
        assert control is not None
        assert control != "end"
        assert json.loads(encode_file_control(control)) == vector["says"]["control"]
        again = Said(said.role, encode_file_control(control))
        assert decode_port_text(encode_said(again)) == again


@pytest.mark.vectors("ports.json", "writing")
def test_writing(vector: dict[str, Any]) -> None:
    credit = WritingCredit(is_limited=vector["is_limited"])
    for step in vector["steps"]:
        match step:
            case {"room": room}:
                assert credit.room(10**9) == room
            case {"sent": length}:
                credit.sent(length)
            case {"heard": total}:
                credit.heard(total)


@pytest.mark.vectors("ports.json", "reading")
def test_reading(vector: dict[str, Any]) -> None:
    credit = ReadingCredit(is_limited=vector["is_limited"])
    for step in vector["steps"]:
        match step:
            case {"ahead": ahead}:
                assert credit.ahead == ahead
            case {"arrived": length, "is_taken": is_taken}:
                assert credit.arrived(length) is is_taken
            case {"passed_on": length, "of": ahead, "says": says}:
                said = credit.passed_on(length, ahead)
                assert (None if said is None else json.loads(said)["credit"]) == says


@pytest.mark.vectors("ports.json", "ahead")
def test_ahead(vector: dict[str, Any]) -> None:
    assert port_ahead(vector["others"], vector["passed_on"]) == vector["ahead"]


@pytest.mark.parametrize("text", ['{"reading": ' + "[" * 1500, '{"reading": ' + "[" * 1500 + "]" * 1500 + "}"])
def test_deep_texts_are_nothing(text: str) -> None:
    assert decode_port_text(text) is None


@given(st.text())
def test_any_text_is_decoded(text: str) -> None:
    decode_port_text(text)


@given(st.lists(st.tuples(st.integers(0, 2 << 20), st.integers(limits.PORT_FIRST_BYTES, limits.CREDIT_AHEAD_BYTES))))
def test_writers_never_stand_still_and_are_never_cut_off(turns: list[tuple[int, int]]) -> None:
    """A reader that passes on all that came gives credit for more, whatever part it may give."""
    writing, reading = WritingCredit(is_limited=True), ReadingCredit(is_limited=True)
    for wanted, ahead in turns:
        length = writing.room(wanted)
        writing.sent(length)
        assert reading.arrived(length)
        if (said := reading.passed_on(length, ahead)) is not None:
            writing.heard(json.loads(said)["credit"])
        assert wanted == 0 or reading.ahead > 0
        assert writing.room(1) == 1

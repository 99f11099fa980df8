# SPDX-License-Identifier: AGPL-3.0-only
"""What a session reads of descriptions: `descriptions.json`, which both languages replay."""

from typing import Any

import pytest

from keks_meet.protocol.relay_messages import IceCandidate
from keks_meet.session.descriptions import (
    Description,
    candidates_in,
    is_acceptable,
    origin_of,
    passive_answer,
    robust_audio,
)
from keks_meet.session.generations import Generations
from keks_meet.session.hidden_address import hidden_address, hidden_candidate


@pytest.mark.vectors("descriptions.json", "descriptions")
def test_descriptions(vector: dict[str, Any]) -> None:
    repeated = [line.replace("#", str(number)) for number in range(vector["times"]) for line in vector["repeated"]]
    sdp = "".join(f"{line}\r\n" for line in [*vector["head"], *repeated])
    assert (is_acceptable(sdp), origin_of(sdp), candidates_in(sdp)) == (
        vector["acceptable"],
        vector["origin"],
        vector["candidates"],
    )


@pytest.mark.vectors("descriptions.json", "answers")
def test_passive_answers(vector: dict[str, Any]) -> None:
    assert passive_answer(vector["text"]) == vector["passive"]


@pytest.mark.vectors("descriptions.json", "robust")
def test_robust_audio(vector: dict[str, Any]) -> None:
    assert robust_audio(vector["text"]) == vector["robust"]


@pytest.mark.vectors("descriptions.json", "hidden")
def test_hidden_addresses(vector: dict[str, Any]) -> None:
    assert hidden_address(vector["text"]) == vector["hidden"]


@pytest.mark.vectors("descriptions.json", "hidden_candidates")
def test_candidates_of_hidden_addresses(vector: dict[str, Any]) -> None:
    assert hidden_candidate(vector["text"]) == vector["hidden"]


@pytest.mark.vectors("descriptions.json", "generations")
def test_generations_of_candidates(vector: dict[str, Any]) -> None:
    generations = Generations()
    for step in vector["steps"]:
        text = step["text"]
        if step["is_next"] is None:
            raised = generations.candidate(IceCandidate(candidate=text)).candidate
        else:
            assert generations.is_next(text) is step["is_next"]
            raised = generations.description(Description("offer", text)).sdp
        assert raised == step["raised"]

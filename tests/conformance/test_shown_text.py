# SPDX-License-Identifier: AGPL-3.0-only
"""Text of peers and their names: shown in the browser and outside of it alike."""

import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.session.names import NumberedName, number_names, skeleton
from keks_meet.session.shown_text import shown_lines, shown_name, shown_text

ANYTHING = st.text(
    st.characters(categories=None) | st.characters(categories=["Mn", "Cf", "Cc", "Cs", "Zs"]), max_size=99
)


@pytest.mark.vectors("shown-text.json", "texts")
def test_text_on_one_line(vector: dict[str, Any]) -> None:
    assert shown_text(vector["text"], vector["limit"]) == vector["shown"]


@pytest.mark.vectors("shown-text.json", "lines")
def test_text_on_several_lines(vector: dict[str, str]) -> None:
    assert shown_lines(vector["text"]) == vector["shown"]


@pytest.mark.vectors("shown-text.json", "names")
def test_names(vector: dict[str, str]) -> None:
    assert shown_name(vector["name"]) == vector["shown"]


@pytest.mark.vectors("shown-text.json", "alike")
def test_names_that_look_the_same(vector: dict[str, Any]) -> None:
    assert (skeleton(vector["one"]) == skeleton(vector["other"])) == vector["alike"]


def test_bearers_of_equal_names_keep_their_numbers(vector_file: Any) -> None:
    known: dict[int, NumberedName] = {}
    for step in vector_file("shown-text.json")["numbers"]:
        known = number_names(known, step["own"], [(key, name) for key, name in step["peers"]])
        assert sorted([key, name.number] for key, name in known.items()) == step["numbers"]


@given(ANYTHING, st.integers(2, 60))
def test_what_is_shown_stays_as_it_is_and_has_no_controls(text: str, limit: int) -> None:
    shown = shown_text(text, limit)
    assert len(shown) <= limit
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(shown) & set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b")
    assert shown_text(shown, limit) == shown


def test_a_text_made_to_be_slow_is_not() -> None:
    began = time.perf_counter()
    assert len(shown_lines(f"a{' ' * 100_000}b" + "\n" * 100_000)) == 100_002
    shown_text("a" + "\U0001f1e9" * 100_000, 60)
    assert time.perf_counter() - began < 2

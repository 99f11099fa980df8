# SPDX-License-Identifier: AGPL-3.0-only
"""Other people's text on a terminal."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keks_meet.rift.terminal import printable

ANYTHING = st.text(alphabet=st.characters() | st.characters(categories=["Mn", "Cf", "Cc", "Cs"]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [red]text[/red]", "plain [red]text[/red]"),
        ("\x1b[2J\x9b31m\x07", r"\x1b[2J\x9b31m\x07"),
        ("a\nb\r\tc\x7f", r"a\nb\r\tc\x7f"),
        ("annexe\u202etxt.exe\u2066", r"annexe\u202etxt.exe\u2066"),
        ("a\u200bb\u00adc\ufeff\u2028\u2029\U000e0041", r"a\u200bb\xadc\ufeff\u2028\u2029\U000e0041"),
        ("\udc80\ud83d", r"\udc80\ud83d"),
        ("\u3164\u115f", r"\u3164\u115f"),
        ("👩\u200d💻 \u0645\u06cc\u200c\u062e", "👩\u200d💻 \u0645\u06cc\u200c\u062e"),
        ("gu\u200dest", r"gu\u200dest"),
        ("Grüße 你好 שלום 🥐 e\u0301 ❤️", "Grüße 你好 שלום 🥐 e\u0301 ❤️"),
        ("a" + "\u0301" * 6, "a" + "\u0301" * 4 + r"\u0301" * 2),
        ("\u0301a", r"\u0301a"),
        (r"C:\new", r"C:\new"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_newlines_can_stay() -> None:
    assert printable("a\r\n\nb\u2028", newlines=True) == "a\\r\n\nb\\u2028"


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcd", 4, "abcd"),
        ("abcde", 4, "abc…"),
        ("abc\x1b", 4, "abc…"),
        ("\x1b\x1b", 7, r"\x1b…"),
        ("ab", 1, "…"),
        ("a", 0, ""),
    ],
)
def test_long_text_is_cut_between_escapes(text: str, limit: int, shown: str) -> None:
    assert printable(text, limit=limit) == shown


@given(ANYTHING, st.integers(0, 80), st.booleans())
@example("\u0301\n\u0301", 80, True)
def test_nothing_that_a_terminal_obeys(text: str, limit: int, newlines: bool) -> None:
    shown = printable(text, limit=limit, newlines=newlines)
    assert len(shown) <= limit
    left = shown.replace("\n", "") if newlines else shown
    assert not {unicodedata.category(character) for character in left} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(left) & set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b")
    assert printable(shown, limit=limit, newlines=newlines) == shown


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u3164\uffa0\u115f\u1160")))
def test_ordinary_text_stays(text: str) -> None:
    assert printable(text, limit=1000) == text


def test_a_huge_text_costs_no_more_than_what_is_shown() -> None:
    huge = "\x1b" * 10_000_000  # each character of it would take about a microsecond
    began = time.perf_counter()
    printable(huge, limit=100)
    assert time.perf_counter() - began < 1

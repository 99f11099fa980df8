# SPDX-License-Identifier: AGPL-3.0-only
"""The text of what was found."""

from keks_meet.server.check.findings import as_text, note, ok, problem, warning


def test_lines_with_advice_and_a_count_in_the_end() -> None:
    found = [ok("HTTP", "fine"), note("TURN", "none"), warning("STUN", "hm", "do x"), problem("https", "no", "do y")]
    assert as_text(found) == (
        "ok       HTTP: fine\n"
        "note     TURN: none\n"
        "warning  STUN: hm\n"
        "         → do x\n"
        "problem  https: no\n"
        "         → do y\n"
        "1 problem, 1 warning\n"
    )


def test_nothing_wrong() -> None:
    assert as_text([]) == "no problems, no warnings\n"


def test_nothing_that_is_said_reaches_the_terminal_as_an_order() -> None:
    said = as_text([note("a", "\x1b]0;title\x07\nok       all: fine", "\u202e\udcff")])
    assert said.count("\n") == 3
    assert not set(said) & set("\x1b\x07\u202e\udcff")

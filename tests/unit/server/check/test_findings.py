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

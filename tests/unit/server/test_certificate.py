# SPDX-License-Identifier: AGPL-3.0-only
"""When changed files are taken for settled."""

from keks_meet.server.certificate import Changes

OLD, HALF, NEW = ((1, 1), (1, 1)), ((2, 2), (1, 1)), ((2, 2), (2, 2))
MISSING = (None, (1, 1))


def test_files_that_stay_are_not_taken_again() -> None:
    changes = Changes(OLD)
    assert not any(changes.have_settled(OLD) for _ in range(3))


def test_changed_files_are_taken_once_and_only_when_they_have_settled() -> None:
    changes = Changes(OLD)
    assert [changes.have_settled(stamp) for stamp in (HALF, NEW, NEW, NEW)] == [False, False, True, False]


def test_a_file_that_is_not_there_is_waited_for() -> None:
    changes = Changes(OLD)
    assert [changes.have_settled(stamp) for stamp in (MISSING, MISSING, OLD, OLD)] == [False] * 4
    assert [changes.have_settled(stamp) for stamp in (MISSING, MISSING, NEW, NEW)] == [False, False, False, True]


def test_what_was_taken_for_another_reason_is_not_taken_again() -> None:
    changes = Changes(OLD)
    changes.take(NEW)
    assert not changes.have_settled(NEW)

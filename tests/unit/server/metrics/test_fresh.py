# SPDX-License-Identifier: AGPL-3.0-only
"""Texts that are kept for a moment."""

from itertools import count

from keks_meet.server.metrics.fresh import Kept


def test_a_text_is_made_once_a_second_for_each_key() -> None:
    kept, numbers = Kept[int](), count()
    taken = [kept.take(key, lambda: next(numbers), now) for key, now in (("a", 5.0), ("a", 5.9), ("b", 5.9), ("a", 6))]
    assert taken == [0, 0, 1, 2]

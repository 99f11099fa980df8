# SPDX-License-Identifier: AGPL-3.0-only
"""More of what `tests/unit/server/cluster/test_core.py` shows [C1]: longer, and many times."""

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tests.unit.server.cluster.test_core import run, steps

# A client's word for a room that was refused to it reached the one before.
REFUSED = [
    (0.5310282617412805, ("relay", 6, 3)),
    (0.005, ("cut off", 2, 0)),
    (1.5, ("relay", 7, 6)),
    (5e-324, ("drain", 1, 0)),
    (6.103515625e-05, ("hang up", 6, 6)),
    (1.9766278817704186, ("enter", 1, 7)),
]


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(max_examples=300, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, 2**32), st.lists(steps, min_size=8, max_size=60))
@example(3992, REFUSED)
def test_whatever_fails_more_often_histories_are_allowed(
    seed: int, acts: list[tuple[float, tuple[str, int, int]]]
) -> None:
    run(seed, acts)

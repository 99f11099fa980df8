# SPDX-License-Identifier: AGPL-3.0-only
"""More of what `tests/unit/server/cluster/test_core.py` shows [C1]: longer, and many times."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.unit.server.cluster.test_core import run, steps


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(max_examples=300, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, 2**32), st.lists(steps, min_size=8, max_size=60))
def test_whatever_fails_more_often_histories_are_allowed(
    seed: int, acts: list[tuple[float, tuple[str, int, int]]]
) -> None:
    run(seed, acts)

# SPDX-License-Identifier: AGPL-3.0-only
"""What all tests of received and sent files rely on."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)

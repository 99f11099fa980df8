# SPDX-License-Identifier: AGPL-3.0-only
"""A test that hangs ends, and so does what it does to end; each is named at once."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HANGING = """
import asyncio

import pytest
import pytest_asyncio

from tests import conftest

conftest.TEARDOWN_SECONDS = 0.5


@pytest_asyncio.fixture(loop_scope="session")
async def lasting():
    yield
    await asyncio.Event().wait()


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.timeout(0.5)
async def test_never_ends():
    try:
        await asyncio.Event().wait()
    finally:
        print("ended what it began")


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.timeout(0.5)
async def test_never_ends_its_end():
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.Event().wait()


@pytest.mark.asyncio(loop_scope="session")
async def test_fails_and_lasts(lasting):
    raise AssertionError("because")


def test_passes():
    pass
"""
TOLD = [
    "test_hanging.py::test_never_ends failed (call, ",
    "test_hanging.py::test_never_ends_its_end failed (call, ",
    "test_hanging.py::test_fails_and_lasts failed (call, ",
    "test_hanging.py::test_fails_and_lasts failed (teardown, ",
    "ended what it began",
    "await asyncio.Event().wait()",
    "3 failed, 1 passed, 1 error",
]


def test_what_hangs_ends_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "test_hanging.py"
    path.write_text(HANGING)
    plugins = ["-p", "tests.conftest", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-W", "ignore", *plugins, "--rootdir", tmp_path, path]
    said = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert [part for part in TOLD if part not in said.stdout] == [], said.stdout + said.stderr

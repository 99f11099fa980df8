# SPDX-License-Identifier: AGPL-3.0-only
"""Whatever is put into a spool comes out again, in order, and memory stays small."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keks_meet.client.blocking import write_all
from keks_meet.client.ports import spool as module
from keks_meet.client.ports.spool import Allowance, Spool
from keks_meet.errors import SpoolFull

MIB = 1_048_576


@contextmanager
def small() -> Iterator[None]:
    """Boundaries that a property test gets across."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_IN_MEMORY", 100)
        patch.setattr(module, "_OVERFLOW", 60)
        patch.setattr(module, "_PIECE", 40)
        patch.setattr(module, "_LASTING", 200)
        yield


def open_files() -> int:
    """Return the number of open files without a name: what else a process opens is none of a spool's business."""
    return sum(_target_of(link).endswith(" (deleted)") for link in Path("/proc/self/fd").iterdir())


def _target_of(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # closed meanwhile
        return ""


@settings(max_examples=300, derandomize=True)
@given(steps=st.lists(st.one_of(st.binary(max_size=90), st.integers(0, 5)), max_size=60))
def test_any_puts_and_takes_give_the_same_bytes(steps: list[bytes | int]) -> None:
    with small():
        asyncio.run(put_and_take(steps))


async def put_and_take(steps: list[bytes | int]) -> None:
    """Put bytes, take as often as a number says; for a zero let what is beside go on for a moment."""
    before = open_files()
    spool = Spool(1_000_000)
    put, taken = bytearray(), bytearray()
    for step in steps:
        if isinstance(step, bytes):
            spool.put(step)
            put += step
        elif step == 0:
            await asyncio.sleep(0)
        else:
            for _ in range(step):
                waiting = len(spool)
                taken += (data := await spool.take())
                assert len(data) == waiting - len(spool)
                assert (data == b"") == (waiting == 0)
        assert len(spool) == len(put) - len(taken)
        assert spool.in_memory <= 100 + 2 * 150
    while data := await spool.take():
        taken += data
    assert taken == put
    assert open_files() <= before


async def test_limit_is_of_what_waits_and_not_of_what_passed() -> None:
    spool = Spool(10)
    for _ in range(5):
        spool.put(b"0123456789")
        with pytest.raises(SpoolFull):
            spool.put(b"!")
        assert await spool.take() == b"0123456789"
    spool.close()


async def test_reader_that_lags_behind_for_ever_takes_no_more_and_more_space() -> None:
    with small():
        before = open_files()
        spool = Spool(1000)
        spool.put(os.urandom(500))
        largest = 0
        for _ in range(500):
            spool.put(os.urandom(40))
            await spool.take()
            largest = max(largest, sum(file._written for file in spool._files))
            assert open_files() <= before + 2
        assert largest < 3000
        spool.close()
        assert open_files() <= before


async def test_large_things_go_to_the_disk() -> None:
    spool = Spool(64 * MIB)
    pieces = [os.urandom(65_536) for _ in range(512)]
    for piece in pieces:
        spool.put(piece)
    assert len(spool) == 32 * MIB
    assert spool.in_memory <= 4 * MIB
    found = bytearray()
    while data := await spool.take():
        found += data
    assert found == b"".join(pieces)


async def test_full_disk_is_told_and_gives_back_what_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.tempfile, "TemporaryFile", lambda **_: full.open("wb", buffering=0))
    full, allowance = Path("/dev/full"), Allowance(5 * MIB)
    for _ in range(3):
        told = asyncio.get_running_loop().create_future()
        spool = Spool(64 * MIB, allowance, told.set_result)
        spool.put(bytes(4 * MIB))
        assert (await told).strerror == "No space left on device"
        with pytest.raises(OSError, match="No space left"):
            await spool.take()
        spool.close()
    allowance.take(5 * MIB)


async def test_slow_disk_holds_up_nobody_until_too_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that hangs: what comes meanwhile is taken at once, and keeps its order."""
    go_on = threading.Event()
    monkeypatch.setattr(module, "write_all", lambda *what: go_on.wait() and write_all(*what))
    spool = Spool(64 * MIB)
    pieces = [os.urandom(MIB // 4) for _ in range(16)]
    for piece in pieces:
        spool.put(piece)
        await asyncio.sleep(0)
    assert len(spool) == 4 * MIB
    go_on.set()
    found = bytearray()
    while data := await spool.take():
        found += data
    assert found == b"".join(pieces)


async def test_spools_of_one_peer_and_of_a_room_share_what_they_may_hold() -> None:
    room = Allowance(100)
    one, other = Allowance(60, room), Allowance(60, room)
    spools = [Spool(1000, one), Spool(1000, one), Spool(1000, other)]
    spools[0].put(bytes(40))
    with pytest.raises(SpoolFull):
        spools[1].put(bytes(21))
    spools[1].put(bytes(20))
    spools[2].put(bytes(40))
    with pytest.raises(SpoolFull):
        spools[2].put(bytes(1))
    assert len(await spools[0].take()) == 40
    spools[2].put(bytes(20))
    for spool in spools:
        spool.close()
    Spool(1000, Allowance(100, room)).put(bytes(100))


async def test_spools_of_one_peer_share_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ALL_IN_MEMORY", 3 * MIB)
    allowance = Allowance(64 * MIB)
    spools = [Spool(64 * MIB, allowance) for _ in range(4)]
    for number, spool in enumerate(spools):
        spool.put(bytes([number]) * 2 * MIB)
    assert sum(len(spool._memory) for spool in spools) == 2 * MIB
    for number, spool in enumerate(spools):
        found = b""
        while data := await spool.take():
            found += data
        assert found == bytes([number]) * 2 * MIB
        spool.put(bytes(MIB))
        spool.close()
    assert allowance.take_memory(3 * MIB)

# SPDX-License-Identifier: AGPL-3.0-only
"""Whatever is put into a spool comes out again, in order, and memory stays small."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keks_meet.client.ports import spool as module
from keks_meet.client.ports.spool import Allowance, Spool
from keks_meet.errors import SpoolFull

MIB = 1_048_576


@pytest.fixture(scope="module")
def small() -> Iterator[None]:
    """Boundaries that a property test gets across."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_IN_MEMORY", 100)
        patch.setattr(module, "_PIECE", 40)
        patch.setattr(module, "_LASTING", 200)
        yield


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.usefixtures("small")
@settings(max_examples=300, derandomize=True)
@given(steps=st.lists(st.one_of(st.binary(max_size=90), st.integers(1, 5)), max_size=60))
def test_any_puts_and_takes_give_the_same_bytes(steps: list[bytes | int]) -> None:
    before = open_files()
    spool = Spool(1_000_000)
    put, taken = bytearray(), bytearray()
    for step in steps:
        if isinstance(step, bytes):
            spool.put(step)
            put += step
        else:
            for _ in range(step):
                waiting = len(spool)
                taken += (data := spool.take())
                assert len(data) == waiting - len(spool)
                assert (data == b"") == (waiting == 0)
        assert len(spool) == len(put) - len(taken)
        assert spool.in_memory <= 100
    while data := spool.take():
        taken += data
    assert taken == put
    assert open_files() == before


def test_limit_is_of_what_waits_and_not_of_what_passed() -> None:
    spool = Spool(10)
    for _ in range(5):
        spool.put(b"0123456789")
        with pytest.raises(SpoolFull):
            spool.put(b"!")
        assert spool.take() == b"0123456789"
    spool.close()


@pytest.mark.usefixtures("small")
def test_reader_that_lags_behind_for_ever_takes_no_more_and_more_space() -> None:
    before = open_files()
    spool = Spool(1000)
    spool.put(os.urandom(500))
    largest = 0
    for _ in range(500):
        spool.put(os.urandom(40))
        spool.take()
        largest = max(largest, sum(file._written for file in spool._files))
        assert open_files() <= before + 2
    assert largest < 3000
    spool.close()
    assert open_files() == before


def test_large_things_go_to_the_disk() -> None:
    spool = Spool(64 * MIB)
    pieces = [os.urandom(65_536) for _ in range(512)]
    for piece in pieces:
        spool.put(piece)
    assert len(spool) == 32 * MIB
    assert spool.in_memory <= 2 * MIB
    found = bytearray()
    while data := spool.take():
        found += data
    assert found == b"".join(pieces)


def test_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(module.tempfile, "TemporaryFile", lambda **_: full)
        spool = Spool(64 * MIB)
        with pytest.raises(OSError, match="No space left"):
            spool.put(bytes(3 * MIB))
        spool.close()


def test_spools_of_one_peer_and_of_a_room_share_what_they_may_hold() -> None:
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
    assert len(spools[0].take()) == 40
    spools[2].put(bytes(20))
    for spool in spools:
        spool.close()
    Spool(1000, Allowance(100, room)).put(bytes(100))


def test_what_the_disk_does_not_take_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    allowance = Allowance(4 << 20)
    spool = Spool(8 << 20, allowance)
    monkeypatch.setattr("keks_meet.client.ports.spool.write_all", full)
    for _ in range(3):
        with pytest.raises(OSError, match="No space"):
            spool.put(bytes(3 << 20))
    spool.close()
    allowance.take(4 << 20)

# SPDX-License-Identifier: AGPL-3.0-only
"""Files to send, and disks to keep them on."""

import os
import threading
from pathlib import Path

from keks_meet.client.events import TransferStarted
from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.room import Room
from tests.native.waiting import event_in, until

MIB = 1_048_576


def made_file(folder: Path, size: int, name: str = "a file.bin") -> Path:
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


async def started(room: Room, least: int) -> None:
    """Wait until so many bytes of a transfer are on the disk."""
    transfer = (await event_in(room, TransferStarted)).transfer
    await until(lambda: transfer.bytes >= least)


class HeldSink(MemorySink):
    """A disk that takes nothing until it is told to."""

    def __init__(self) -> None:
        super().__init__(64 * MIB)
        self.is_held = False
        self.go_on = threading.Event()

    def write(self, data: bytes | memoryview, /) -> None:
        self.is_held = True
        self.go_on.wait(20)
        super().write(data)


class SlowDisk(MemorySink):
    """Takes its time to keep what it has."""

    def __init__(self) -> None:
        super().__init__(2 * MIB)
        self.go_on = threading.Event()

    def finish(self) -> None:
        assert self.go_on.wait(20)
        super().finish()


class HeldSource:
    """A file that gives its first MiB, and nothing else until it is told to."""

    archive, once = None, False

    def __init__(self, path: Path) -> None:
        self.label, self.size = path.name, path.stat().st_size
        self.is_held = False
        self.go_on = threading.Event()
        self._file = path.open("rb")

    def open(self) -> "HeldSource":
        self._file.seek(0)
        return self

    def read(self, size: int, /) -> bytes:
        if self._file.tell() >= MIB:
            self.is_held = True
            self.go_on.wait(20)
        return self._file.read(size)

    def interrupt(self) -> None:
        self.go_on.set()

    def close(self) -> None:
        self._file.close()

# SPDX-License-Identifier: AGPL-3.0-only
"""What a receiver makes, and what it leaves beside its target."""

from pathlib import Path

from keks_meet.client.files.file_sink import FileSink
from keks_meet.protocol.relay_messages import Provide

OFFER = Provide("it", "file", label="a.txt", size=7)


def part_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.rift-part")


def names(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def started(
    target: Path, data: bytes = b"", *, overwrite: bool = False, offer: Provide | None = None, free_name: bool = False
) -> FileSink:
    sink = FileSink(target, overwrite=overwrite, offer=offer, free_name=free_name)
    assert sink.prefix() is None
    sink.start(0)
    sink.write(data)
    return sink

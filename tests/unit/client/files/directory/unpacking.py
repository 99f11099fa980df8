# SPDX-License-Identifier: AGPL-3.0-only
"""Ways to unpack an archive, and to see what is there then."""

from pathlib import Path

from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.tar_write import DirectorySource


def receive(target: Path, archive: bytes, *, cut: int = 700, overwrite: bool = False) -> Path | None:
    """Unpack an archive; after an error nothing of it may be left."""
    sink = DirectorySink(target, overwrite=overwrite)
    try:
        sink.start(0)
        for at in range(0, len(archive), cut):
            sink.write(archive[at : at + cut])
        return sink.finish()
    finally:
        sink.discard()
        assert not list(target.parent.glob(".*"))


def send(source: Path, target: Path) -> DirectorySource:
    """Take a folder through an archive."""
    offer = DirectorySource(source)
    sink = DirectorySink(target, overwrite=False)
    sink.start(0)
    reader = offer.open()
    while piece := reader.read(999):
        sink.write(memoryview(piece))
    assert sink.finish() == target
    assert not list(target.parent.glob(".*"))
    return offer


def unpack(target: Path, archive: bytes, *, keep_hooks: bool = False) -> DirectorySink:
    sink = DirectorySink(target, overwrite=False, keep_hooks=keep_hooks)
    sink.start(0)
    for at in range(0, len(archive), 700):
        sink.write(archive[at : at + 700])
    sink.finish()
    return sink


def files_in(top: Path) -> set[str]:
    return {str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir() or path.is_symlink()}

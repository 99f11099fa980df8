# SPDX-License-Identifier: AGPL-3.0-only
"""An interrupted file is gone on with, and only that one [F9]."""

import hashlib
import hmac
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from keks_meet.client.files.file_sink import FileSink
from keks_meet.protocol.relay_messages import Provide
from tests.unit.client.files.sinks.parts import OFFER, names, part_of, started


def test_an_interrupted_one_is_continued(target: Path) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    sink = FileSink(target, overwrite=False, offer=OFFER)
    prefix = sink.prefix()
    assert prefix is not None
    assert (prefix.length, prefix.sha256.hexdigest()) == (5, hashlib.sha256(b"12345").hexdigest())
    whole = prefix.sha256.copy()
    whole.update(b"67")
    assert whole.hexdigest() == hashlib.sha256(b"1234567").hexdigest()
    sink.start(prefix.length)
    sink.write(b"67")
    sink.finish()
    assert target.read_bytes() == b"1234567"


def test_what_was_left_may_be_dropped_or_kept_for_another_time(target: Path) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    sink = FileSink(target, overwrite=False, offer=OFFER)
    assert sink.prefix() is not None
    sink.interrupt()
    assert part_of(target).read_bytes() == b"12345"
    sink = FileSink(target, overwrite=False, offer=OFFER)
    assert sink.prefix() is not None
    with pytest.raises(ValueError, match="prefix"):
        sink.start(3)
    sink.start(0)
    sink.write(b"1")
    sink.finish()
    assert target.read_bytes() == b"1"
    # Who did not prove to have what is there does not destroy it.
    assert part_of(target).read_bytes() == b"12345"


def test_only_the_same_file_is_gone_on_with(target: Path) -> None:
    """The record beside a part tells: of another size or label it stays as it is, another id means nothing [F9]."""
    started(target, b"12345", offer=OFFER).interrupt()
    for offer, is_continued in (
        (Provide("it", "file", label="a.txt", size=8), False),
        (Provide("it", "file", label="b.txt", size=7), False),
        (Provide("it", "file", label="a.txt"), False),
        (Provide("other", "file", label="a.txt", size=7), True),
    ):
        sink = FileSink(target, overwrite=False, offer=offer)
        assert (sink.prefix() is not None) is is_continued
        sink.start(0)
        sink.write(b"1234")
        sink.discard()
        assert part_of(target).read_bytes() == b"12345"
        assert names(target) == [".a.txt.rift-info", ".a.txt.rift-part"]
    kept = FileSink(target, overwrite=False, offer=OFFER)
    prefix = kept.prefix()
    assert prefix is not None
    kept.start(prefix.length)
    kept.write(b"67")
    kept.finish()
    assert names(target) == ["a.txt"]
    assert target.read_bytes() == b"1234567"


def test_two_files_of_one_name_are_kept_and_gone_on_with_apart(target: Path) -> None:
    other = Provide("other", "file", label="a.txt", size=9)
    started(target, b"12345", offer=OFFER).interrupt()
    started(target, b"98765432", offer=other).interrupt()
    for offer, length in ((OFFER, 5), (other, 8)):
        sink = FileSink(target, overwrite=False, offer=offer)
        prefix = sink.prefix()
        assert prefix is not None
        assert prefix.length == length
        sink.interrupt()


@pytest.mark.parametrize("record", [None, b"", b"{", b'{"size":7}', b'{"size":"7","label":"a.txt","id":"it"}', b"\xff"])
def test_a_part_of_which_nobody_knows_what_it_is_starts_anew(target: Path, record: bytes | None) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    info = target.with_name(".a.txt.rift-info")
    info.unlink()
    if record is not None:
        info.write_bytes(record)
    sink = FileSink(target, overwrite=False, offer=OFFER)
    assert sink.prefix() is None
    sink.start(0)
    sink.write(b"7654321")
    sink.finish()
    assert names(target) == ["a.txt"]
    assert target.read_bytes() == b"7654321"


def test_a_record_that_is_a_link_is_not_followed(target: Path) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    info = target.with_name(".a.txt.rift-info")
    info.rename(target.with_name("victim"))
    info.symlink_to("victim")
    sink = FileSink(target, overwrite=False, offer=OFFER)
    assert sink.prefix() is None
    before = target.with_name("victim").read_bytes()
    sink.start(0)
    assert (target.with_name("victim").read_bytes(), info.is_symlink()) == (before, False)
    sink.discard()


def test_what_proves_a_prefix_is_new_each_time(target: Path) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    found = []
    for _ in range(2):
        sink = FileSink(target, overwrite=False, offer=OFFER)
        prefix = sink.prefix()
        assert prefix is not None
        assert prefix.hmac == hmac.new(bytes.fromhex(prefix.salt), b"12345", "sha256").hexdigest()
        found.append(prefix.salt)
        sink.interrupt()
    assert len(set(found)) == 2


def test_a_killed_one_is_continued(target: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from keks_meet.client.files.file_sink import FileSink\n"
        "from keks_meet.protocol.relay_messages import Provide\n"
        "offer = Provide('it', 'file', label='a.txt', size=7)\n"
        "sink = FileSink(Path(sys.argv[1]), overwrite=False, offer=offer); sink.start(0); sink.write(b'12345')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code, target], check=False).returncode == -signal.SIGKILL
    assert names(target) == [".a.txt.rift-info", ".a.txt.rift-part"]
    prefix = FileSink(target, overwrite=False, offer=OFFER).prefix()
    assert prefix is not None
    assert prefix.length == 5


def test_of_two_parts_the_later_one_is_gone_on_with(target: Path) -> None:
    """The earlier one is of a file that its sender does not have: no try gets it further, and each would leave one."""
    started(target, b"12345", offer=OFFER).interrupt()
    os.utime(part_of(target), (1, 1))
    for length, prefix_length in ((0, 5), (2, 2), (4, 4)):
        sink = FileSink(target, overwrite=False, offer=OFFER)
        prefix = sink.prefix()
        assert prefix is not None
        assert prefix.length == prefix_length
        sink.start(length)
        sink.write(b"76")
        sink.interrupt()
    assert len(names(target)) == 4
    assert part_of(target).read_bytes() == b"12345"

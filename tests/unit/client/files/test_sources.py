# SPDX-License-Identifier: AGPL-3.0-only
"""What is read is what was offered, or nothing."""

import io
import os
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.client.files.sources import FileSource, Reader, Source, StreamSource, TextSource
from keks_meet.errors import SourceChanged, SourceError, SourceInterrupted


def read_all(reader: Reader, size: int = 3) -> bytes:
    data = b""
    while piece := reader.read(size):
        assert len(piece) <= size
        data += piece
    assert reader.read(size) == b""
    reader.close()
    reader.close()
    return data


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(b"0123456789")
    return path


def test_a_file_is_read_as_often_as_wanted_also_at_once(file: Path) -> None:
    source: Source = FileSource(file)
    assert (source.label, source.size, source.archive, source.once) == ("a.txt", 10, None, False)
    one, another = source.open(), source.open()
    assert one.read(4) == b"0123"
    assert read_all(another) == b"0123456789"
    assert read_all(one) == b"456789"


@given(content=st.binary(max_size=50), size=st.integers(1, 60))
def test_any_content_in_any_pieces(tmp_path_factory: pytest.TempPathFactory, content: bytes, size: int) -> None:
    path = tmp_path_factory.getbasetemp() / "any file"
    path.write_bytes(content)
    assert read_all(FileSource(path).open(), size) == content


def touch(path: Path) -> None:
    os.utime(path, ns=(0, 0))


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"!")


def shorten(path: Path) -> None:
    os.truncate(path, 5)


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"9876543210")
    touch(other)
    other.replace(path)


@pytest.mark.parametrize("change", [touch, append, shorten, replace])
def test_a_file_that_changed_before_it_is_opened(file: Path, change: Callable[[Path], None]) -> None:
    source = FileSource(file)
    change(file)
    with pytest.raises(SourceChanged, match=r"a\.txt has changed"):
        source.open()


@pytest.mark.parametrize("change", [touch, append, shorten])
def test_a_file_that_changes_while_it_is_read_never_looks_whole(file: Path, change: Callable[[Path], None]) -> None:
    with closing(FileSource(file).open()) as reader:
        assert reader.read(9) == b"012345678"
        change(file)
        for _ in range(3):
            with pytest.raises(SourceChanged):
                reader.read(9)


def test_a_file_that_changes_after_its_last_byte_has_been_sent_as_it_was(file: Path) -> None:
    with closing(FileSource(file).open()) as reader:
        assert reader.read(10) == b"0123456789"
        touch(file)
        with pytest.raises(SourceChanged):
            reader.read(1)


def test_a_file_that_the_system_makes_as_it_is_read_has_no_length() -> None:
    source = FileSource("/proc/self/status")
    assert source.size is None
    for _ in range(2):
        with closing(source.open()) as reader:
            text = b"".join(iter(lambda: reader.read(100), b""))
        assert b"Name:" in text


def test_a_file_that_grows_from_nothing_is_no_longer_what_was_offered(file: Path) -> None:
    file.write_bytes(b"")
    source = FileSource(file)
    assert source.size == 0
    file.write_bytes(b"later")
    with pytest.raises(SourceChanged):
        source.open()


def test_what_has_no_length_is_refused_and_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/null"), tmp_path / "missing"):
        with pytest.raises(SourceError, match=str(path)):
            FileSource(path)


def test_a_file_that_became_a_pipe_is_not_waited_for(file: Path) -> None:
    source = FileSource(file)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        source.open()
    os.mkfifo(file)
    with pytest.raises(SourceError):
        source.open()


def test_labels_can_be_encoded(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    path.touch()
    assert FileSource(path).label == "caf�"
    assert FileSource(path, "coffee").label == "coffee"


def test_a_stream_is_read_once() -> None:
    source: Source = StreamSource(io.BytesIO(b"0123456789"), "input")
    assert (source.label, source.size, source.archive, source.once) == ("input", None, None, True)
    assert read_all(source.open()) == b"0123456789"
    with pytest.raises(SourceError, match="input"):
        source.open()


def test_a_stream_does_not_wait_for_more_than_there_is() -> None:
    out, into = os.pipe()
    reader = StreamSource(os.fdopen(out, "rb"), "pipe").open()
    os.write(into, b"ab")
    assert reader.read(100) == b"ab"
    os.close(into)
    assert reader.read(100) == b""
    reader.close()


def test_a_stream_that_does_not_block_is_waited_for() -> None:
    out, into = os.pipe()
    os.set_blocking(out, False)
    reader = StreamSource(os.fdopen(out, "rb"), "pipe").open()
    writer = threading.Timer(0.1, lambda: os.close(into) if os.write(into, b"ab") else None)
    writer.start()
    assert reader.read(100) == b"ab"
    writer.join()
    assert reader.read(100) == b""
    reader.close()


def test_waiting_for_a_stream_can_be_interrupted_from_elsewhere() -> None:
    before = set(Path("/proc/self/fd").iterdir())
    reader, writer = os.pipe()
    stream = StreamSource(os.fdopen(reader, "rb"), "stdin").open()
    os.write(writer, b"some")
    assert stream.read(10) == b"some"
    interrupter = threading.Timer(0.05, stream.interrupt)
    interrupter.start()
    with pytest.raises(SourceInterrupted):
        stream.read(10)
    os.write(writer, b"more")
    with pytest.raises(SourceInterrupted):
        stream.read(10)
    interrupter.join()
    stream.close()
    stream.interrupt()
    stream.close()
    os.close(writer)
    assert set(Path("/proc/self/fd").iterdir()) == before


def test_a_file_is_found_again_from_another_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"data")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    source = FileSource("file")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert not source.is_gone()
    reader = source.open()
    assert reader.read(10) == b"data"
    reader.close()
    with pytest.raises(SourceError, match=r"^nothing cannot be read"):
        FileSource("nothing")


def test_a_text_is_read_as_often_as_wanted() -> None:
    source: Source = TextSource("naïve ☃")
    assert (source.label, source.size, source.archive, source.once) == ("text.txt", 10, None, False)
    assert [read_all(source.open(), 3) for _ in range(2)] == ["naïve ☃".encode()] * 2


@pytest.mark.parametrize("text", ["", "a\ud800", "☃" * 21_846])
def test_a_text_that_cannot_be_offered(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        TextSource(text)
    assert text not in str(caught.value) or not text

# SPDX-License-Identifier: AGPL-3.0-only
"""Streams that go away."""

import io
import os
import subprocess
import sys

import pytest

from keks_meet.rift.cli import choose_display
from keks_meet.rift.display import SteadyStream
from keks_meet.rift.events import Failed

TALKATIVE = """
import sys
from keks_meet.rift.cli import choose_display
from keks_meet.rift.events import Status
display = choose_display(as_json="json" in sys.argv)
for _ in range(3_000):
    display.say(Status("x" * 100))
sys.exit(7)
"""


def test_no_stream_and_closed_streams() -> None:
    closed = io.StringIO()
    closed.close()
    for stream in (SteadyStream(lambda: None), SteadyStream(lambda: closed)):
        assert stream.write("x") == 1
        assert not stream.isatty()
        stream.write_now(b"x")
    choose_display(streams=(None, None)).say(Failed("x", code="some-code"))


def test_what_cannot_be_encoded_is_escaped() -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, "latin-1") as text:
        SteadyStream(lambda: text).write("ü🥐")
        assert raw.getvalue() == b"\xfc\\U0001f950"


def test_a_full_pipe_is_not_the_end() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with os.fdopen(writing, "w") as file:
        stream = SteadyStream(lambda: file)
        for _ in range(20):
            stream.write("x" * 10_000)
        assert len(os.read(reading, 1_000_000)) >= 10_000
        stream.write("y")
        assert b"y" in os.read(reading, 1_000_000)
    os.close(reading)


def test_a_reader_that_leaves_changes_nothing() -> None:
    """Neither while writing nor when Python flushes as it exits."""
    for arguments, stream in (([], "stderr"), (["json"], "stdout")):
        reading, writing = os.pipe()
        with open(writing, "wb") as pipe:  # noqa: PTH123 - a descriptor
            process = subprocess.Popen([sys.executable, "-c", TALKATIVE, *arguments], **{stream: pipe})
        os.read(reading, 10)
        os.close(reading)
        assert process.wait(30) == 7


def test_what_is_delivered_is_written_or_an_error() -> None:
    closed = io.StringIO()
    closed.close()
    for stream in (SteadyStream(lambda: None), SteadyStream(lambda: closed)):
        with pytest.raises(BrokenPipeError):
            stream.deliver("x")
    text = io.StringIO()
    SteadyStream(lambda: text).deliver("x")
    assert text.getvalue() == "x"


DELIVERING = """
import sys, threading
from keks_meet.rift.display import SteadyStream
stream = SteadyStream(lambda: sys.stdout)
stream.write("first, ")
def deliver():
    try:
        stream.deliver("x" * 1_000_000)
    except OSError as error:
        print(type(error).__name__, file=sys.stderr)
thread = threading.Thread(target=deliver, daemon=True)
thread.start()
if "stuck" not in sys.argv:
    thread.join()
"""


def test_a_reader_that_reads_nothing_holds_up_a_thread_and_not_the_end() -> None:
    for arguments, said in (["stuck"], b""), ([], b"BrokenPipeError\n"):
        reading, writing = os.pipe()
        with open(writing, "wb") as pipe:  # noqa: PTH123 - a descriptor
            words = [sys.executable, "-c", DELIVERING, *arguments]
            process = subprocess.Popen(words, stdout=pipe, stderr=subprocess.PIPE)
        assert os.read(reading, 7) == b"first, "
        if not arguments:
            os.close(reading)
        assert process.communicate(timeout=30)[1] == said
        assert process.returncode == 0
        if arguments:
            os.close(reading)

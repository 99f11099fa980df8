# SPDX-License-Identifier: AGPL-3.0-only
"""Progress bars, on a real terminal."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

SHOW = """
import sys, time
from pathlib import Path
from keks_meet.protocol.relay_messages import Provide
from keks_meet.rift import events as e
from keks_meet.rift.cli import choose_display
from keks_meet.rift.events import PeerName

ann = PeerName("a", "Ann")
with choose_display(data_on_stdout="data" in sys.argv, bars="plain" not in sys.argv) as display:
    first = Provide(id="1", kind="file", label="a[b]\\x1b.tar", size=10**8)
    display.say(e.TransferStarted(1, "receiving", ann, first, 0))
    display.say(e.TransferStarted(2, "sending", ann, Provide(id="2", kind="file", label="second"), 0))
    for step in range(8):
        time.sleep(0 if "at once" in sys.argv else 0.15)
        display.say(e.TransferProgress(1, step * 10**7))
        display.say(e.TransferProgress(2, step * 1000))
    display.say(e.Status("in between"))
    if "text" in sys.argv:
        display.say(e.TextReceived(ann, "one\\ntwo\\nthree"))
        time.sleep(0.3)
    sys.stdout.write("data")
    sys.stdout.flush()
    display.say(e.TransferFailed(2, 7000, "gone"))
    if "restore" in sys.argv:
        display.restore_terminal()
        import os
        os._exit(130)
    display.say(e.TransferDone(1, 7 * 10**7, Path("x.tar")))
    display.say(e.Status("at the end"))
"""


def shown(*arguments: str, stdout: int | None = subprocess.PIPE, term: str = "xterm") -> tuple[str, str]:
    """Return what came to stdout, and to the terminal at stderr."""
    terminal, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environ = {**os.environ, "TERM": term}
    out = theirs if stdout is None else stdout
    process = subprocess.Popen([sys.executable, "-c", SHOW, *arguments], stdout=out, stderr=theirs, env=environ)
    os.close(theirs)
    said = b""
    try:
        while data := os.read(terminal, 65536):
            said += data
    except OSError:
        pass  # what Linux says at the end
    output = process.communicate()[0] or b""
    os.close(terminal)
    return output.decode(), said.decode()


def test_bars_show_name_bytes_speed_and_time_left() -> None:
    out, err = shown()
    assert out == "data"
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", err)
    assert re.search(
        r"↓ a\[b\]\\x1b\.tar +[━╸╺]+ [1-6]0\.0/100\.0 MB \d+\.\d MB/s \d\d:\d\d\r\n↑ second .*/\? kB", text
    )
    assert max(len(line) for line in re.split(r"[\r\n]", text)) <= 80
    assert "in between\r\n" in text
    assert 'Error: could not send "second" to "Ann": gone\r\n' in text
    assert re.search(r'Received "a\[b\]\.tar" from "Ann": 70\.0 MB, \d+\.\d MB/s, saved as x\.tar\r\n', text)
    assert text.endswith("at the end\r\n")
    assert err.count("\x1b[?25l") == err.count("\x1b[?25h") == 1


def test_the_cursor_comes_back_when_the_end_is_sudden() -> None:
    """A bar may be drawn once more while the process ends, and that hides no cursor."""
    _, err = shown("restore")
    assert err.rindex("\x1b[?25h\r\n") > err.rindex("\x1b[?25l")


@pytest.mark.parametrize(
    ("arguments", "stdout", "term"),
    [(["plain"], subprocess.PIPE, "xterm"), (["data"], None, "xterm"), ([], subprocess.PIPE, "dumb")],
)
def test_no_bars_where_they_are_in_the_way(arguments: list[str], stdout: int | None, term: str) -> None:
    """Not wanted; bytes on the same terminal; a terminal that cannot."""
    _, err = shown("at once", *arguments, stdout=stdout, term=term)
    assert 'Receiving "a[b].tar"' in err
    assert "━" not in err
    assert "\x1b[?25l" not in err


def seen(said: str) -> list[str]:
    """Return the lines that a person sees at the end, by what bars use of a terminal."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[\s\S]", said):
        if part == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif part == "\r":
            column = 0
        elif part.endswith("A") and len(part) > 1:
            row -= int(part[2:-1])
        elif part == "\x1b[2K":
            lines[row] = ""
        elif len(part) == 1:
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + 1 :]
            column += 1
    return lines


def test_a_text_is_whole_beside_bars() -> None:
    _, err = shown("text", stdout=None)
    assert "\n".join(seen(err)).count('"Ann" sends a text:\n    one\n    two\n    three\n') == 1
    assert err.rindex("━") > err.index("three")
    assert err.count("\x1b[?25l") == err.count("\x1b[?25h") == 2

# SPDX-License-Identifier: AGPL-3.0-only
"""Ctrl+C, in processes of their own on a terminal of their own."""

import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

START = """
import asyncio, os, signal, sys, time
os.close(os.open(os.ttyname(0), os.O_RDWR))  # makes it the terminal whose keys are signals to us
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.interrupt import run_interruptibly

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # who runs the tests may have them ignored
    signal.signal(number, signal.SIG_DFL)

def say(text):
    sys.stderr.write(text + "\\n")
    sys.stderr.flush()

"""

PATIENT = """
async def main():
    try:
        say("started")
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.05)
        say("tidied up")
    return ExitCode.DONE
"""

STUBBORN = """
async def main():
    try:
        say("started")
        await asyncio.sleep(60)
    finally:
        say("tidying up")
        await asyncio.sleep(60)
    return ExitCode.DONE
"""

TIDYING = """
async def main():
    is_enough = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, is_enough.set)
    try:
        say("started")
        await asyncio.sleep(60)
    finally:
        say("tidying up")
        await is_enough.wait()
        say("done")
    return ExitCode.DONE
"""

STUCK = """
async def main():
    import termios, tty
    tty.setraw(0)
    mode = termios.tcgetattr(0)
    mode[3] |= termios.ISIG
    termios.tcsetattr(0, termios.TCSANOW, mode)
    say("started")
    time.sleep(60)
    return ExitCode.DONE
"""

END = """
sys.exit(run_interruptibly(main, announce=lambda: say("ending"), restore=lambda: os.write(2, b"restored")))
"""


class OnTerminal:
    """A program on a terminal that it controls, so that Ctrl+C is a key."""

    def __init__(self, *arguments: str) -> None:
        self.terminal, theirs = pty.openpty()
        self.mode = termios.tcgetattr(self.terminal)
        self.process = subprocess.Popen(
            [sys.executable, "-c", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        self.output = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.terminal)

    def wait_for(self, text: str) -> None:
        while text not in self.output:
            self.output += os.read(self.terminal, 4096).decode()

    def press_ctrl_c(self) -> None:
        os.write(self.terminal, b"\x03")

    def press_ctrl_c_twice(self) -> None:
        self.press_ctrl_c()
        time.sleep(0.3)  # without it, the two may be one to the system
        self.press_ctrl_c()

    def ended(self) -> int:
        code = self.process.wait(10)
        try:
            while data := os.read(self.terminal, 4096):
                self.output += data.decode()
        except OSError:
            pass  # what Linux says at the end
        return code


@pytest.fixture
def program(request: pytest.FixtureRequest) -> Iterator[OnTerminal]:
    with OnTerminal(START + request.param + END) as running:
        running.wait_for("started")
        yield running


@pytest.mark.parametrize("program", [PATIENT], indirect=True)
def test_the_first_ends_cleanly(program: OnTerminal) -> None:
    program.press_ctrl_c()
    assert program.ended() == 130
    assert program.output.split() == ["started", "^Cending", "tidied", "up"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("program", [PATIENT], indirect=True)
def test_other_signals_count_the_same(program: OnTerminal, number: int) -> None:
    program.process.send_signal(number)
    assert program.ended() == 130
    assert program.output.split() == ["started", "ending", "tidied", "up"]


@pytest.mark.parametrize("program", [STUBBORN], indirect=True)
def test_the_second_ends_at_once(program: OnTerminal) -> None:
    program.press_ctrl_c()
    program.wait_for("tidying up")
    program.press_ctrl_c()
    assert program.ended() == 130
    assert "restored" in program.output


HUP, TERM, INT = signal.SIGHUP, signal.SIGTERM, signal.SIGINT


@pytest.mark.parametrize(("first", "second"), [(HUP, HUP), (TERM, HUP), (HUP, TERM), (INT, HUP), (HUP, INT)])
@pytest.mark.parametrize("program", [TIDYING], indirect=True)
def test_what_shell_and_kernel_say_of_one_end_is_no_second_wish(program: OnTerminal, first: int, second: int) -> None:
    program.process.send_signal(first)
    program.wait_for("tidying up")
    program.process.send_signal(second)
    program.process.send_signal(signal.SIGUSR1)
    assert program.ended() == 130
    assert program.output.split()[-3:] == ["tidying", "up", "done"]


@pytest.mark.parametrize("first", [HUP, TERM])
@pytest.mark.parametrize("program", [STUBBORN], indirect=True)
def test_who_asks_again_after_a_moment_is_not_kept_waiting(program: OnTerminal, first: int) -> None:
    program.process.send_signal(first)
    program.wait_for("tidying up")
    until = time.monotonic() + 10
    while program.process.poll() is None and time.monotonic() < until:
        program.process.send_signal(TERM)
        time.sleep(0.05)
    assert program.ended() == 130
    assert "restored" in program.output


def test_what_cannot_be_said_any_more_keeps_nothing_from_ending(tmp_path: Path) -> None:
    tidied = PATIENT.replace('say("tidied up")', 'open(sys.argv[1], "w").close()')
    with OnTerminal(START + tidied + END, str(tmp_path / "tidied")) as program:
        program.wait_for("started")
        os.close(program.terminal)  # which the kernel tells by SIGHUP; nothing can be written any more
        program.terminal = os.open(os.devnull, os.O_RDONLY)
        assert program.ended() == 130
    assert (tmp_path / "tidied").exists()


@pytest.mark.parametrize("program", [STUCK], indirect=True)
def test_the_second_ends_what_is_stuck_and_puts_the_terminal_back(program: OnTerminal) -> None:
    assert termios.tcgetattr(program.terminal) != program.mode
    program.press_ctrl_c_twice()
    assert program.process.wait(10) == 130
    assert termios.tcgetattr(program.terminal) == program.mode


def test_ignored_signals_stay_ignored() -> None:
    start = START + "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    with OnTerminal(start + PATIENT + END) as program:
        program.wait_for("started")
        program.process.send_signal(signal.SIGHUP)
        program.press_ctrl_c()
        assert program.ended() == 130
        assert program.output.count("ending") == 1


def test_without_a_signal() -> None:
    quick = "async def main():\n    return ExitCode.NOBODY\n"
    with OnTerminal(START + quick + END) as program:
        assert program.ended() == 5


def test_a_signal_while_the_loop_ends() -> None:
    """Threads of the loop are waited for, which the second Ctrl+C cuts short."""
    slow = """
async def main():
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)
    await asyncio.sleep(0.1)
    say("started")
    return ExitCode.DONE
"""
    with OnTerminal(START + slow + END) as program:
        program.wait_for("started")
        program.press_ctrl_c_twice()
        assert program.ended() == 130

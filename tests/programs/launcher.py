# SPDX-License-Identifier: AGPL-3.0-only
"""A process that has loaded a program, and becomes it again and again: each start is a fork.

A start costs a hundredth of what loading costs, and what runs is a process of its own all the same. It is asked over a
socket, which is its first argument; the others are the modules to load. A message is what the new process is given,
with its input, its output, its errors, and a pipe. Through this go the number of the process, and in the end its exit
code.
"""

import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from contextlib import suppress
from typing import Any, NoReturn

LARGEST_MESSAGE = 1_000_000


class Launcher:
    """Forks when it is asked to, and tells how its children ended."""

    def __init__(self, asked: socket.socket) -> None:
        self._asked = asked
        self._children: dict[int, int] = {}
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        os.set_blocking(self._woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker)

    def wait(self) -> dict[str, Any] | None:
        """Return in a child what it is to be, and in the parent nothing, once nobody asks any more."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._asked, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        self._reap()
                        continue
                    message, descriptors, _, _ = socket.recv_fds(self._asked, LARGEST_MESSAGE, 4)
                    if not message:
                        return None
                    if self._is_child(descriptors):
                        wanted: dict[str, Any] = json.loads(message)
                        return wanted

    def _is_child(self, descriptors: list[int]) -> bool:
        *standard, told = descriptors
        child = os.fork()
        if child == 0:
            self._become_ordinary(standard)
            return True
        for descriptor in standard:
            os.close(descriptor)
        self._children[child] = told
        os.write(told, b"%d\n" % child)
        return False

    def _become_ordinary(self, standard: list[int]) -> None:
        """Leave nothing behind that a process of its own would not have."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._asked.detach()
        for place, descriptor in enumerate(standard):
            os.dup2(descriptor, place)
        os.closerange(3, 4096)

    def _reap(self) -> None:
        while True:
            try:
                os.read(self._woken, 4096)
            except BlockingIOError:
                break
        while self._children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                break
            told = self._children.pop(child)
            # Whoever asked may be gone.
            with suppress(BrokenPipeError):
                os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
            os.close(told)


def run(wanted: dict[str, Any]) -> NoReturn:
    """Be the program."""
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["folder"])
    if wanted["is_leader"]:
        os.setsid()
    sys.argv = wanted["words"]
    if wanted["script"]:
        runpy.run_path(wanted["script"], run_name="__main__")
        sys.exit()
    sys.exit(sys.modules[wanted["module"]].main())


if __name__ == "__main__":
    for module in sys.argv[2:]:
        importlib.import_module(module)
    if (wanted := Launcher(socket.socket(fileno=int(sys.argv[1]))).wait()) is not None:
        run(wanted)

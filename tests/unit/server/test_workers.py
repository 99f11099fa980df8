# SPDX-License-Identifier: AGPL-3.0-only
"""The command that has workers, when these or the system fail; `tests/integration` has it whole."""

import subprocess
import sys

import pytest

SCRIPT = """
import logging, os, signal, sys, time
from keks_meet.server import workers
from keks_meet.server.config import Cluster, Config

logging.basicConfig(level=logging.ERROR, stream=sys.stdout, format="%(message)s")
parent, fork, forks = os.getpid(), os.fork, []


def fail(config, number, on_ready):
    raise ZeroDivisionError("a secret")


def fail_later(config, number, on_ready):
    if number < 0:  # the second one in this place
        os.kill(parent, signal.SIGTERM)
        signal.pause()
    on_ready()
    raise ZeroDivisionError


def hang_up(config, number, on_ready):
    if number == 0:
        time.sleep(0.2)
        os.kill(parent, signal.SIGHUP)
    signal.pause()


def no_room_at_first():
    forks.append(0)
    if len(forks) == 1:
        raise BlockingIOError("no room")
    return fork()


def end(config, number, on_ready):
    os.write(1, b"number %d\\n" % number)
    os.kill(parent, signal.SIGTERM)
    signal.pause()


if sys.argv[1] == "end":
    os.fork = no_room_at_first
config = Config(cluster=Cluster(nats="nats://127.0.0.1:1"))
sys.exit(workers.run(config, 1, globals()[sys.argv[1]], is_reloading=False))
"""


def run(what: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-c", SCRIPT, what], capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no workers")


def test_a_worker_that_never_could_serve_ends_all() -> None:
    """It says why, without values."""
    code, said = run("fail")
    assert code == 1
    assert "worker 0 has failed: ZeroDivisionError" in said
    assert "worker 0 could not begin to serve" in said
    assert "secret" not in said


def test_a_worker_that_was_ready_is_started_again() -> None:
    code, said = run("fail_later")
    assert code == 0
    assert "is started again" in said


def test_a_hangup_ends_all_when_there_is_nothing_to_load_again() -> None:
    """As it ends one server."""
    assert run("hang_up") == (0, "")


def test_a_system_without_room_is_asked_again() -> None:
    code, said = run("end")
    assert code == 0
    assert "worker 0 cannot be started: BlockingIOError" in said
    assert "number 0\n" in said

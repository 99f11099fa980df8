# SPDX-License-Identifier: AGPL-3.0-only
"""One command with several processes behind one socket: nothing else has to be set up."""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from keks_meet.errors import ConfigError
from keks_meet.protocol.limits import Limits
from keks_meet.server.own_nats import OwnNats
from tests.integration.test_cluster import until_ready

WORKERS = 3
CONFIG = f"[server]\nworkers = {WORKERS}\n"


def children(pid: int) -> dict[int, str]:
    """Return the processes that one has started, and what they are."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(OSError):  # it has ended meanwhile
            found[int(child)] = Path(f"/proc/{child}/comm").read_text().strip()
    return found


def workers_of(server: Any) -> list[int]:
    return [child for child, name in children(server.process.pid).items() if "nats" not in name]


def nats_of(server: Any) -> int:
    (found,) = [child for child, name in children(server.process.pid).items() if "nats" in name]
    return found


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.02)


def is_running(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def served_by(worker: int) -> int:
    """Return how many connections a worker has, beside the one to NATS."""
    return sum("socket" in str(each.readlink()) for each in Path(f"/proc/{worker}/fd").iterdir() if each.is_symlink())


async def test_members_meet_whichever_worker_has_accepted_them(command: Any, connect: Any) -> None:
    """Their connections end up at several of them."""
    server = command.start(CONFIG, "--verbose")
    server.wait_for("this node takes part", WORKERS)
    workers = workers_of(server)
    assert len(workers) == WORKERS
    before = {worker: served_by(worker) for worker in workers}
    clients: list[Any] = []
    async with asyncio.timeout(30):
        while sum(served_by(worker) > before[worker] for worker in workers) < 2:
            client = await connect(server)
            await client.join("room", others=len(clients))
            for other in clients:
                assert await other.hear() == {"client_join": {"id": client.id}}
            clients.append(client)
    await clients[0].say({"relay": {"message": "to all"}})
    for client in clients[1:]:
        assert await client.hear() == {"message": {"sender": clients[0].id, "message": "to all"}}
    assert "auto" not in server.said
    assert server.stop() == 0
    assert "lost" not in server.log(), "to end is no trouble"
    assert not any(map(is_running, workers))


@pytest.mark.slow
def test_another_server_on_the_port_is_refused(command: Any) -> None:
    """As it is with one process: nobody shares it by mistake."""
    server = command.start(CONFIG)
    code, said = command.fail(CONFIG, BIND=f"127.0.0.1:{server.port}")
    assert code == 1
    assert "in use by another program" in said


def test_the_token_is_for_nobody_elses_eyes(command: Any) -> None:
    """It is in no argument, no environment and no log, and in a file of this user alone, which goes in the end."""
    server = command.start(CONFIG, "--verbose")
    nats = nats_of(server)
    *_, settings = Path(f"/proc/{nats}/cmdline").read_text().strip("\0").split("\0")
    assert Path(settings).stat().st_mode & 0o777 == 0o600
    assert Path(settings).parent.stat().st_mode & 0o777 == 0o700
    token = Path(settings).read_text().partition("token: ")[2].partition('"')[2].partition('"')[0]
    assert len(bytes.fromhex(token)) == 32
    for process in (server.process.pid, nats, *workers_of(server)):
        told = Path(f"/proc/{process}/cmdline").read_bytes() + Path(f"/proc/{process}/environ").read_bytes()
        assert token.encode() not in told
    assert token not in server.log()
    assert server.stop() == 0
    assert not Path(settings).parent.exists()
    assert not is_running(nats)


async def can_meet(server: Any, connect: Any) -> bool:
    """Tell whether two meet; rooms may be on the move, and workers may take nobody yet."""
    with contextlib.suppress(aiohttp.ClientError, TypeError, AssertionError, TimeoutError):
        ann, bob = await connect(server), await connect(server)
        await ann.join("room")
        await bob.join("room", others=1)
        return True
    return False


@pytest.mark.slow
async def test_who_dies_is_started_again(command: Any, connect: Any, session: aiohttp.ClientSession) -> None:
    """A worker, and NATS: at the same port, so that workers find it."""
    server = command.start(CONFIG)
    killed = workers_of(server)[0]
    os.kill(killed, signal.SIGKILL)
    await until(lambda: len(workers_of(server)) == WORKERS and killed not in workers_of(server))
    nats = nats_of(server)
    os.kill(nats, signal.SIGKILL)
    await until(
        lambda: any("nats" in name for name in children(server.process.pid).values()) and nats_of(server) != nats
    )
    await until_ready(session, server)
    async with asyncio.timeout(30):
        while not await can_meet(server, connect):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.2)
    server.wait_for("is started again", 2)
    assert server.stop() == 0
    server.log_file.write_text("")  # a worker that was killed is an error, and was one here


@pytest.mark.slow
async def test_who_hangs_does_not_hold_up_the_end(command: Any) -> None:
    server = command.start(CONFIG)
    hanging = workers_of(server)[0]
    os.kill(hanging, signal.SIGSTOP)
    server.process.terminate()
    await until(lambda: len(workers_of(server)) == 1)
    server.process.terminate()
    assert server.process.wait(10) == 1
    assert not is_running(hanging)
    server.wait_for("does not end, and is killed")
    command.running.remove(server)
    server.process.stdout.close()


@pytest.mark.slow
def test_a_broken_certificate_ends_no_worker_that_serves(command: Any, certificate: Path) -> None:
    """The one that died begins to serve once it is mended."""
    server = command.start(f"{CONFIG}tls_cert = '{certificate}'\ntls_key = '{certificate.with_name('key.pem')}'\n")
    workers, whole = workers_of(server), certificate.read_bytes()
    certificate.write_text("garbage")
    os.kill(workers[0], signal.SIGKILL)
    server.wait_for("has ended with 2, and is started again")
    assert set(workers[1:]) <= set(workers_of(server))
    certificate.write_bytes(whole)
    asyncio.run(until(lambda: len(workers_of(server)) == WORKERS))
    assert server.stop() == 0
    server.log_file.write_text("")


async def test_all_end_with_the_command_even_if_that_is_killed(command: Any) -> None:
    server = command.start(CONFIG)
    family = [*workers_of(server), nats_of(server)]
    os.kill(server.process.pid, signal.SIGKILL)
    await until(lambda: not any(map(is_running, family)))
    command.running.remove(server)
    server.process.wait(10)
    server.process.stdout.close()


@pytest.mark.slow
async def test_workers_share_sockets_of_systemd(command: Any, session: aiohttp.ClientSession) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        os.set_inheritable(listening.fileno(), True)
        server = command.start(CONFIG, TEST_HAND_OVER=str(listening.fileno()))
        assert server.port == listening.getsockname()[1]
        await until_ready(session, server)
        assert server.stop() == 0


@pytest.mark.slow
async def test_each_worker_tells_its_own_numbers(command: Any, session: aiohttp.ClientSession) -> None:
    """At the port of `metrics.bind`, and those after it."""
    port = secrets.choice(range(20_000, 30_000))  # which the system draws for nobody else
    server = command.start(f'{CONFIG}[metrics]\nbind = "127.0.0.1:{port}"\n')
    for place in range(WORKERS):
        async with session.get(f"http://127.0.0.1:{port + place}/metrics") as answer:
            assert "keks_meet_node_state" in await answer.text()
    assert server.stop() == 0


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)
    with pytest.raises(ConfigError, match="there is no program nats-server: install it"):
        OwnNats(Limits())

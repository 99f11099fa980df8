# SPDX-License-Identifier: AGPL-3.0-only
"""The command: what it says, how it ends, and sockets of systemd."""

import asyncio
import json
import os
import re
import select
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aioice import stun

from tests.integration.conftest import RUNNER

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "default.toml"


async def test_the_shipped_configuration_works(command: Any, session: aiohttp.ClientSession) -> None:
    server = command.start(SHIPPED.read_text())
    async with session.get(f"{server.url}/version") as answer:
        assert re.fullmatch(r"keks-meet \d+\.\d+\.\d+", await answer.text())


def test_version(command: Any) -> None:
    code, said = command.fail(None, "--version")
    assert (code, said) == (0, "keks-meet 0.1.0\n")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("[server]\nbnid = 'x'", "server.bnid: there is no such key; did you mean server.bind?"),
        ("[limits]\nidle_seconds = 10", "limits.idle_seconds: expected `float` >= 75.0"),
        ("[appearance]\naccent = 'red'", "appearance.accent: expected a colour such as #5e3f84, got 'red'"),
        ("= nonsense", "not TOML"),
    ],
)
def test_a_wrong_configuration(command: Any, config: str, said: str) -> None:
    code, output = command.fail(config)
    assert code == 2
    assert "test.toml: " in output
    assert said in output
    assert "Traceback" not in output


def test_a_configuration_that_is_not_there(command: Any) -> None:
    code, output = command.fail(None, "/nowhere/x.toml")
    assert (code, output) == (2, "ERROR: /nowhere/x.toml: cannot be read: No such file or directory\n")


def test_a_wrong_address_in_the_environment(command: Any) -> None:
    code, output = command.fail("", BIND="nonsense")
    assert code == 2
    assert "environment variable BIND: expected an address and a port" in output


def test_a_busy_port(command: Any) -> None:
    server = command.start()
    code, output = command.fail("", BIND=f"127.0.0.1:{server.port}")
    assert code == 1
    assert f"cannot listen on 127.0.0.1:{server.port} (TCP): it is in use by another program" in output
    assert len(output.splitlines()) == 1


def test_pages_that_are_not_built(command: Any, tmp_path: Path) -> None:
    code, output = command.fail("", TEST_PAGES=str(tmp_path), BIND="127.0.0.1:0")
    assert code == 1
    assert "run make build" in output


async def test_ipv6(command: Any, session: aiohttp.ClientSession) -> None:
    server = command.start("", BIND="[::1]:0")
    assert server.url.startswith("http://[::1]:")
    async with session.get(f"{server.url}/config.json") as answer:
        assert (await answer.json())["webrtc"] == {"stun": f"stun:[::1]:{server.port}"}


async def test_the_end_is_polite(command: Any, connect: Any, dial: Any) -> None:
    """[S10]: clients are told, and one that does not listen holds nothing up."""
    server = command.start()
    client = await connect(server)
    _, deaf = await dial(server)
    deaf.write(
        b"GET /signaling HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    await dial(server)
    server.process.terminate()
    assert await client.closed() == (1001, "the server goes away")
    await client.socket.close()
    assert await asyncio.to_thread(server.process.wait, 5) == 0


async def test_sockets_of_systemd(command: Any, session: aiohttp.ClientSession) -> None:
    """A stream is for HTTP, a datagram socket for STUN; what is configured is not bound."""
    with socket.create_server(("127.0.0.1", 0)) as http, socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        for sock in (http, udp):
            sock.set_inheritable(True)
        server = command.start(TEST_HAND_OVER=f"{http.fileno()},{udp.fileno()}", BIND="192.0.2.1:9")
        assert server.port == http.getsockname()[1]
        async with session.get(f"{server.url}/config.json") as answer:
            assert json.loads(await answer.read())["webrtc"] == {"stun": f"stun:127.0.0.1:{udp.getsockname()[1]}"}


def test_a_unix_socket_of_systemd(command: Any, tmp_path: Path) -> None:
    """The server says that it is ready, and nothing to open, since no browser could."""
    with socket.socket(socket.AF_UNIX) as http:
        http.bind(str(tmp_path / "socket"))
        http.listen()
        http.set_inheritable(True)
        process, log = command.spawn("", TEST_HAND_OVER=str(http.fileno()))
        with process.stdout:
            is_said = select.select([process.stdout], [], [], 10)[0]
            process.terminate()
            assert process.wait(timeout=10) == 0, log.read_text()
            assert is_said
            assert process.stdout.read() == "keks-meet 0.1.0 is ready\n"


async def test_stun(command: Any) -> None:
    """Over UDP, on the port of the same number."""
    server = command.start()
    loop = asyncio.get_running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.bind(("127.0.0.1", 0))
        for packet in (b"", b"nonsense", bytes(stun.Message(stun.Method.BINDING, stun.Class.INDICATION))):
            await loop.sock_sendto(sock, packet, ("127.0.0.1", server.port))
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        await loop.sock_sendto(sock, bytes(request), ("127.0.0.1", server.port))
        answer = stun.parse_message(await asyncio.wait_for(loop.sock_recv(sock, 2000), 10))
        assert answer.transaction_id == request.transaction_id, "and nothing was said about the others"
        assert answer.attributes["XOR-MAPPED-ADDRESS"] == sock.getsockname()


async def test_stun_can_be_off(command: Any, session: aiohttp.ClientSession) -> None:
    server = command.start('[server]\nstun_bind = ""')
    async with session.get(f"{server.url}/config.json") as answer:
        assert (await answer.json())["webrtc"] == {}
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", server.port))


def test_the_configuration_that_counts_is_shown(command: Any, tmp_path: Path) -> None:
    """By file and environment, without what is secret; nothing is listened on."""
    config = '[server]\nnames = ["a.example"]\n[webrtc]\nturn = "turn:a:1"\nturn_secret = "sesame"'
    code, output = command.fail(config, "--print-config", BIND="127.0.0.1:1")
    assert code == 0
    assert output.startswith(f"# What counts by {tmp_path}/test.toml, and by BIND of the environment\n")
    shown = tomllib.loads(output)
    assert (shown["server"]["bind"], shown["server"]["names"]) == ("127.0.0.1:1", ["a.example"])
    assert shown["limits"]["connections"] == 5000
    assert "sesame" not in output


@pytest.mark.parametrize(
    ("redirection", "said"), [(">/dev/full", "standard output takes nothing: No space left"), (">&-", "metrics are at")]
)
def test_a_standard_output_that_takes_nothing_ends_no_server(
    pages: Path, tmp_path: Path, redirection: str, said: str
) -> None:
    """A full disk, and one that was closed."""
    config = tmp_path / "test.toml"
    config.write_text('[metrics]\nbind = "127.0.0.1:0"\n')
    words = ["sh", "-c", f'exec "$0" "$@" {redirection}', sys.executable, str(RUNNER), str(config)]
    environment = os.environ | {"TEST_PAGES": str(pages), "BIND": "127.0.0.1:0"}
    shown = subprocess.run([*words, "--print-config"], env=environment, capture_output=True, text=True, check=False)
    assert (shown.returncode, "Traceback" in shown.stderr) == (1, False)
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        assert any(said in line for line in iter(server.stderr.readline, ""))
        server.terminate()
        assert "Traceback" not in server.stderr.read()
        assert server.wait(10) == 0

# SPDX-License-Identifier: AGPL-3.0-only
"""Servers as real processes on free ports, and clients that speak to them."""

import asyncio
import contextlib
import datetime
import gzip
import ipaddress
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.e2e.harness.server import free_port
from tests.programs.start import SERVER, Process, Wanted

if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    # Servers started here would inherit that from tests that are to outlive their terminal, and take no hangup either.
    signal.signal(signal.SIGHUP, lambda *_: None)
RUNNER = Path(__file__).with_name("run_server.py")
Running = subprocess.Popen[str] | Process
SCRIPT = b"console.log('a script that is long enough to be worth compressing');\n" * 20


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small folder as the build makes it."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "assets").mkdir()
    for name in ("start", "room", "documentation"):
        text = f"<p>{name} {{{{version}}}} {{{{source_url}}}} {{{{documentation_url}}}}</p>"
        (folder / f"{name}.html").write_text(text)
    for name in ("style.css", "sw.js", "assets/room-ABC12345.js"):
        (folder / name).write_bytes(SCRIPT)
        (folder / f"{name}.gz").write_bytes(gzip.compress(SCRIPT))
        (folder / f"{name}.br").write_bytes(b"not really brotli")
    for name in ("favicon.ico", "manifest.webmanifest", "license.txt", "source.tar.gz"):
        (folder / name).write_bytes(name.encode())
    return folder


@dataclass
class Server:
    """A running server."""

    url: str
    process: Running
    log_file: Path
    said: str

    @property
    def announcement(self) -> Any:
        """What it said to be ready, as JSON."""
        return json.loads(self.said)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def log(self) -> str:
        return self.log_file.read_text()

    def hang_up(self, said: str) -> None:
        """Send SIGHUP and wait until it has said this once more."""
        before = self.log().count(said)
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(said, before + 1)

    def wait_for(self, said: str, times: int = 1) -> None:
        """Wait until it has said this so often."""
        deadline = time.monotonic() + 10
        while self.log().count(said) < times:
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.01)

    def stop(self) -> int:
        """End it politely and return its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=10)


@dataclass
class Command:
    """Runs the command with a folder of its own for configuration and log."""

    pages: Path
    folder: Path
    running: list[Server]

    def spawn(self, config: str | None, *arguments: str, **environment: str) -> tuple[Running, Path]:
        log = self.folder / f"log-{len(list(self.folder.iterdir()))}"
        if config is not None:
            (self.folder / "test.toml").write_text(config)
            arguments = (str(self.folder / "test.toml"), *arguments)
        inherited = {name: value for name, value in os.environ.items() if name != "BIND"}
        with log.open("w") as errors:
            words, full = [str(RUNNER), *arguments], inherited | {"TEST_PAGES": str(self.pages)} | environment
            if environment.get("TEST_HAND_OVER"):
                return _hand_over(words, full, errors.fileno()), log
            process = Process(Wanted(SERVER, words, full, script=RUNNER, is_leader=True), errors.fileno())
        return process, log

    def start(self, config: str = "", *arguments: str, **environment: str) -> Server:
        """Start a server and wait until it says that it is ready."""
        environment.setdefault("BIND", "127.0.0.1:0")
        process, log = self.spawn(config, *arguments, **environment)
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"open ([^\s\"]+)", line)
        if found is None:
            process.wait(timeout=10)
            pytest.fail(f"the server did not start: {log.read_text()}")
        server = Server(found[1], process, log, line)
        self.running.append(server)
        return server

    def begin(self, config: str, *arguments: str) -> Server:
        """Start a server that need not become ready, and return once its port is open: a moment before it answers."""
        port = free_port()
        process, log = self.spawn(config, *arguments, BIND=f"127.0.0.1:{port}")
        server = Server(f"http://127.0.0.1:{port}", process, log, "")
        self.running.append(server)
        while process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                return server
        pytest.fail(f"the server did not start: {log.read_text()}")

    def fail(self, config: str | None, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run a command that ends by itself; return its exit code and what it said."""
        process, log = self.spawn(config, *arguments, **environment)
        code = process.wait(timeout=20)
        assert process.stdout is not None
        with process.stdout:
            return code, process.stdout.read() + log.read_text()

    def close(self) -> None:
        for server in self.running:
            if server.process.poll() is None:
                server.stop()
            assert server.process.stdout is not None
            server.process.stdout.close()
            assert server.process.returncode == 0, server.log()
            assert "Traceback" not in server.log()
            assert "ERROR" not in server.log()


def _hand_over(words: list[str], environment: dict[str, str], errors: int) -> subprocess.Popen[str]:
    """Start a server of its own that has all of this process' descriptors."""
    return subprocess.Popen(
        [sys.executable, *words],
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env=environment,
        close_fds=False,
        start_new_session=True,
    )


@pytest.fixture
def command(pages: Path, tmp_path: Path) -> Iterator[Command]:
    """Return what starts servers, each with its own configuration; they end with the test, without an error."""
    made = Command(pages, tmp_path, [])
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server with the default configuration, shared by the tests of a file."""
    made = Command(pages, tmp_path_factory.mktemp("server"), [])
    yield made.start("", "--verbose")
    made.close()


@pytest.fixture(scope="module")
def silent_server(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return such a server that does not log requests."""
    made = Command(pages, tmp_path_factory.mktemp("silent"), [])
    yield made.start()
    made.close()


@dataclass
class Client:
    """A client of signaling that has heard its `init`."""

    socket: aiohttp.ClientWebSocketResponse
    init: dict[str, Any]

    @property
    def id(self) -> int:
        id_: int = self.init["your_id"]
        return id_

    async def say(self, packet: Any) -> None:
        await self.socket.send_str(json.dumps(packet))

    async def hear(self) -> Any:
        return await self.socket.receive_json(timeout=10)

    async def hear_all(self, count: int) -> list[Any]:
        return [await self.hear() for _ in range(count)]

    async def join(self, room: str, others: int = 0) -> None:
        """Enter a room with so many members, and hear of all of them."""
        await self.say({"join": {"hash": room}})
        assert await self.hear() == {"client_join": {"id": self.id}}
        for packet in await self.hear_all(others):
            assert set(packet) == {"client_join"}

    async def closed(self) -> tuple[int | None, str]:
        """Wait for the close frame; return code and reason."""
        while True:
            message = await self.socket.receive(timeout=60)
            if message.type is aiohttp.WSMsgType.CLOSE:
                return message.data, message.extra or ""
            assert message.type is aiohttp.WSMsgType.TEXT, message


Connect = Callable[..., Awaitable[Client]]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return an HTTP client that shows what the server really answered."""
    async with aiohttp.ClientSession(auto_decompress=False) as made:
        yield made


def _beneath_tls(transport: asyncio.Transport) -> asyncio.Transport:
    """Return what can always be aborted: the TLS of Python 3.11.2 cannot once it was closed."""
    tls = getattr(transport, "_ssl_protocol", None)
    return tls._transport if tls else transport


@pytest.fixture
async def connect(session: aiohttp.ClientSession) -> AsyncIterator[Connect]:
    """Return what connects a client to a server's signaling.

    In the end all connections are aborted: asyncio's TLS would otherwise wait for an answer and outlive the test.
    """
    transports: list[asyncio.Transport] = []
    async with contextlib.AsyncExitStack() as stack:

        async def connect(server: Server, using: aiohttp.ClientSession = session, **options: Any) -> Client:
            socket = await stack.enter_async_context(
                using.ws_connect(f"{server.url}/signaling", autoclose=False, **options)
            )
            transports.append(_beneath_tls(socket._response.connection.transport))
            return Client(socket, (await socket.receive_json(timeout=10))["init"])

        yield connect
    for transport in transports:
        # One that had closed once its buffer had gone out has forgotten its loop, and needs no end.
        if getattr(transport, "_loop", None) is not None:
            transport.abort()
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def dial() -> AsyncIterator[Callable[[Server], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]]:
    """Return what opens bare TCP connections to a server."""
    writers: list[asyncio.StreamWriter] = []

    async def dial(server: Server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writers.append(writer)
        return reader, writer

    yield dial
    for writer in writers:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
def certificate(make_certificate: Callable[[], Path]) -> Path:
    return make_certificate()


@pytest.fixture
def make_certificate(tmp_path: Path) -> Callable[[], Path]:
    return lambda: write_certificate(tmp_path)


def write_certificate(tmp_path: Path, passphrase: bytes | None = None) -> Path:
    """Write a self-signed certificate for 127.0.0.1 and its key into the folder of the configuration."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    sealing = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(encoding))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, sealing))
    return tmp_path / "cert.pem"

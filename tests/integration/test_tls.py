# SPDX-License-Identifier: AGPL-3.0-only
"""https and wss with a certificate of one's own."""

import os
import pty
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.integration.conftest import RUNNER, write_certificate

CONFIG = '[server]\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n'


async def test_https_and_wss(command: Any, session: aiohttp.ClientSession, connect: Any, certificate: Path) -> None:
    server = command.start(CONFIG)
    assert server.url.startswith("https://127.0.0.1:")
    trust = ssl.create_default_context(cafile=str(certificate))
    async with session.get(server.url, ssl=trust) as answer:
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    ann, bob = await connect(server, ssl=trust), await connect(server, ssl=trust)
    await ann.join("room")
    await bob.join("room", others=1)
    await bob.say({"relay": {"message": "A" * 500_000}})
    assert await ann.hear() == {"client_join": {"id": bob.id}}
    assert (await ann.hear())["message"]["sender"] == bob.id


async def test_a_slow_reader_over_tls(command: Any, connect: Any, certificate: Path) -> None:
    """[S10]: what waits is counted on the plain side of TLS too."""
    server = command.start(
        CONFIG + "[limits]\nmessage_bytes = 65536\nqueued_bytes = 131072\nburst_packets = 100000\nstalled_seconds = 1"
    )
    trust = ssl.create_default_context(cafile=str(certificate))
    slow, ann = await connect(server, ssl=trust), await connect(server, ssl=trust)
    await slow.join("room")
    await ann.join("room", others=1)
    for _ in range(400):
        await ann.say({"relay": {"message": "A" * 60_000}})
    assert await ann.hear() == {"client_leave": {"id": slow.id}}
    # What is still on its way is read, since asyncio leaves a TLS connection open while its reader holds it back.
    while (await slow.socket.receive(timeout=10)).type is aiohttp.WSMsgType.TEXT:
        pass


def shown_certificate(url: str) -> str:
    """Return what a new connection is shown."""
    host, _, port = url.removeprefix("https://").strip("/").partition(":")
    return ssl.get_server_certificate((host, int(port)))


# ruff: noqa: ASYNC240 - small files of the test's own
async def test_a_hangup_loads_the_certificate_again(
    command: Any, connect: Any, certificate: Path, make_certificate: Any
) -> None:
    """Clients stay; a pair that does not fit changes nothing."""
    server = command.start(CONFIG)
    ann = await connect(server, ssl=ssl.create_default_context(cafile=str(certificate)))
    before = shown_certificate(server.url)
    key = certificate.with_name("key.pem").read_bytes()
    make_certificate()
    renewed = certificate.read_text()
    new_key = certificate.with_name("key.pem").read_bytes()
    certificate.with_name("key.pem").write_bytes(key)
    server.hang_up("the certificate stays as it was")
    assert shown_certificate(server.url) == before
    certificate.with_name("key.pem").write_bytes(new_key)
    server.hang_up("the certificate was loaded again")
    assert shown_certificate(server.url).split() == renewed.split()
    await ann.join("room")


async def test_a_renewed_certificate_is_noticed(command: Any, connect: Any, certificate: Path) -> None:
    """Without being told; as long as certificate and key do not fit, the old pair stays, and that is said once."""
    server = command.start(CONFIG, TEST_LOOK_SECONDS="0.05")
    ann = await connect(server, ssl=ssl.create_default_context(cafile=str(certificate)))
    before = shown_certificate(server.url)
    elsewhere = certificate.with_name("renewed")
    elsewhere.mkdir()
    renewed = write_certificate(elsewhere)
    certificate.unlink()
    certificate.symlink_to(renewed)
    server.wait_for("the certificate stays as it was")
    assert shown_certificate(server.url) == before
    renewed.with_name("key.pem").replace(certificate.with_name("key.pem"))
    server.wait_for("the certificate was loaded again")
    assert shown_certificate(server.url).split() == renewed.read_text().split()
    assert server.log().count("the certificate stays as it was") == 1
    await ann.join("room")


@pytest.mark.usefixtures("certificate")
def test_files_whose_rights_change_are_looked_at_again(command: Any, tmp_path: Path) -> None:
    server = command.start(CONFIG, TEST_LOOK_SECONDS="0.05")
    (tmp_path / "key.pem").write_text("no key")
    server.wait_for("the certificate stays as it was")
    (tmp_path / "key.pem").chmod(0o600)
    server.wait_for("the certificate stays as it was", 2)


def test_a_key_with_a_passphrase_is_refused(command: Any, tmp_path: Path) -> None:
    """At once, also where somebody could be asked; and by a server that runs."""
    write_certificate(tmp_path)
    server = command.start(CONFIG)
    write_certificate(tmp_path, b"sesame")
    for words in ([], ["check"]):
        code, output = command.fail(None, *words, str(tmp_path / "test.toml"), BIND="127.0.0.1:0")
        assert code == (1 if words else 2)
        assert "the key has a passphrase" in output
    server.hang_up("the certificate stays as it was: server.tls_key: the key has a passphrase")


def test_a_hangup_ends_a_server_without_certificate(command: Any) -> None:
    server = command.start()
    server.process.send_signal(signal.SIGHUP)
    assert server.process.wait(timeout=10) == 0


@pytest.mark.usefixtures("certificate")
def test_a_terminal_that_is_closed_ends_the_server(tmp_path: Path, pages: Path) -> None:
    """Though there is a certificate: nobody is there any more."""
    (tmp_path / "terminal.toml").write_text(CONFIG)
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        ["/usr/bin/setsid", "--ctty", "--wait", sys.executable, RUNNER, tmp_path / "terminal.toml"],
        stdin=inside,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TEST_PAGES": str(pages), "BIND": "127.0.0.1:0"},
    )
    assert process.stdout is not None
    with process.stdout:
        assert b"ready" in process.stdout.readline()
        os.close(inside)
        os.close(terminal)
        assert process.wait(timeout=10) == 0


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('tls_cert = "cert.pem"', "tls_cert and tls_key are given together"),
        ('tls_cert = "nothing.pem"\ntls_key = "key.pem"', "server.tls_cert: there is no file"),
        ('tls_cert = "key.pem"\ntls_key = "key.pem"', "expected a certificate and its key as PEM"),
        ('tls_cert = "a\\u0000b"\ntls_key = "key.pem"', "server.tls_cert: there is no file"),
        (f'tls_cert = "{"a" * 300}"\ntls_key = "key.pem"', "cannot be read: File name too long"),
    ],
)
@pytest.mark.usefixtures("certificate")
def test_half_a_setup(command: Any, config: str, said: str) -> None:
    code, output = command.fail(f"[server]\n{config}\n", BIND="127.0.0.1:0")
    assert code == 2
    assert said in output
    assert "Traceback" not in output

# SPDX-License-Identifier: AGPL-3.0-only
"""What deploy/install.sh writes, run: Caddy gets a certificate from an authority, coturn is given it, all is checked.

`make try-install` does the same with systemd, on a machine that is bare.
"""

import os
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.deploy.coturn import Coturn
from tests.deploy.machine import NAME, Machine
from tests.deploy.proxies import CADDY, deployed, make_certificate
from tests.docs_blocks import ROOT
from tests.e2e.harness.server import COMMAND

# The ports are those that are written there, so nothing else may have them.
pytestmark = [pytest.mark.slow, pytest.mark.alone]
PATIENCE = 40
AUTHORITY = "https://127.0.0.1:14000/dir"
PEBBLE = """{"pebble": {
    "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "httpPort": 80, "tlsPort": 443,
    "certificate": "%(own)s/fullchain.pem", "privateKey": "%(own)s/privkey.pem", "ocspResponderURL": ""
}}"""


def until(is_so: Callable[[], object], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


@contextmanager
def running(machine: Machine, log: Path, *words: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for which the name leads here."""
    with log.open("wb") as output:
        process = _started(machine.words(*words), output, environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def _started(words: list[str], output: IO[bytes], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words, stdout=output, stderr=output, env=os.environ | environment)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.stage()
    return made


@pytest.fixture
def authority(machine: Machine) -> Iterator[Path]:
    """Run an authority that gives certificates to whoever answers at the name; returns its own."""
    own = machine.folder / "authority"
    own.mkdir()
    make_certificate(own, "127.0.0.1", kind="IP")
    config = machine.folder / "pebble.json"
    config.write_text(PEBBLE % {"own": own})
    log = machine.folder / "pebble.log"
    words = ("/usr/bin/pebble", "-config", str(config))
    with running(machine, log, *words, PEBBLE_VA_NOSLEEP="1", PEBBLE_WFE_NONCEREJECT="0"):
        until(lambda: "ACME directory available" in log.read_text(), log)
        yield own / "fullchain.pem"


def root_of(authority: Path) -> str:
    """Return the certificate that it signs others with."""
    trusting = ssl.create_default_context(cafile=str(authority))
    with urllib.request.urlopen("https://127.0.0.1:15000/roots/0", context=trusting) as answer:
        text: str = answer.read().decode()
    return text


def caddy(machine: Machine, authority: Path) -> Path:
    """The Caddyfile that was written, which asks the authority of the tests."""
    text = (machine.root / "etc/caddy/Caddyfile").read_text()
    written = machine.folder / "Caddyfile"
    written.write_text(text.replace("\n{\n", f"\n{{\n\tacme_ca {AUTHORITY}\n\tacme_ca_root {authority}\n", 1))
    return written


def coturn_of(machine: Machine) -> Coturn:
    return Coturn(machine.folder, machine.root / "usr/local/lib/keks-meet/turn-certificate.sh")


def test_the_written_files_make_a_site_in_which_nothing_is_wrong(machine: Machine, authority: Path) -> None:
    """From no certificate to one that both Caddy and coturn show, with the ports that people ask."""
    folder, config = machine.folder, machine.root / "etc/keks-meet/config.toml"
    log = folder / "caddy.log"
    with ExitStack() as stack:
        stack.enter_context(running(machine, folder / "server.log", str(COMMAND), str(config)))
        words = (str(CADDY), "run", "--adapter", "caddyfile", "--config", str(caddy(machine, authority)))
        stack.enter_context(running(machine, log, *words, HOME=str(folder), XDG_DATA_HOME=str(folder)))
        until(lambda: list(folder.glob(f"caddy/certificates/*/{NAME}/{NAME}.json")), log)
        assert coturn_of(machine).give() == "try-restart coturn.service"
        coturn = folder / "turnserver.conf"
        text = (machine.root / "etc/keks-meet/turnserver.conf").read_text()
        assert "/var/lib/keks-meet-turn" in text
        local = f"listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nexternal-ip=10.0.0.5/127.0.0.1\nuserdb={folder}/turn.db\n"
        coturn.write_text(text.replace("/var/lib/keks-meet-turn", str(folder / "turn")) + local)
        words = ("/usr/bin/stdbuf", "--output=L", "/usr/bin/turnserver", "-c", str(coturn), "--pidfile=", "--verbose")
        turn_log = folder / "coturn.log"
        stack.enter_context(running(machine, turn_log, *words, "--log-file=stdout"))
        until(lambda: "UDP listener opened on: 127.0.0.1:3478" in turn_log.read_text(), turn_log)
        trusted = folder / "trusted.pem"
        trusted.write_text(root_of(authority))
        words = (str(COMMAND), "check", str(config), "--url", f"https://{NAME}")
        environment = os.environ | {"SSL_CERT_FILE": str(trusted)}
        done = subprocess.run(machine.words(*words), capture_output=True, text=True, env=environment, check=False)
    assert f"ok       site: https://{NAME} serves pages and signaling\n" in done.stdout
    assert done.stdout.count("gives relays at 10.0.0.5, which is no address of the internet\n") == 3
    assert done.stdout.endswith("no problems, no warnings\n")
    assert done.returncode == 0


def test_what_the_units_name_is_what_is_written(machine: Machine) -> None:
    written = set(machine.files())
    unit = deployed("keks-meet-turn-certificate@.service")
    assert "ExecStart=/usr/local/lib/keks-meet/turn-certificate.sh %i\n" in unit
    assert "usr/local/lib/keks-meet/turn-certificate.sh" in written
    assert "LoadCredential=config.toml:/etc/keks-meet/config.toml\n" in deployed("keks-meet.service")
    assert "LoadCredential=turnserver.conf:/etc/keks-meet/turnserver.conf\n" in deployed("coturn.service.conf")
    assert {"etc/keks-meet/config.toml", "etc/keks-meet/turnserver.conf"} <= written
    assert (ROOT / "deploy/install.sh").stat().st_mode & 0o111

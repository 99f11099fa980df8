# SPDX-License-Identifier: AGPL-3.0-only
"""`keks-meet-server check` on real set-ups: certificates, ports, coturn, and nginx as deploy/ has it."""

import asyncio
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from keks_meet.server.check.port_probes import stun_answers
from tests.docs_blocks import ROOT
from tests.e2e.harness.server import free_port
from tests.integration.cluster import running_nats

SECRET = "a long secret, drawn by chance"  # noqa: S105 - coturn's, of this test
TLS = 'tls_cert = "cert.pem"\ntls_key = "key.pem"\n'
Check = Callable[..., tuple[int, str]]
Nginx = Callable[[int, str], AbstractContextManager[str]]


@pytest.fixture
def check(command: Any, tmp_path: Path) -> Check:
    """Return what checks a configuration, and returns exit code and words."""

    def check(config: str, *arguments: str, **environment: str) -> tuple[int, str]:
        path = tmp_path / "checked.toml"
        path.write_text(config)
        found: tuple[int, str] = command.fail(None, "check", str(path), *arguments, **environment)
        assert "Traceback" not in found[1], found[1]
        return found

    return check


def test_a_set_up_for_this_machine(check: Check) -> None:
    port = free_port()
    code, said = check(f'[server]\nbind = "127.0.0.1:{port}"\n')
    assert code == 0
    assert f"ok       HTTP: 127.0.0.1:{port} is free to listen on\n" in said
    assert f'→ set stun_bind = "[::]:{port}"' in said
    assert said.endswith("no problems, 1 warning\n")


def test_a_wrong_address(check: Check) -> None:
    code, said = check("", "--url", "meet.example.org")
    assert code == 2
    assert "expected an address such as https://meet.example.org" in said


@pytest.mark.usefixtures("certificate")
def test_a_certificate_and_its_names(check: Check, tmp_path: Path) -> None:
    bind = f'[server]\nbind = "127.0.0.1:{free_port()}"\n'
    (tmp_path / "key.pem").chmod(0o644)
    code, said = check(bind + TLS + 'names = ["127.0.0.1", "meet.example.org", "localhost"]\n')
    assert code == 1
    assert "problem  https: the certificate is for 127.0.0.1, and not for meet.example.org\n" in said
    assert "warning  https: the certificate ends on" in said
    assert "warning  https: the certificate is signed by itself" in said
    assert f"→ chmod o-r {tmp_path}/key.pem" in said
    code, said = check(bind + 'tls_cert = "key.pem"\ntls_key = "key.pem"\n')
    assert code == 1
    assert "problem  https: server.tls_cert: expected a certificate and its key as PEM" in said


def test_ports_of_a_server_that_runs(command: Any, check: Check) -> None:
    """Also when it refuses the name that it is asked by."""
    config = '[server]\nnames = ["meet.example.org"]\n'
    server = command.start(config)
    code, said = check(config, BIND=f"127.0.0.1:{server.port}")
    assert code == 0
    assert f"ok       HTTP: keks-meet answers at 127.0.0.1:{server.port}\n" in said
    assert f"ok       STUN (UDP): keks-meet answers at 127.0.0.1:{server.port}\n" in said


async def test_ports_of_others(check: Check) -> None:
    """Both of them, and an address that is none of this machine."""
    other = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with other:
        port = other.sockets[0].getsockname()[1]
        with socket.socket(type=socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", port))
            config = f'[server]\nbind = "127.0.0.1:{port}"\n[metrics]\nbind = "192.0.2.1:9464"\n'
            code, said = await asyncio.to_thread(check, config)
    assert code == 1
    assert f"problem  HTTP: another program is at 127.0.0.1:{port}\n" in said
    assert f"problem  STUN (UDP): another program is at 127.0.0.1:{port}\n" in said
    assert "note     metrics: whoever reaches 192.0.2.1:9464 can read them\n" in said
    assert "problem  metrics: cannot listen on 192.0.2.1:9464 (TCP): it is no address of this machine" in said


def test_metrics_in_the_place_of_http(check: Check) -> None:
    port = free_port()
    code, said = check(f'[server]\nbind = "127.0.0.1:{port}"\n[metrics]\nbind = "127.0.0.1:{port}"\n')
    assert code == 1
    assert f"problem  metrics: 127.0.0.1:{port} is wanted for them, and server.bind has it\n" in said
    assert "→ set metrics.bind to another port" in said


async def test_metrics_of_all_workers(check: Check) -> None:
    """Each has a port of its own, and another program has one of them."""
    other = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with other:
        port = other.sockets[0].getsockname()[1]
        config = f'[server]\nworkers = 2\n[metrics]\nbind = "127.0.0.1:{port - 1}"\n'
        code, said = await asyncio.to_thread(check, config, BIND=f"127.0.0.1:{free_port()}")
    assert code == 1
    assert f"problem  metrics: another program is at 127.0.0.1:{port}\n" in said
    code, said = await asyncio.to_thread(check, '[server]\nworkers = 2\n[metrics]\nbind = "127.0.0.1:65535"\n')
    assert code == 1
    assert "problem  metrics: metrics.bind: 2 workers need as many ports from 65535 on" in said


@pytest.fixture
def check_nats(check: Check) -> Check:
    """Return what checks a section about the cluster, and shows nothing that is secret."""

    def check_nats(section: str) -> tuple[int, str]:
        code, said = check(f"[cluster]\n{section}\n", BIND=f"127.0.0.1:{free_port()}")
        assert "open-" not in said
        return code, said

    return check_nats


def test_a_nats_that_works(check_nats: Check, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One that does will do, and the other is a warning; wrong credentials and TLS that it has not are problems."""
    with running_nats(tmp_path_factory.mktemp("nats"), "--auth", "open-sesame") as nats:
        at = f"127.0.0.1:{nats.port}"
        code, said = check_nats(f'nats = ["nats://{at}", "nats://127.0.0.1:1"]\ntoken = "open-sesame"')
        assert code == 0, said
        assert f"ok       cluster: NATS takes this server at nats://{at}\n" in said
        assert "warning  cluster: NATS cannot be used at nats://127.0.0.1:1: nothing listens at its address\n" in said
        code, said = check_nats(f'nats = "nats://{at}"\ntoken = "open-barley"')
        assert code == 1
        assert f"problem  cluster: NATS cannot be used at nats://{at}: it refuses the credentials\n" in said
        code, said = check_nats(f'nats = "tls://{at}"\ntoken = "open-sesame"')
        assert code == 1
        assert f"problem  cluster: NATS cannot be used at tls://{at}: it speaks no TLS" in said
        code, said = check_nats(
            f'nats = "nats://{at}"\ntoken = "open-sesame"\n[limits]\nmessage_bytes = 16777216\nqueued_bytes = 134217728'
        )
        assert code == 1
        assert "→ set max_payload there" in said


def test_a_nats_that_is_not_there(check_nats: Check) -> None:
    code, said = check_nats('nats = "nats://127.0.0.1:1"')
    assert code == 1
    assert "problem  cluster: NATS cannot be used at nats://127.0.0.1:1: nothing listens at its address\n" in said
    code, said = check_nats('nats = "tls://127.0.0.1:1"\ntls_ca = "/nowhere/ca.pem"')
    assert code == 1
    assert "problem  cluster: cluster.tls_ca: /nowhere/ca.pem cannot be read: No such file or directory\n" in said


def test_the_limit_of_open_files(check: Check) -> None:
    code, said = check("[limits]\nconnections = 1000000\n", BIND=f"127.0.0.1:{free_port()}")
    assert code == 0
    assert "limits.connections wants 1001120\n" in said
    assert "LimitNOFILE=1001120" in said


@pytest.fixture
async def coturn(tmp_path: Path, certificate: Path) -> Any:
    """Run coturn, and return its port, and the one for TLS."""
    port, tls_port = free_port(), free_port()
    config = tmp_path / "turnserver.conf"
    config.write_text(
        f"use-auth-secret\nstatic-auth-secret={SECRET}\nrealm=x\nlistening-ip=127.0.0.1\nrelay-ip=127.0.0.1\n"
        f"listening-port={port}\ntls-listening-port={tls_port}\ncert={certificate}\npkey={tmp_path}/key.pem\n"
        "no-dtls\nno-cli\nlog-file=stdout\nexternal-ip=10.0.0.5/127.0.0.1\n"
        f"userdb={tmp_path}/turn.db\npidfile={tmp_path}/turn.pid\n"
    )
    process = await asyncio.create_subprocess_exec("turnserver", "-c", str(config), stdout=asyncio.subprocess.DEVNULL)
    async with asyncio.timeout(20):
        while not await stun_answers("127.0.0.1", port):
            assert process.returncode is None
    yield port, tls_port
    process.terminate()
    await process.wait()


async def test_turn_credentials(check: Check, coturn: tuple[int, int], certificate: Path) -> None:
    """Each way is asked for a relay; a secret that coturn does not share is told, and not shown."""
    plain, tls = (f"127.0.0.1:{port}" for port in coturn)
    ways = [f"turn:{plain}", f"turn:{plain}?transport=tcp", f"turns:{tls}?transport=tcp"]
    urls = json.dumps([*ways, "turn:127.0.0.1:1?transport=tcp"])
    config = f'[server]\nbind = "127.0.0.1:{free_port()}"\n[webrtc]\nturn = {urls}\nturn_secret = '
    code, said = await asyncio.to_thread(check, f'{config}"{SECRET}"', SSL_CERT_FILE=str(certificate))
    assert code == 1
    for way in ways:
        assert f"note     TURN: {way} gives relays at 10.0.0.5, which is no address of the internet\n" in said
    assert "problem  TURN: turn:127.0.0.1:1?transport=tcp does not work: " in said
    assert said.endswith("1 problem, 1 warning\n")
    code, said = await asyncio.to_thread(check, f'{config}"another secret, drawn by chance"')
    assert code == 1
    assert f"problem  TURN: {ways[0]} refuses the credentials\n" in said
    assert f"problem  TURN: {ways[2]} does not work: its certificate is not trusted: self-signed certificate\n" in said
    assert "another secret" not in said


@pytest.fixture
def nginx(tmp_path: Path, certificate: Path) -> Nginx:
    """Return what runs nginx as deploy/nginx.conf has it, with the change that it is given."""

    @contextmanager
    def run(upstream: int, change: str) -> Iterator[str]:
        port = free_port()
        text = (ROOT / "deploy/nginx.conf").read_text()
        for old, new in (
            ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
            ("    listen [::]:443 ssl;\n", ""),
            ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
            ("    listen [::]:80;\n", ""),
            ("meet.example.org;", "127.0.0.1;"),
            ("/etc/letsencrypt/live/meet.example.org/fullchain.pem", str(certificate)),
            ("/etc/letsencrypt/live/meet.example.org/privkey.pem", str(certificate.with_name("key.pem"))),
            ("/var/log/nginx/error.log", str(tmp_path / "error.log")),
            ("http://127.0.0.1:24319", f"http://127.0.0.1:{upstream}"),
        ):
            assert old in text
            text = text.replace(old, new)
        old, _, new = change.partition(" => ")
        assert old in text
        config = tmp_path / "nginx.conf"
        folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
        folders += f"client_body_temp_path {tmp_path}/body;\n"
        config.write_text(
            f"user root;\ndaemon off;\nmaster_process off;\npid {tmp_path}/pid;\nevents {{ }}\n"
            f"http {{\n{folders}{text.replace(old, new)}}}\n"
        )
        process = subprocess.Popen(["/usr/sbin/nginx", "-p", tmp_path, "-c", config], stderr=subprocess.DEVNULL)
        try:
            _wait_for(port, process)
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=10)

    return run


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            continue
        return
    pytest.fail("nginx did not start")


def rarer(change: str, code: int, said: str) -> Any:
    return pytest.param(change, code, said, marks=pytest.mark.slow)


PROXIED = [
    ("", 0, "ok       site: what is asked of {url} arrives here as it should"),
    ("Host $http_host => Host x.example", 1, "problem  proxy: asked for {url}, it asks the server for x.example"),
    rarer("Upgrade $http_upgrade => X y", 1, "problem  proxy: it does not pass on that a WebSocket is wanted"),
    rarer("$proxy_add_x_forwarded_for => $http_x_forwarded_for", 1, "problem  proxy: it passes X-Forwarded-For on as"),
    rarer("$proxy_add_x_forwarded_for => ''", 0, "warning  proxy: it does not say for whom it asks"),
]
RUNNING = [
    ("", 0, "ok       site: {url} serves pages and signaling"),
    rarer("Host $http_host => Host x.example", 1, "problem  site: {url} refuses its own pages"),
    rarer("Upgrade $http_upgrade => X y", 1, "problem  site: {url} serves pages, but no WebSocket: it answers 400"),
]


@pytest.fixture
def ask(check: Check, nginx: Nginx, certificate: Path) -> Callable[..., tuple[int, str]]:
    """Return what checks the server on a port, behind nginx; its address stands as {url} in what is returned."""

    def ask(port: int, change: str, config: str = "") -> tuple[int, str]:
        with nginx(port, change) as url:
            code, said = check(config, "--url", url, SSL_CERT_FILE=str(certificate), BIND=f"127.0.0.1:{port}")
        return code, said.replace(url, "{url}")

    return ask


def test_a_server_with_a_certificate_of_its_own(check: Check, certificate: Path) -> None:
    bind = f"127.0.0.1:{free_port()}"
    code, said = check(f"[server]\n{TLS}", "--url", f"https://{bind}/", SSL_CERT_FILE=str(certificate), BIND=bind)
    assert code == 0
    assert f"ok       site: what is asked of https://{bind} arrives here as it should\n" in said


@pytest.mark.parametrize(("change", "code", "said"), PROXIED)
def test_what_a_proxy_passes_on(ask: Any, change: str, code: int, said: str) -> None:
    """While the server does not run, the check listens in its place."""
    found = ask(free_port(), change)
    assert found[0] == code, found[1]
    assert said in found[1]


@pytest.mark.slow
def test_a_proxy_that_nobody_lists(ask: Any) -> None:
    code, said = ask(free_port(), "", '[server]\ntrusted_proxies = ["10.0.0.1"]\n')
    assert code == 1
    assert "problem  proxy: 127.0.0.1 is not believed: all people count as one address\n" in said


@pytest.mark.parametrize(("change", "code", "said"), RUNNING)
def test_a_site_that_runs_behind_a_proxy(command: Any, ask: Any, change: str, code: int, said: str) -> None:
    server = command.start()
    found = ask(server.port, change)
    assert found[0] == code, found[1]
    assert said in found[1]
    told = f"ok       STUN: stun:127.0.0.1:{server.port}, which pages are told of, answers"
    assert (told in found[1]) == ("x.example" not in change)


def test_a_site_whose_certificate_nobody_trusts(command: Any, check: Check, nginx: Nginx) -> None:
    server = command.start()
    with nginx(server.port, "") as url:
        code, said = check("", "--url", url, BIND=f"127.0.0.1:{server.port}")
    assert code == 1
    assert f"problem  site: {url} cannot be asked: its certificate is not trusted: self-signed certificate\n" in said

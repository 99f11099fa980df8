# SPDX-License-Identifier: AGPL-3.0-only
"""nginx and Caddy, run with the files of deploy/: only ports, certificates and places are replaced."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs_blocks import ROOT
from tests.e2e.harness.server import free_port

NGINX = Path("/usr/sbin/nginx")
CADDY = Path("/usr/bin/caddy")
START_SECONDS = 20
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def deployed(name: str, *replaced: tuple[str, str]) -> str:
    """Return a file of deploy/ with each of these replaced, all of which have to be there."""
    text = (ROOT / "deploy" / name).read_text()
    for old, new in replaced:
        assert old in text, f"deploy/{name} has no {old}"
        text = text.replace(old, new)
    return text


def make_certificate(folder: Path, name: str, kind: str = "DNS") -> Path:
    """Make a certificate for a name that nobody else has signed, and its key, as certbot calls them."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    names = ["-addext", f"subjectAltName={kind}:{name}"]
    subprocess.run(["/usr/bin/openssl", "req", "-x509", *key, *names, *files], check=True, capture_output=True)
    return folder / "fullchain.pem"


def nginx_main(folder: Path, servers: str) -> str:
    """Return what surrounds servers, so that all that it writes is in a folder."""
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in TEMPORARY)
    head = f"user root;\ndaemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nevents {{ }}\n"
    return f"{head}http {{\naccess_log {folder}/access.log;\n{places}{servers}}}\n"


def nginx_site(folder: Path, port: int, upstream: int, plain: int | None = None) -> str:
    """deploy/nginx.conf, which is a site of its own; `plain` is its port for http."""
    return deployed(
        "nginx.conf",
        ("/var/www/html", f"{folder}/html"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("    listen [::]:443 ssl;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{plain or free_port()};"),
        ("    listen [::]:80;\n", ""),
        ("/etc/letsencrypt/live/meet.example.org", str(folder)),
        ("/var/log/nginx/error.log", f"{folder}/error.log"),
        ("http://127.0.0.1:24319", f"http://127.0.0.1:{upstream}"),
    )


def nginx_locations(folder: Path, upstream: int) -> str:
    """deploy/nginx-path.conf, which is a part of a site."""
    return deployed(
        "nginx-path.conf",
        ("/var/log/nginx/error.log", f"{folder}/error.log"),
        ("http://127.0.0.1:24319", f"http://127.0.0.1:{upstream}"),
    )


def nginx_path(folder: Path, port: int, upstream: int) -> str:
    """That part, in a site that has nothing else."""
    tls = f"ssl_certificate {folder}/fullchain.pem;\nssl_certificate_key {folder}/privkey.pem;\n"
    site = f"listen 127.0.0.1:{port} ssl;\nserver_name example.org;\n"
    return f"server {{\n{site}{tls}{nginx_locations(folder, upstream)}}}\n"


def caddyfile(name: str, folder: Path, port: int, upstream: int) -> str:
    """A Caddyfile of deploy/, with a certificate at hand in place of one that Caddy gets."""
    site = "meet.example.org {\n" if name == "Caddyfile" else "\nexample.org {\n"
    text = deployed(
        name,
        (site, f"{site}\ttls {folder}/fullchain.pem {folder}/privkey.pem\n"),
        ("127.0.0.1:24319", f"127.0.0.1:{upstream}"),
    )
    options = f"\thttps_port {port}\n\thttp_port {free_port()}\n\tdefault_bind 127.0.0.1\n\tadmin off\n"
    return text.replace("\n{\n", f"\n{{\n{options}", 1)


@contextmanager
def running_nginx(folder: Path, port: int, servers: str) -> Iterator[None]:
    """Run nginx until the end of the block."""
    config = folder / "nginx.conf"
    config.write_text(nginx_main(folder, servers))
    with _running([str(NGINX), "-p", str(folder), "-c", str(config)], folder, port):
        yield


@contextmanager
def running_caddy(folder: Path, port: int, text: str) -> Iterator[None]:
    """Run Caddy until the end of the block."""
    config = folder / "Caddyfile"
    config.write_text(text)
    with _running([str(CADDY), "run", "--adapter", "caddyfile", "--config", str(config)], folder, port):
        yield


@contextmanager
def _running(words: list[str], folder: Path, port: int) -> Iterator[None]:
    """Run a program that is ready once its port is open. What it says goes into a file of the folder."""
    places = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    said = folder / "said"
    with said.open("w") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output, env=places)
    try:
        _wait_for(port, process, said)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < deadline, said.read_text()
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.01)
        else:
            return

# SPDX-License-Identifier: AGPL-3.0-only
"""The servers of a network's public part."""

import asyncio
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from tests.deploy.proxies import deployed
from tests.docs_blocks import text_block
from tests.e2e.harness.server import COMMAND
from tests.net.namespaces import PUBLIC, Namespace, Network, Service

SERVER = f"http://{PUBLIC}:24319"
TURN_SECRET = "coturn knows it, too"
TURN_USER = "everybody"


Turn = Literal["none", "secret", "fixed", "wrong"]
"""The credentials for the TURN server that members are told: none of it, made of its secret, fixed ones, wrong ones."""


async def start_server(network: Network, folder: Path, *, turn: Turn = "none") -> Service:
    """Start keks-meet with its built-in STUN, which tells members of a TURN server if there is one."""
    config = folder / "server.toml"
    config.write_text(f'[server]\nbind = "{PUBLIC}:24319"\n{told_of_turn(turn)}')
    return await Service.start(network.public, COMMAND, config, ready=b"ready")


def told_of_turn(turn: Turn) -> str:
    """Return the section of the server's configuration, as docs/server.md shows it."""
    if turn == "none":
        return ""
    documented = text_block("server.md", "[webrtc]", "toml").replace("turn.example.org", PUBLIC)
    secret = 'turn_secret = "the same long secret"'
    assert secret in documented
    credentials = {
        "secret": f'turn_secret = "{TURN_SECRET}"',
        "fixed": f'turn_user = "{TURN_USER}"\nturn_cred = "{TURN_SECRET}"',
        "wrong": 'turn_secret = "another"',
    }
    return documented.replace(secret, credentials[turn])


@asynccontextmanager
async def serve(where: Namespace, folder: Path, address: str = PUBLIC) -> AsyncIterator[None]:
    """Run keks-meet with its built-in STUN in a namespace that has the public address."""
    config = folder / "server.toml"
    config.write_text(f'[server]\nbind = "{address}:24319"\n')
    service = await Service.start(where, COMMAND, config, ready=b"ready")
    try:
        yield
    finally:
        await service.stop()


async def start_coturn(network: Network, folder: Path, *, turn: Turn = "secret") -> Service:
    """Start Debian's TURN server as deploy/ configures it, with a certificate that it signed itself."""
    config = folder / "turnserver.conf"
    deployed_here = deployed(
        "turnserver.conf", ("the same long secret", TURN_SECRET), ("/var/lib/keks-meet-turn", str(folder))
    )
    if turn == "fixed":
        deployed_here = deployed_here.replace(
            f"use-auth-secret\nstatic-auth-secret={TURN_SECRET}", f"lt-cred-mech\nuser={TURN_USER}:{TURN_SECRET}"
        )
    await make_certificate(folder)
    config.write_text(
        f"""{deployed_here}
        listening-ip={PUBLIC}
        listening-port=3478
        relay-ip={PUBLIC}
        log-file=stdout
        verbose
        userdb={folder}/turn.db
        pidfile={folder}/turn.pid
        """
    )
    # It says that it listens as soon as that is true, but keeps its lines for itself when nobody sees them.
    command = ("stdbuf", "--output=L", "turnserver", "-c", config)
    return await Service.start(network.public, *command, ready=f"UDP listener opened on: {PUBLIC}:3478".encode())


async def make_certificate(folder: Path) -> None:
    """Make a certificate for the public address that nobody else has signed."""
    files = ("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem")
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    name = ("-subj", f"/CN={PUBLIC}", "-addext", f"subjectAltName=IP:{PUBLIC}")
    process = await asyncio.create_subprocess_exec(
        "openssl", "req", "-x509", *kind, *name, *files, stdout=DEVNULL, stderr=DEVNULL
    )
    assert await process.wait() == 0

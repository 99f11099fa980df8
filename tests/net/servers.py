# SPDX-License-Identifier: AGPL-3.0-only
"""The servers of a network's public part."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.docs_blocks import text_block
from tests.e2e.harness.server import COMMAND
from tests.net.namespaces import PUBLIC, Namespace, Network, Service

SERVER = f"http://{PUBLIC}:24319"
TURN_SECRET = "coturn knows it, too"


async def start_server(network: Network, folder: Path, *, turn: bool = False) -> Service:
    """Start keks-meet with its built-in STUN, which tells members of a TURN server if there is one."""
    told = f'[webrtc]\nturn = "turn:{PUBLIC}:3478"\nturn_secret = "{TURN_SECRET}"\n' if turn else ""
    config = folder / "server.toml"
    config.write_text(f'[server]\nbind = "{PUBLIC}:24319"\n{told}')
    return await Service.start(network.public, COMMAND, config, ready=b"ready")


@asynccontextmanager
async def serve(where: Namespace, folder: Path) -> AsyncIterator[None]:
    """Run keks-meet with its built-in STUN in a namespace that has the public address."""
    config = folder / "server.toml"
    config.write_text(f'[server]\nbind = "{PUBLIC}:24319"\n')
    service = await Service.start(where, COMMAND, config, ready=b"ready")
    try:
        yield
    finally:
        await service.stop()


async def start_coturn(network: Network, folder: Path) -> Service:
    """Start Debian's TURN server as docs/server.md configures it."""
    config = folder / "turnserver.conf"
    documented = text_block("server.md", "use-auth-secret").replace("the same long secret", TURN_SECRET)
    config.write_text(
        f"""{documented}
        listening-ip={PUBLIC}
        listening-port=3478
        relay-ip={PUBLIC}
        no-tls
        no-dtls
        log-file=stdout
        verbose
        userdb={folder}/turn.db
        pidfile={folder}/turn.pid
        """
    )
    # It says that it listens as soon as that is true, but keeps its lines for itself when nobody sees them.
    command = ("stdbuf", "--output=L", "turnserver", "-c", config)
    return await Service.start(network.public, *command, ready=b"UDP listener opened")

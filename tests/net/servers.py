# SPDX-License-Identifier: AGPL-3.0-only
"""The servers of a network's public part."""

from pathlib import Path

from tests.e2e.harness.server import COMMAND
from tests.net.namespaces import PUBLIC, Network, Service

SERVER = f"http://{PUBLIC}:24319"
TURN_SECRET = "coturn knows it, too"


async def start_server(network: Network, folder: Path, *, turn: bool = False) -> Service:
    """Start keks-meet with its built-in STUN, which tells members of a TURN server if there is one."""
    told = f'[webrtc]\nturn = "turn:{PUBLIC}:3478"\nturn_secret = "{TURN_SECRET}"\n' if turn else ""
    config = folder / "server.toml"
    config.write_text(f'[server]\nbind = "{PUBLIC}:24319"\n{told}')
    return await Service.start(network.public, COMMAND, config, ready=b"ready")


async def start_coturn(network: Network, folder: Path) -> Service:
    """Start Debian's TURN server, with credentials that end by themselves."""
    config = folder / "turnserver.conf"
    config.write_text(
        f"""
        listening-ip={PUBLIC}
        listening-port=3478
        relay-ip={PUBLIC}
        realm=example.org
        use-auth-secret
        static-auth-secret={TURN_SECRET}
        no-tls
        no-dtls
        no-cli
        log-file=stdout
        verbose
        userdb={folder}/turn.db
        pidfile={folder}/turn.pid
        """
    )
    # It says that it listens as soon as that is true, but keeps its lines for itself when nobody sees them.
    command = ("stdbuf", "--output=L", "turnserver", "-c", config)
    return await Service.start(network.public, *command, ready=b"UDP listener opened")

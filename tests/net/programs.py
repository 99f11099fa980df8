# SPDX-License-Identifier: AGPL-3.0-only
"""Members that are programs, each on a host of a network."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

from tests.net.namespaces import Network, end
from tests.net.servers import SERVER

MEMBER = Path(__file__).with_name("member.py")
PATIENCE = 45


async def run_member(network: Network, number: int, deed: str, room: str, path: Path, *rest: object) -> dict[str, Any]:
    """Run a member on one of the hosts to its end; return what it says."""
    words = network.hosts[number].command(sys.executable, MEMBER, deed, SERVER, room, path, *map(str, rest))
    process = await asyncio.create_subprocess_exec(*words, stdout=PIPE)
    try:
        said, _ = await asyncio.wait_for(process.communicate(), PATIENCE + 5)
    finally:
        await end(process)
    described: dict[str, Any] = json.loads(said)
    return described

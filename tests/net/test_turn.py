# SPDX-License-Identifier: AGPL-3.0-only
"""Two members behind routers that translate addresses, and the servers that help them to meet.

Each test has a network, servers and members of its own: real processes in namespaces.
"""

import asyncio
import json
import os
import secrets
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from keks_meet.server.client_config import turn_credentials
from keks_meet.server.config import WebRtc
from tests.net.namespaces import PUBLIC, Nat, made_network
from tests.net.programs import PATIENCE, run_member
from tests.net.servers import TURN_SECRET, start_coturn, start_server

PROBE = Path(__file__).with_name("turn_probe.py")

Meet = Callable[..., Awaitable[dict[str, dict[str, Any]]]]


@pytest_asyncio.fixture
async def meet(tmp_path: Path) -> AsyncIterator[Meet]:
    """Let two members move a file, behind such routers, with or without TURN; return what each says in the end."""
    async with AsyncExitStack() as stack:

        async def run(
            nat: Nat, *, turn: bool, seconds: int = PATIENCE, is_direct: bool = False
        ) -> dict[str, dict[str, Any]]:
            network = await stack.enter_async_context(made_network(nat))
            if turn:
                stack.push_async_callback((await start_coturn(network, tmp_path)).stop)
            stack.push_async_callback((await start_server(network, tmp_path, turn="secret" if turn else "none")).stop)
            (tmp_path / "offered").write_bytes(os.urandom(1_048_576))
            room = secrets.token_hex(32)
            rest = (seconds, "direct") if is_direct else (seconds,)
            async with asyncio.TaskGroup() as members:
                offering = members.create_task(run_member(network, 0, "offer", room, tmp_path / "offered", *rest))
                taking = members.create_task(run_member(network, 1, "take", room, tmp_path / "taken", *rest))
            return {"offer": offering.result(), "take": taking.result()}

        yield run


async def test_a_relay_lets_those_meet_who_cannot_otherwise(meet: Meet, tmp_path: Path) -> None:
    said = await meet("symmetric", turn=True)
    # One relay is enough: it may be the other side's. Which one it is may change while both look for a better way.
    ways = [said[name].pop("way") for name in ("take", "offer")]
    assert set(ways) <= {"relay", "relay-udp"}
    assert said == {"take": {"status": "connected", "relayed": True, "arrived": True}, "offer": {"relayed": True}}
    assert (tmp_path / "taken").read_bytes() == (tmp_path / "offered").read_bytes()


@pytest.mark.slow
async def test_without_a_relay_they_do_not_meet(meet: Meet, tmp_path: Path) -> None:
    """Those above need a tenth of this time."""
    said = await meet("symmetric", turn=False, seconds=8)
    assert said["take"] == {"status": "connecting", "relayed": None, "way": None, "arrived": False}
    assert not (tmp_path / "taken").exists()


@pytest.mark.slow
async def test_without_a_relay_they_are_told_in_the_end(meet: Meet) -> None:
    said = await meet("symmetric", turn=False)
    assert said["take"] == {"status": "failed", "relayed": None, "way": None, "arrived": False}


async def test_the_relay_reaches_nothing_inside(tmp_path: Path) -> None:
    """As deploy/ configures coturn: no TCP (442), and nothing that only it can reach (403, "forbidden")."""
    inside = ["127.0.0.1", "10.1.2.3", "192.168.1.2", "172.16.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"]
    webrtc = WebRtc(turn="turn:t:1", turn_secret=TURN_SECRET)
    made = turn_credentials(webrtc, time.time(), "somebody")
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(made_network("symmetric"))
        stack.push_async_callback((await start_coturn(network, tmp_path)).stop)
        credentials = (str(made.turn_user), str(made.turn_cred))
        words = network.hosts[0].command(sys.executable, PROBE, PUBLIC, *credentials, PUBLIC, *inside)
        probe = await asyncio.create_subprocess_exec(*words, stdout=PIPE)
        said, _ = await asyncio.wait_for(probe.communicate(), PATIENCE)
    assert json.loads(said) == {PUBLIC: None, **dict.fromkeys(inside, 403), "tcp": 442}


@pytest.mark.slow
@pytest.mark.parametrize("turn", [False, True])
async def test_those_whose_routers_keep_ports_meet_directly(meet: Meet, tmp_path: Path, turn: bool) -> None:
    """Perhaps after a start through the relay, when checks of the direct way were late; both say so in the end."""
    said = await meet("port-preserving", turn=turn, is_direct=True)
    assert said["take"] == {"status": "connected", "relayed": False, "way": "nat", "arrived": True}
    assert said["offer"] == {"relayed": False, "way": "nat"}
    assert (tmp_path / "taken").read_bytes() == (tmp_path / "offered").read_bytes()

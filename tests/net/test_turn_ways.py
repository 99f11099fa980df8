# SPDX-License-Identifier: AGPL-3.0-only
"""Members behind routers that let out one way to the TURN server only: UDP, TCP or TLS.

Each test has a network, servers and members of its own: real processes in namespaces.
"""

import os
import secrets
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.e2e.harness import files
from tests.net.namespaces import made_network
from tests.net.people import person_in_chromium
from tests.net.programs import run_member
from tests.net.servers import SERVER, Turn, start_coturn, start_server

PAGES = "tcp dport 24319"
WAYS = {"udp": "udp dport 3478", "tcp": "tcp dport 3478", "tls": "tcp dport 5349"}
TRUSTING = ["--ignore-certificate-errors"]
"""The TURN server's certificate is nobody's but its own."""
PAIR = """async () => {
  for (const connection of probe.connections) {
    const stats = new Map([...(await connection.getStats())]);
    for (const each of stats.values()) {
      const pair = each.type === "transport" && stats.get(each.selectedCandidatePairId);
      if (!pair) continue;
      const local = stats.get(pair.localCandidateId);
      return [pair.nominated, local.candidateType, local.relayProtocol];
    }
  }
}"""


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(("way", "turn"), [("udp", "secret"), ("udp", "fixed"), ("tcp", "secret"), ("tls", "secret")])
async def test_two_pages_meet_by_the_one_way_that_is_let_through(way: str, turn: Turn, tmp_path: Path) -> None:
    room = secrets.token_hex(32)
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(made_network("symmetric", (PAGES, WAYS[way])))
        stack.push_async_callback((await start_coturn(network, tmp_path, turn=turn)).stop)
        stack.push_async_callback((await start_server(network, tmp_path, turn=turn)).stop)
        flags = TRUSTING if way == "tls" else []
        people = [
            await stack.enter_async_context(person_in_chromium(name, host, tmp_path, flags))
            for name, host in zip(("alice", "bob"), network.hosts, strict=True)
        ]
        for person in people:
            await person.join(SERVER, room)
        alice, bob = people
        await alice.press("Microphone")
        await bob.expect_flowing("audio")
        for person, other in zip(people, ("bob", "alice"), strict=True):
            assert await person.page.evaluate(PAIR) == [True, "relay", way]
            await person.expect_state(other, f"connected, relayed ({way.upper()})")


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("way", "turn", "meets"),
    [
        ("udp", "secret", True),
        ("tcp", "secret", True),
        # No authority that the engine of programs knows has signed the TURN server's certificate.
        ("tls", "secret", False),
        ("udp", "wrong", False),
        ("tcp", "none", False),
    ],
)
async def test_a_program_and_a_page(way: str, turn: Turn, meets: bool, tmp_path: Path) -> None:
    room = secrets.token_hex(32)
    offered = tmp_path / "it"
    offered.write_bytes(os.urandom(1_048_576))
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(made_network("symmetric", (PAGES, WAYS[way])))
        if turn != "none":
            stack.push_async_callback((await start_coturn(network, tmp_path)).stop)
        stack.push_async_callback((await start_server(network, tmp_path, turn=turn)).stop)
        alice = await stack.enter_async_context(person_in_chromium("alice", network.hosts[0], tmp_path, TRUSTING))
        await alice.join(SERVER, room)
        await files.offer(alice, offered)
        said = await run_member(network, 1, "take", room, tmp_path / "taken", 30 if meets else 8)
    if meets:
        assert said == {"status": "connected", "relayed": True, "way": f"relay-{way}", "arrived": True}
    else:
        assert said == {"status": "connecting", "relayed": None, "way": None, "arrived": False}

# SPDX-License-Identifier: AGPL-3.0-only
"""Members who hide their address behind the server's relay [N18]: what others are told, and how packets go."""

import json
import os
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.harness import files
from tests.e2e.harness.person import Person
from tests.net.namespaces import PUBLIC, Network, made_network
from tests.net.people import person_in_chromium
from tests.net.programs import run_member
from tests.net.servers import SERVER, Turn, start_coturn, start_server

TOLD = """() => {
  globalThis.told = [];
  const { setRemoteDescription, addIceCandidate } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    told.push(description.sdp);
    return setRemoteDescription.call(this, description);
  };
  RTCPeerConnection.prototype.addIceCandidate = function (candidate) {
    told.push(candidate.candidate);
    return addIceCandidate.call(this, candidate);
  };
}"""
"""Notes what a page is told of where its peers are."""
DIRECT_BYTES = """async () => {
  let sum = 0;
  for (const connection of probe.connections.filter(({ connectionState }) => connectionState !== "closed")) {
    const stats = new Map([...(await connection.getStats())]);
    for (const pair of stats.values())
      if (pair.type === "candidate-pair" && stats.get(pair.localCandidateId)?.candidateType !== "relay")
        sum += pair.bytesSent + pair.requestsSent + pair.responsesSent;
  }
  return sum;
}"""
"""All that went another way than through one's own relay."""
ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|[\w-]+\.local\b")
NOBODY = {"0.0.0.0", "127.0.0.1"}
"""What descriptions say in the place of an address."""
RELAYED = re.compile(r"connected, relayed \((UDP|TCP)\)")
"""The faster one comes second on a busy machine, and engines stay with the first."""


@asynccontextmanager
async def two_people(folder: Path, turn: Turn) -> AsyncIterator[tuple[Network, Person, Person]]:
    """Alice, and Bob, whose page notes what it is told."""
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(made_network("port-preserving"))
        if turn != "none":
            stack.push_async_callback((await start_coturn(network, folder)).stop)
        stack.push_async_callback((await start_server(network, folder, turn=turn)).stop)
        alice, bob = [
            await stack.enter_async_context(person_in_chromium(name, host, folder))
            for name, host in zip(("alice", "bob"), network.hosts, strict=True)
        ]
        await bob.context.add_init_script(f"({TOLD})()")
        yield network, alice, bob


async def addresses_told(person: Person) -> set[str]:
    """The addresses that a page was told."""
    told = json.dumps(await person.page.evaluate("told"))
    assert "ice-ufrag" in told
    return set(ADDRESS.findall(told)) - NOBODY


@pytest.mark.timeout(120)
async def test_nobody_learns_a_hidden_address(tmp_path: Path) -> None:
    """Neither from candidates nor from descriptions, and not from packets: those come from the relay."""
    room = secrets.token_hex(32)
    async with two_people(tmp_path, "secret") as (_, alice, bob):
        await alice.page.goto(SERVER)
        await alice.page.evaluate("localStorage.setItem('hide_address', 'true')")
        for person in (alice, bob):
            await person.join(SERVER, room)
        await alice.press("Microphone")
        await bob.expect_flowing("audio")
        await alice.expect_state("bob", RELAYED)
        assert await addresses_told(bob) == {PUBLIC}
        assert await alice.page.evaluate(DIRECT_BYTES) == 0


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_a_call_goes_on_while_one_hides_and_shows_their_address(tmp_path: Path) -> None:
    room = secrets.token_hex(32)
    async with two_people(tmp_path, "secret") as (_, alice, bob):
        for person in (alice, bob):
            await person.join(SERVER, room)
        await alice.press("Microphone")
        await bob.expect_flowing("audio")
        await alice.expect_state("bob", "connected through NAT")
        await alice.page.evaluate("change_pref('hide_address', true)")
        await alice.expect_state("bob", RELAYED)
        await bob.expect_flowing("audio")
        before = await alice.page.evaluate(DIRECT_BYTES)
        await bob.expect_flowing("audio")
        assert await alice.page.evaluate(DIRECT_BYTES) == before
        await alice.page.evaluate("change_pref('hide_address', false)")
        await alice.expect_state("bob", "connected through NAT")
        await bob.expect_flowing("audio")


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_without_a_relay_whoever_hides_is_connected_to_nobody(tmp_path: Path) -> None:
    room = secrets.token_hex(32)
    async with two_people(tmp_path, "none") as (_, alice, bob):
        for person in (alice, bob):
            await person.join(SERVER, room)
        await alice.press("Microphone")
        await bob.expect_flowing("audio")
        await bob.page.evaluate("told.length = 0")
        await alice.page.evaluate("change_pref('hide_address', true)")
        await alice.expect_notice("this server has no relay")
        await expect(alice.tile("bob")).to_contain_text("this server has no relay")
        await bob.expect_quiet()
        # Both have tried again by then.
        await bob.page.wait_for_function("() => told.some((text) => text.includes('ice-ufrag'))")
        assert await addresses_told(bob) == set()
        await alice.page.evaluate("change_pref('hide_address', false)")
        await bob.expect_flowing("audio")
        await expect(alice.tile("bob")).not_to_contain_text("relay")


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("turn", ["secret", "none"])
async def test_programs_hide_their_address_as_well(tmp_path: Path, turn: Turn) -> None:
    room = secrets.token_hex(32)
    offered = tmp_path / "it"
    offered.write_bytes(os.urandom(1_048_576))
    async with two_people(tmp_path, turn) as (network, alice, bob):
        await alice.context.close()
        await bob.join(SERVER, room)
        await files.offer(bob, offered)
        seconds = 30 if turn == "secret" else 8
        said = await run_member(network, 0, "take", room, tmp_path / "taken", seconds, "hidden")
        arrives = turn == "secret"
        assert (said["arrived"], said["way"]) in (
            [(True, "relay-udp"), (True, "relay-tcp")] if arrives else [(False, None)]
        )
        assert await addresses_told(bob) == ({PUBLIC} if arrives else set())

# SPDX-License-Identifier: AGPL-3.0-only
"""A call and a file go on while one host changes from a net that has IPv4 alone to one that has IPv6 alone, and back.

The server has one name with an address of each family, and so has the host that stays.
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.net.arriving import FILE_BYTES, arrive_over, slow_down
from tests.net.changes import OUTAGE_SECONDS, Mover, silences_in, talk
from tests.net.namespaces import PUBLIC, Namespace, connect, forward
from tests.net.people import person_in_chromium
from tests.net.servers import serve

NAME = "meet.example.org"
SERVER = f"http://{NAME}:24319"
PUBLIC_IPV6 = "2001:db8::1"
HOSTS = f"127.0.0.1 localhost\n{PUBLIC} {NAME}\n{PUBLIC_IPV6} {NAME}\n"
TRUST = [f"--ip-address-space-overrides=[{PUBLIC_IPV6}]:24319=public"]
"""Chromium takes addresses for documentation for those of a local network, which pages of public ones may not reach."""
IPV4, IPV6 = "way1", "way2"
CHANGES = 4
"""There and back, twice."""
OUTAGES = {"soft": 0, "hard": OUTAGE_SECONDS}
"""How long there is no way, in seconds."""
MOST_SILENCE_MS = {"audio": 6_000, "video": 9_000}
"""Beyond the outage, as for a host that gets another address."""
MOST_STANDSTILL_SECONDS = 20
"""Beyond the outage; channels wait twice as long each time before they try again."""


class FamilyMover(Mover):
    """A host of which one way has IPv4 alone, and the other one IPv6 alone."""

    def address_on(self, way: str) -> str:
        """The address that the host has on a way, with the length of its net."""
        return super().address_on(way) if way == IPV4 else "2001:db8:2::2/64"

    def router_on(self, way: str) -> str:
        """Who leads from there to all others."""
        return super().router_on(way) if way == IPV4 else "2001:db8:2::1"


@asynccontextmanager
async def net(folder: Path) -> AsyncIterator[tuple[Namespace, FamilyMover, Namespace]]:
    """A public net, and two hosts on it: one that will change its family, and one that has both and stays."""
    hosts = folder / "hosts"
    hosts.write_text(HOSTS)
    async with AsyncExitStack() as stack:
        public, moving, staying = [await made(stack) for _ in range(3)]
        moving.hosts = staying.hosts = hosts
        await forward(public)
        for address in (f"{PUBLIC}/32", f"{PUBLIC_IPV6}/128"):
            await public.run("ip", "address", "add", address, "dev", "lo")
        await connect(public, "to-a1 192.168.1.1/24", moving, f"{IPV4} 192.168.1.2/24")
        await connect(public, "to-a2 2001:db8:2::1/64", moving, f"{IPV6} 2001:db8:2::2/64")
        await connect(public, "to-b 203.0.113.1/24", staying, "lan 203.0.113.2/24")
        await public.run("ip", "address", "add", "2001:db8:b::1/64", "dev", "to-b")
        await staying.run("ip", "address", "add", "2001:db8:b::2/64", "dev", "lan")
        for router in ("203.0.113.1", "2001:db8:b::1"):
            await staying.run("ip", "route", "add", "default", "via", router)
        await moving.run("sh", "-c", f"echo 1 > /proc/sys/net/ipv6/conf/{IPV4}/disable_ipv6")
        mover = FamilyMover(moving)
        await mover.unplug(IPV6)
        await mover.plug(IPV4)
        yield public, mover, staying


async def made(stack: AsyncExitStack) -> Namespace:
    """Make a machine, and have it end with the others. Its IPv6 addresses are its own without asking around first."""
    machine = await Namespace.make()
    stack.push_async_callback(machine.end)
    await machine.run("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad")
    return machine


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", OUTAGES)
async def test_a_call_goes_on_between_ipv4_and_ipv6(tmp_path: Path, kind: str) -> None:
    room = secrets.token_hex(32)
    for name in ("ann", "bob"):
        (tmp_path / name).mkdir()
    async with (
        net(tmp_path) as (public, mover, staying),
        serve(public, tmp_path, "[::]"),
        person_in_chromium("ann", mover.host, tmp_path / "ann", TRUST, SERVER) as ann,
        person_in_chromium("bob", staying, tmp_path / "bob", TRUST, SERVER) as bob,
    ):
        await talk(ann, bob, SERVER, room)
        for each in await silences_in(mover, kind, CHANGES, ann.page.evaluate, bob.page.evaluate):
            for track, longest in each.items():
                assert max(longest) < OUTAGES[kind] * 1_000 + MOST_SILENCE_MS[track]
        await ann.expect_people("bob")
        await bob.expect_people("ann")


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(("deed", "kind"), [("offer", "soft"), ("take", "hard")])
async def test_a_file_goes_on_between_ipv4_and_ipv6(tmp_path: Path, deed: str, kind: str) -> None:
    """Of who offers it, or of who takes it."""
    offered, taken = tmp_path / "offered", tmp_path / "taken" / "it"
    offered.write_bytes(os.urandom(FILE_BYTES))
    taken.parent.mkdir()
    async with net(tmp_path) as (public, mover, staying), serve(public, tmp_path, "[::]"):
        await slow_down(public, "to-a1", "to-a2", "to-b")
        await slow_down(mover.host, IPV4, IPV6)
        hosts = {"offer": staying, "take": staying} | {deed: mover.host}
        silences = await arrive_over(hosts, offered, taken, mover, kind, SERVER)
        print(f"{kind} change of who would {deed}, standstills in s: {silences}")  # noqa: T201
    assert taken.read_bytes() == offered.read_bytes()
    assert max(silences) < OUTAGES[kind] + MOST_STANDSTILL_SECONDS

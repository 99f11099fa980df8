# SPDX-License-Identifier: AGPL-3.0-only
"""A server that cheats, and what people see on their pages. `tests/hostile` has the same for programs."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.chat import messages, say
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server
from tests.hostile.proxy import HostileServer, Packet, Victim

# The server of the tests looks into messages with the room's real key.
pytestmark = pytest.mark.programs


@pytest_asyncio.fixture(loop_scope="session")
async def hostile(server: Server, secret: str) -> AsyncIterator[HostileServer]:
    async with HostileServer(server.url, secret).running() as made:
        yield made


async def come(arrive: Arrive, hostile: HostileServer, secret: str, *names: str) -> list[Person]:
    """Let people join one after the other, each with the chat open, so that the victims have their order."""
    people = []
    for name in names:
        people.append(await arrive(name))
        await people[-1].join(hostile.url, secret)
        await people[-1].press("Chat")
    return people


async def test_what_is_withheld_is_told_and_said_again(arrive: Arrive, hostile: HostileServer, secret: str) -> None:
    alice, bob = await come(arrive, hostile, secret, "alice", "bob")
    await bob.expect_people("alice")
    await alice.expect_people("bob")
    dropped: list[Packet] = []

    def drop_one(victim: Victim, packet: Packet) -> list[Packet]:
        if victim is not hostile.victims[1] or not hostile.is_sealed(packet) or dropped:
            return [packet]
        dropped.append(packet)
        return []

    hostile.tamper = drop_one
    for line in ("where is my line?", "and the next one?"):
        await say(alice, line)
    await expect(bob.page.get_by_role("log")).to_contain_text("where is my line?")
    await bob.expect_notice("Something that “alice” said was lost or withheld on its way")


# Pauses between rosters are as short as the test is, instead of 15 s.
SHORT_PAUSES = """
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (act, ms, ...more) => setTimeout(act, ms === 15000 ? 400 : ms, ...more);
"""


@pytest.mark.slow
async def test_what_is_withheld_while_a_call_goes_on_is_told(
    arrive: Arrive, hostile: HostileServer, secret: str
) -> None:
    """Also in a room of two, where sound that comes directly is the only witness."""
    people = [await arrive(name) for name in ("alice", "bob")]
    alice, bob = people
    for person in people:
        await person.context.add_init_script(SHORT_PAUSES)
        await person.join(hostile.url, secret)
    await bob.press("Microphone")
    await alice.expect_flowing("audio")
    by_bob = {"sender": hostile.victims[1].id}
    hostile.tamper = lambda _, packet: [] if packet.get("message", {}).items() >= by_bob.items() else [packet]
    await alice.expect_notice(
        "The server has brought nothing from “bob” for minutes, while you are connected directly."
    )
    await alice.expect_flowing("audio")


async def test_what_is_repeated_or_misdelivered_is_shown_to_nobody(
    arrive: Arrive, hostile: HostileServer, secret: str
) -> None:
    alice, bob, carol = await come(arrive, hostile, secret, "alice", "bob", "carol")
    for person, others in ((alice, "bob carol"), (bob, "alice carol"), (carol, "alice bob")):
        await person.expect_people(*others.split())
    await say(alice, "first")
    await expect(messages(bob).last).to_contain_text("first")
    for_bob = [each for each in hostile.victims[1].messages_of(hostile.victims[0].id) if hostile.is_sealed(each)]
    await hostile.victims[1].tell(*for_bob)
    await hostile.victims[2].tell(*for_bob)
    await say(alice, "last")
    for person in (bob, carol):
        await expect(messages(person).last).to_contain_text("last")
        await expect(messages(person).filter(has_text="first")).to_have_count(1)


@pytest.mark.slow
async def test_yesterdays_room_is_played_to_a_newcomer(arrive: Arrive, hostile: HostileServer, secret: str) -> None:
    """All that alice said to bob, under her id: somebody without a name and a key, who says nothing."""
    alice, bob = await come(arrive, hostile, secret, "alice", "bob")
    await alice.expect_people("bob")
    await say(alice, "the code is 1234")
    await expect(messages(bob).last).to_contain_text("the code is 1234")
    old_id = hostile.victims[0].id
    recorded = hostile.victims[1].messages_of(old_id)
    await alice.press("Leave")
    await bob.press("Leave")
    (carol,) = await come(arrive, hostile, secret, "carol")
    await hostile.victims[2].tell({"client_join": {"id": old_id}}, *recorded)
    await carol.expect_people("unnamed guest")
    await expect(carol.tile("unnamed guest").locator(".who-is")).to_have_text("no key")
    await expect(carol.page.get_by_role("log")).not_to_contain_text("1234")


@pytest.mark.slow
async def test_who_cannot_prove_who_they_are_is_told(arrive: Arrive, hostile: HostileServer, secret: str) -> None:
    """The server keeps back all that could prove a key."""
    hostile.tamper = lambda _, packet: [] if hostile.is_sealed(packet) else [packet]
    alice, _ = await come(arrive, hostile, secret, "alice", "bob")
    await alice.expect_notice("cannot prove who they are, and hears nothing from you until they do")
    hostile.tamper = lambda _, packet: [packet]
    await alice.expect_people("bob")
    await expect(alice.tile("bob").locator(".who-is")).to_have_text("new")


@pytest.mark.slow
async def test_another_id_is_given_in_the_middle(arrive: Arrive, hostile: HostileServer, secret: str) -> None:
    """The server says once more who one is: nobody speaks in somebody else's name from then on."""
    alice, bob = await come(arrive, hostile, secret, "alice", "bob")
    await alice.expect_people("bob")
    await bob.expect_people("alice")
    init = next(packet for packet in hostile.victims[0].packets if "init" in packet)
    await hostile.victims[0].tell({"init": {**init["init"], "your_id": hostile.victims[1].id}})
    await say(alice, "still alice")
    await expect(bob.page.get_by_role("log")).to_contain_text("still alice")
    await expect(messages(bob).last.locator(".who")).to_contain_text("alice")

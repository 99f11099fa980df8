# SPDX-License-Identifier: AGPL-3.0-only
"""Both sides offer at once, again and again, over a slow way to the server."""

import asyncio
import random

import pytest

from tests.e2e.conftest import Meet
from tests.e2e.harness.person import Person
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server

ROUNDS = 10
FIRST_OFFERS = 4
DELAY = 0.2
VIDEO_ROUNDS = 3
"""How many of the rounds add a picture; the others add sound, which two cores can carry more of."""


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_both_add_streams_at_once_ten_times(meet: Meet, server: Server) -> None:
    """After each round, everything that either side shares arrives at the other."""
    shuffled = random.Random()  # noqa: S311 (an order, not a secret)
    seed = shuffled.randrange(10**6)
    shuffled.seed(seed)
    print("seed", seed)  # noqa: T201 (shown when the test fails)
    async with Relay(server.port, delay=DELAY) as relay:
        alice, bob = await meet("alice", "bob", origin=relay.url)
        plans = [_plan(shuffled), _plan(shuffled)]
        shared: dict[str, dict[str, int]] = {"alice": {}, "bob": {}}
        for choices in zip(*plans, strict=True):
            await _both_add(shuffled, [(alice, bob, choices[0]), (bob, alice, choices[1])], shared)
        await _expect_all(bob, shared["alice"])
        await _expect_all(alice, shared["bob"])
        collisions = [await person.page.evaluate("probe.collisions") for person in (alice, bob)]
        assert sum(collisions) > 0, "no two offers ever collided, so nothing was tested"


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_first_offers_of_different_kinds_collide(meet: Meet, server: Server) -> None:
    """A browser that takes back a first offer of video for one of audio must still get its own through, and so on.

    Chromium offers the same header extension ids again then, which it refuses itself: "A BUNDLE group contains a
    codec collision for header extension". Who is polite is drawn anew in each round. In the first one the code that a
    microphone needs comes too late for that.
    """
    async with Relay(server.port, delay=DELAY) as relay:
        alice, bob = await meet("alice", "bob", origin=relay.url)
        for _ in range(FIRST_OFFERS):
            await bob.press("Screen")
            await alice.expect_offered("bob", "Screen")
            # Bob's offer answers the request, which is under way while alice offers what bob wants in any case.
            await alice.enable("bob", "Screen")
            await alice.press("Microphone")
            await bob.expect_flowing("audio")
            await alice.expect_flowing("video")
            await _start_afresh(alice, bob)
        collisions = [await person.page.evaluate("probe.collisions") for person in (alice, bob)]
        assert sum(collisions) > 0, "no two offers ever collided, so nothing was tested"


async def _start_afresh(alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        await person.press("Leave")
    for person in (alice, bob):
        await person.page.get_by_role("button", name="Join again").click()
    await alice.expect_people("bob")
    await bob.expect_people("alice")


def _plan(shuffled: random.Random) -> list[str]:
    """What one side adds, round by round."""
    pictures = [shuffled.choice(["Camera", "Screen"]) for _ in range(VIDEO_ROUNDS)]
    plan = [*pictures, *["Microphone"] * (ROUNDS - VIDEO_ROUNDS)]
    shuffled.shuffle(plan)
    return plan


async def _both_add(
    shuffled: random.Random, sides: list[tuple[Person, Person, str]], shared: dict[str, dict[str, int]]
) -> None:
    shuffled.shuffle(sides)
    for adder, _, control in sides:
        shared[adder.name][control] = shared[adder.name].get(control, 0) + 1
    await asyncio.gather(*(_add(*side, shared[side[0].name][side[2]]) for side in sides))
    for adder, viewer, _ in sides:
        await _expect_all(viewer, shared[adder.name])


async def _add(adder: Person, viewer: Person, control: str, number: int) -> None:
    await adder.press(control)
    if control != "Microphone":
        await viewer.enable(adder.name, control if number == 1 else f"{control} {number}")


async def _expect_all(viewer: Person, streams: dict[str, int]) -> None:
    pictures = streams.get("Camera", 0) + streams.get("Screen", 0)
    if pictures:
        await viewer.expect_flowing("video", pictures)
    if streams.get("Microphone"):
        await viewer.expect_flowing("audio", streams["Microphone"])

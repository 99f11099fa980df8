# SPDX-License-Identifier: AGPL-3.0-only
"""A video that waits to be enabled is previewed by stills, to those who show them, and only while its owner likes."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

ORIGINAL = Path(__file__).parent / "harness" / "original.js"
OFTEN = "change_pref('preview_rate', 1)"
# Of a copy: the next still may come while this one is decoded.
STILL_SIZE = """async ({ src }) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
}"""


async def different_stills(person: Person, owner: str, count: int = 2) -> list[str]:
    """What they see of somebody's video that is not enabled, until so many different stills have come."""
    still = person.tile(owner).get_by_role("img", name=f"Preview: Camera of {owner}")
    seen = [await still.get_attribute("src") or ""]
    while len(seen) < count:
        await expect(still).not_to_have_attribute("src", seen[-1])
        seen.append(await still.get_attribute("src") or "")
    assert len(set(seen)) == count
    return seen


@pytest.mark.slow
async def test_stills_come_until_the_video_does(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.page.evaluate(OFTEN)
    await alice.press("Camera")
    for still in await different_stills(bob, "alice"):
        assert still.startswith("data:image/jpeg;base64,")
        assert len(still) < 65_536
    stills = bob.tile("alice").get_by_role("img")
    assert await stills.evaluate(STILL_SIZE) == [256, 192]
    assert not await bob.page.evaluate("probe.connections.length"), "stills need no connection"

    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    await expect(stills).to_have_count(0)
    await bob.disable("alice", "Camera")
    await different_stills(bob, "alice")
    await alice.stop_sharing("Camera")
    await expect(stills).to_have_count(0)


@pytest.mark.slow
async def test_stills_are_as_large_and_as_frequent_as_set(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    sizes = {}
    for quality in (1, 100):
        await alice.page.evaluate(
            f"change_pref('preview_encoding_quality', {quality}); change_pref('preview_rate', 1);"
            " change_pref('preview_resolution', 128)"
        )
        if quality == 1:
            await alice.press("Camera")
        # One that was taken before may be on its way.
        await different_stills(bob, "alice", 3)
        still = bob.tile("alice").get_by_role("img")
        assert await still.evaluate(STILL_SIZE) == [128, 96]
        sizes[quality] = len(await still.get_attribute("src") or "")
    assert sizes[1] < sizes[100]


@pytest.mark.slow
async def test_largest_still_fits_into_a_preview(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.page.evaluate(
        "change_pref('preview_encoding_quality', 100); change_pref('preview_rate', 1);"
        " change_pref('preview_resolution', 1024)"
    )
    await alice.press("Camera")
    (still,) = await different_stills(bob, "alice", 1)
    assert len(still) <= 65_536


@pytest.mark.slow
async def test_no_stills_of_who_does_not_like_them(meet: Meet) -> None:
    alice, bob, carol = await meet("alice", "bob", "carol")
    await alice.page.evaluate("change_pref('send_previews', false)")
    for person in (alice, carol):
        await person.page.evaluate(OFTEN)
        await person.press("Camera")
    await bob.expect_offered("alice", "Camera")
    # Carol's stills tell that there was time for two of Alice's.
    await different_stills(bob, "carol", 3)
    await expect(bob.tile("alice").get_by_role("img")).to_have_count(0)
    await alice.page.evaluate("change_pref('send_previews', true)")
    await different_stills(bob, "alice")


@pytest.mark.slow
async def test_stills_go_only_to_those_who_announce_that_they_show_them(
    meet: Meet, arrive: Arrive, server: Server, secret: str
) -> None:
    alice, bob = await meet("alice", "bob")
    other = await arrive("other")
    await other.page.goto(f"{server.url}/license")
    await other.page.evaluate(ORIGINAL.read_text())
    await other.page.evaluate(
        "(secret) => original.join(secret, 'other').then((client) => { window.client = client; })", secret
    )
    await alice.expect_people("bob", "other")
    await alice.page.evaluate(OFTEN)
    await alice.press("Camera")
    await different_stills(bob, "alice")
    # What is said afterwards has come, so whatever was said before would have.
    await alice.press("Microphone")
    assert await other.page.evaluate(
        "probe.until(() => client.seen.kinds.filter((kind) => kind === 'provide').length === 2, 10000)"
    )
    assert "preview" not in await other.page.evaluate("client.seen.kinds")

# SPDX-License-Identifier: AGPL-3.0-only
"""Nothing is sent that nobody asked for."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Meet

ANY_CONNECTION = "probe.connections.length > 0"


@pytest.mark.slow
async def test_camera_is_sent_only_while_somebody_wants_it(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Camera")
    await bob.expect_offered("alice", "Camera")
    await bob.expect_state("alice", "not connected yet")
    assert not await alice.page.evaluate(ANY_CONNECTION), "a connection was made for a stream that nobody wants"

    await bob.enable("alice", "Camera")
    await alice.expect_sending("video")
    await bob.disable("alice", "Camera")
    await alice.expect_nothing_sent("video")
    await expect(bob.tile("alice").locator("video")).to_have_count(0)

    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")


@pytest.mark.parametrize("times", [pytest.param(2, marks=pytest.mark.slow), pytest.param(4, marks=pytest.mark.slow)])
async def test_camera_that_is_enabled_again_and_again_keeps_its_media_section(meet: Meet, times: int) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Camera")
    for _ in range(times):
        await bob.enable("alice", "Camera")
        await bob.expect_flowing("video")
        await bob.disable("alice", "Camera")
        await alice.expect_nothing_sent("video")
    sections = "probe.connections.map((each) => each.localDescription.sdp.split('\\nm=video').length - 1)"
    assert await alice.page.evaluate(sections) == [1]


async def test_camera_is_sent_to_those_alone_who_want_it(meet: Meet) -> None:
    alice, bob, carol = await meet("alice", "bob", "carol")
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    await carol.expect_offered("alice", "Camera")
    await carol.expect_state("alice", "not connected yet")
    assert not await carol.page.evaluate(ANY_CONNECTION)


@pytest.mark.slow
async def test_microphone_is_sent_until_it_is_disabled(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    await bob.disable("alice", "Microphone")
    await alice.expect_nothing_sent("audio")
    await bob.enable("alice", "Microphone")
    await bob.expect_flowing("audio")


@pytest.mark.slow
async def test_stopped_stream_is_gone(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    await alice.stop_sharing("Camera")
    await alice.expect_nothing_sent("video")
    await expect(bob.tile("alice").locator("button:not(.who-is)")).to_have_count(0)
    await expect(alice.own_tile.get_by_role("listitem")).to_have_count(0)

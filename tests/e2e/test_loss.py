# SPDX-License-Identifier: AGPL-3.0-only
"""A call over a way that loses packets: what is heard and seen, what is done about it, what is said of it [N16]."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, LaunchBrowser, Meet
from tests.e2e.harness import sounds
from tests.e2e.harness.calls import Call
from tests.e2e.harness.intelligibility import intelligibility
from tests.e2e.harness.lossy import Conditions, LossyWay
from tests.e2e.harness.server import Server

DELAY = 0.04
MEASURED_SECONDS = 30
HEARD_SECONDS = 12
UNDERSTOOD = 0.75
LOSSES = [(0.1, 1, 0.01), (0.2, 1, 0.03), (0.1, 3, 0.03)]
"""The part of packets that is lost, in bursts of how many, and the most of the sound that may be made up."""
BAD_WAY = "Bad connection between the two of you"
DESCRIPTION = "() => probe.connections[0].remoteDescription.sdp.split('\\r\\n')"
OFFERS = """(() => {
    globalThis.offers = [];
    const take = RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function (description) {
        offers.push(...(description.type === "offer" ? [description.sdp.split("\\r\\n")] : []));
        return take.call(this, description);
    };
})()"""
PRIORITIES = """(wanted) => probe.until(() => {
    const senders = probe.connections.flatMap((connection) => connection.getSenders()).filter(({ track }) => track);
    return senders.length === 2 && senders.every((sender) =>
        sender.getParameters().encodings.every(({ priority }) => priority === wanted[sender.track.kind]));
}, 15000)"""

BeginCall = Callable[[LossyWay], Awaitable[Call]]


@pytest_asyncio.fixture(loop_scope="session")
async def begin_call(launch: LaunchBrowser, server: Server, secret: str, tmp_path: Path) -> AsyncIterator[BeginCall]:
    """Let Alice speak to Bob over a way, in a room of their own."""
    calls: list[Call] = []
    wav = sounds.speech(tmp_path / "speech.wav")

    async def begin(way: LossyWay) -> Call:
        microphone = f"--use-file-for-fake-audio-capture={wav}"
        devices = ["--use-fake-device-for-media-stream=fps=15", "--use-fake-ui-for-media-stream", microphone]
        browsers = [await launch(devices=devices) for _ in range(2)]
        calls.append(await Call.begin(browsers, way, server.url, f"{len(calls)} {secret}"))
        return calls[-1]

    yield begin
    for each in calls:
        await each.end()


async def test_ours_ask_for_lost_sound(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    for person in (alice, bob):
        assert "a=rtcp-fb:111 nack" in await person.page.evaluate(DESCRIPTION)


async def test_the_first_offer_knows_what_the_other_side_can(
    arrive: Arrive, meet: Meet, server: Server, secret: str
) -> None:
    """The features of a hello count as soon as it is proven [M10]: of [N16], and of what bundles all streams [N10]."""
    [alice] = await meet("alice")
    await alice.press("Microphone")
    bob = await arrive("bob")
    await bob.page.add_init_script(OFFERS)
    await bob.join(server.url, secret)
    await bob.expect_flowing("audio")
    assert "a=rtcp-fb:111 nack" in await bob.page.evaluate("offers[0]")
    for person in (alice, bob):
        policy = "probe.connections[0].getConfiguration().bundlePolicy"
        assert await person.page.evaluate(policy) == "max-bundle"


@pytest.mark.slow
async def test_sound_comes_before_pictures(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    for control in ("Camera", "Microphone"):
        await alice.press(control)
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    assert await alice.page.evaluate(PRIORITIES, {"audio": "high", "video": "low"})


@pytest.mark.slow
@pytest.mark.timeout(90)
async def test_who_hears_what_is_lost_asks_for_it(begin_call: BeginCall) -> None:
    """Whoever speaks is told of it seldom, and never here. The first offer may come before Alice knew what Bob does."""
    async with LossyWay(Conditions(delay=DELAY)) as way:
        call = await begin_call(way)
        way.conditions.loss, way.conditions.loses_reports = 0.2, True
        await call.bob.page.wait_for_function(f"() => ({DESCRIPTION})().includes('a=rtcp-fb:111 nack')")


@pytest.mark.slow
@pytest.mark.timeout(90)
async def test_bad_way_is_said_once_and_mended(begin_call: BeginCall) -> None:
    """On the tiles of both, for as long as it is bad; those who do not look hear of it once."""
    async with LossyWay(Conditions(delay=DELAY)) as way:
        call = await begin_call(way)
        for person in (call.alice, call.bob):
            await expect(person.page.get_by_text(BAD_WAY)).to_have_count(0)
        way.conditions.loss = 0.2
        await expect(call.bob.tile("alice").get_by_text(BAD_WAY)).to_be_visible()
        await expect(call.alice.tile("bob").get_by_text(BAD_WAY)).to_be_visible()
        await call.expect_repeating(True)
        # The first offer may have come before Alice knew what Bob does.
        assert "a=rtcp-fb:111 nack" in await call.bob.page.evaluate(DESCRIPTION)
        way.conditions.loss = 0
        await expect(call.bob.tile("alice").get_by_text(BAD_WAY)).to_have_count(0)
        way.conditions.loss = 0.2
        await expect(call.bob.tile("alice").get_by_text(BAD_WAY)).to_be_visible()
        for person, other in ((call.alice, "bob"), (call.bob, "alice")):
            assert [line for line in await person.announcements() if BAD_WAY in line] == [f"“{other}”: {BAD_WAY}"]


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(240)
async def test_sound_of_a_lossy_way_is_whole(begin_call: BeginCall) -> None:
    """From the first lost packet on, of speech at 80 ms there and back, in calls side by side."""
    async with AsyncExitStack() as stack:
        ways = [await stack.enter_async_context(LossyWay(Conditions(delay=DELAY))) for _ in LOSSES]
        calls = [await begin_call(way) for way in ways]
        for way, (loss, burst, _) in zip(ways, LOSSES, strict=True):
            way.conditions.loss, way.conditions.burst = loss, burst
        concealed = await asyncio.gather(*(call.concealed(MEASURED_SECONDS) for call in calls))
    too_much = [case for case, part in zip(LOSSES, concealed, strict=True) if part > case[2]]
    assert not too_much, concealed


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(240)
async def test_pictures_of_a_lossy_way_do_not_stand_still(begin_call: BeginCall) -> None:
    async with LossyWay(Conditions(delay=DELAY)) as way:
        call = await begin_call(way)
        await call.show()
        way.conditions.loss = 0.1
        assert await call.concealed(MEASURED_SECONDS) <= 0.01
        assert await call.longest_still() <= 2


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(240)
async def test_speech_is_understood_over_a_narrow_way(begin_call: BeginCall, tmp_path: Path) -> None:
    """A way that carries 300 kbit/s of what was a good way: pictures make room, and go on."""
    async with LossyWay(Conditions(delay=DELAY)) as way:
        call = await begin_call(way)
        await call.show()
        way.conditions.rate = 300_000
        assert await call.concealed(MEASURED_SECONDS) <= 0.02
        assert await intelligibility(call.bob.page, tmp_path / "speech.wav", HEARD_SECONDS) >= UNDERSTOOD
        await call.bob.expect_flowing("video")


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_good_way_costs_no_more_than_before(begin_call: BeginCall) -> None:
    """Repeating ends half a minute after the last loss."""
    async with LossyWay(Conditions(delay=DELAY)) as way:
        call = await begin_call(way)
        await call.expect_repeating(False)
        way.conditions.loss = 0.1
        await call.expect_repeating(True)
        way.conditions.loss = 0
        await call.expect_repeating(False)
        await call.bob.expect_flowing("audio")

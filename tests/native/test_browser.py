# SPDX-License-Identifier: AGPL-3.0-only
"""A person in a real browser and a program, in one room."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from keks_meet.client.events import ChatReceived, PeerLeft, StreamArrived, TransferEnded, TransferStarted
from keks_meet.client.room import Room
from keks_meet.session.descriptions import Description
from keks_meet.session.negotiation import Negotiation
from keks_meet.session.path_watch import PathWatch
from tests.e2e.conftest import Arrive, arrive, browser, playwright  # noqa: F401 - fixtures
from tests.e2e.harness.beats import expect_beats
from tests.e2e.harness.chat import PIXEL, give_image, messages, panel, say
from tests.e2e.harness.files import expect_whole, item, offer, sha256, start_download
from tests.e2e.harness.person import Person
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.files.made import MIB, HeldSink, HeldSource, made_file
from tests.native.waiting import event_in, offer_in, peer_of, soon, until

pytestmark = pytest.mark.programs
BEATS = 8
"""Of a page, which says each of them twice."""
DELAY = 0.1
TURNS = [2, pytest.param(6, marks=pytest.mark.slow)]
"""With two, whoever is polite; with six, most likely each of them at some time."""


@pytest_asyncio.fixture(loop_scope="session")
async def alice(arrive: Arrive, server: Server, secret: str) -> Person:  # noqa: F811
    """A person who is in the test's room."""
    person = await arrive("alice")
    await person.join(server.url, secret)
    return person


@pytest.fixture
def collisions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The offers that came to a program while one of its own was out."""
    seen: list[str] = []
    take = Negotiation._take_offer

    def watch(self: Negotiation, incoming: Description) -> list:
        if self._signaling == "have-local-offer":
            seen.append("polite" if self._polite else "impolite")
        return take(self, incoming)

    monkeypatch.setattr(Negotiation, "_take_offer", watch)
    return seen


@pytest.mark.parametrize(
    "size", [pytest.param(0, marks=pytest.mark.slow), 8 * MIB, pytest.param(64 * MIB, marks=pytest.mark.slow)]
)
async def test_files_both_ways(alice: Person, join: Join, tmp_path: Path, size: int) -> None:
    bob = await join("bob")
    theirs, ours = made_file(tmp_path, size, "theirs.bin"), made_file(tmp_path, size, "ours.bin")
    await offer(alice, theirs)
    peer, resource = await offer_in(bob)
    assert (peer.username, resource.label, resource.size) == ("alice", "theirs.bin", size)
    target = await bob.download(peer.key, resource.id, tmp_path / "received")
    assert target is not None
    assert sha256(target) == sha256(theirs)
    await bob.provide(ours)
    await expect_whole(await start_download(alice, "bob", "ours.bin"), ours)
    outgoing = await event_in(bob, TransferEnded)
    while outgoing.transfer.direction == "in":
        outgoing = await event_in(bob, TransferEnded)
    assert (outgoing.transfer.outcome, outgoing.transfer.bytes) == ("whole", size)


async def test_without_sound_they_tell_each_other_that_the_way_works(alice: Person, join: Join, tmp_path: Path) -> None:
    bob = await join("bob")
    giving = HeldSource(made_file(tmp_path, 2 * MIB, "ours.bin"))
    await bob.provide(giving)
    heard = []
    take = PathWatch.beat
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PathWatch, "beat", lambda watch, now, text: (heard.append(text), take(watch, now, text)))
        download = await start_download(alice, "bob", "ours.bin")
        await expect_beats(alice)
        await until(lambda: heard.count("500") >= BEATS)
        giving.go_on.set()
        await download.path()


async def test_chat_and_names(alice: Person, join: Join) -> None:
    bob = await join("bob")
    await alice.expect_people("bob")
    await peer_of(bob, "alice")
    await alice.press("Chat")
    await say(alice, "hello bob")
    said = await event_in(bob, ChatReceived)
    assert (said.peer.username, said.text) == ("alice", "hello bob")
    bob.send_chat("hello alice")
    await expect(messages(alice).last).to_contain_text("hello alice")
    await give_image(alice, "paste", "body")
    image = (await event_in(bob, ChatReceived)).image
    assert image is not None
    bob.send_chat(image=image)
    shown = panel(alice).get_by_role("img", name="Image from bob")
    assert await shown.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 1
    assert image.startswith("data:image/")
    assert len(PIXEL) > 0
    bob.rename("robert")
    await alice.expect_people("robert")
    await alice.page.evaluate("change_pref('username', 'alicia')")
    await peer_of(bob, "alicia")
    await alice.page.get_by_role("toolbar", name="Controls").get_by_role("button", name="Leave", exact=True).click()
    await event_in(bob, PeerLeft)


async def test_all_is_heard_in_the_order_in_which_it_was_said(alice: Person, join: Join) -> None:
    """What is large takes longer to be sealed and opened than what is small [E4]."""
    bob = await join("bob")
    await alice.expect_people("bob")
    await peer_of(bob, "alice")
    await alice.press("Chat")
    lines = [("large " * 3_000 if number % 2 else "small ") + str(number) for number in range(12)]
    for line in lines:
        await say(alice, line)
    assert [(await event_in(bob, ChatReceived)).text for _ in lines] == lines
    for line in lines:
        bob.send_chat(line)
    theirs = messages(alice).filter(has=alice.page.locator(".who", has_text="bob")).locator("p")
    await expect(theirs).to_have_text([re.compile(f"{line[:5]}.* {number}$") for number, line in enumerate(lines)])


@pytest.mark.slow
async def test_restarted_server_interrupts_no_transfer(
    arrive: Arrive,  # noqa: F811
    own_server: Server,
    secret: str,
    tmp_path: Path,
) -> None:
    """Neither the program's disk takes anything meanwhile, nor does its file give anything."""
    person = await arrive("alice")
    await person.join(own_server.url, secret)
    theirs, ours = made_file(tmp_path, 20 * MIB, "theirs.bin"), made_file(tmp_path, 20 * MIB, "ours.bin")
    taking, giving = HeldSink(), HeldSource(ours)
    async with Room(secret, server=own_server.url, username="bob") as bob:
        await offer(person, theirs)
        await bob.provide(giving)
        peer, resource = await offer_in(bob)
        arriving = asyncio.create_task(bob.download(peer.key, resource.id, taking))
        await event_in(bob, TransferStarted)
        download = await start_download(person, "bob", "ours.bin")
        await until(lambda: giving.is_held and taking.is_held)
        await own_server.kill()
        await soon(bob, lambda: bob.link == "reconnecting" or None)
        await own_server.start()
        await soon(bob, lambda: bob.link == "joined" or None)
        for held in (taking, giving):
            held.go_on.set()
        await arriving
        assert taking.data == theirs.read_bytes()
        await expect_whole(download, ours)
        assert (await peer_of(bob, "alice")).key == peer.key
        await person.expect_people("bob")


@pytest_asyncio.fixture(loop_scope="session")
async def slow(server: Server) -> AsyncIterator[Relay]:
    """A slow way to the server."""
    async with Relay(server.port, delay=DELAY) as relay:
        yield relay


@pytest.mark.slow
@pytest.mark.timeout(150)
@pytest.mark.parametrize("turns", TURNS)
async def test_both_ask_for_each_others_files_at_once(
    arrive: Arrive,  # noqa: F811
    slow: Relay,
    secret: str,
    tmp_path: Path,
    collisions: list[str],
    turns: int,
) -> None:
    """Who is polite is drawn anew with each turn's program."""
    person = await arrive("alice")
    await person.join(slow.url, secret)
    theirs, ours = made_file(tmp_path, MIB, "theirs.bin"), made_file(tmp_path, MIB, "ours.bin")
    await offer(person, theirs)
    for turn in range(turns):
        async with Room(secret, server=slow.url, username=f"bob {turn}") as bob:
            await bob.provide(ours)
            peer, resource = await offer_in(bob)
            button = item(person.tile(f"bob {turn}"), "ours.bin").get_by_role("button", name="Download")
            await expect(button).to_be_visible()
            # Both requests wait here, and are granted at the same time.
            slow.hold()
            arriving = asyncio.create_task(bob.download(peer.key, resource.id, tmp_path / f"received {turn}"))
            await event_in(bob, TransferStarted)
            async with person.page.expect_download() as begun:
                await button.click()
                slow.release()
            await arriving
            assert sha256(tmp_path / f"received {turn}") == sha256(theirs)
            await expect_whole(await begun.value, ours)
        await person.expect_people()
    assert collisions, "no two offers ever collided, so nothing was tested"


@pytest.mark.slow
@pytest.mark.timeout(150)
@pytest.mark.parametrize("turns", TURNS)
async def test_camera_and_file_at_once(
    arrive: Arrive,  # noqa: F811
    slow: Relay,
    secret: str,
    tmp_path: Path,
    collisions: list[str],
    turns: int,
) -> None:
    person = await arrive("alice")
    await person.join(slow.url, secret)
    ours = made_file(tmp_path, MIB, "ours.bin")
    await person.press("Camera")
    for turn in range(turns):
        async with Room(secret, server=slow.url, username=f"bob {turn}") as bob:
            await bob.provide(ours)
            peer, camera = await offer_in(bob)
            assert (camera.kind, camera.track_kind) == ("track", "video")
            button = item(person.tile(f"bob {turn}"), "ours.bin").get_by_role("button", name="Download")
            await expect(button).to_be_visible()
            slow.hold()
            bob.request(peer.key, camera.id)
            async with person.page.expect_download() as begun:
                await button.click()
                slow.release()
            arrived = await event_in(bob, StreamArrived)
            # A stream is known by its id [N3].
            assert (arrived.resource.id, arrived.stream.id) == (camera.id, camera.id)
            assert len(arrived.stream.get_video_tracks()) == 1
            await person.expect_sending("video")
            await expect_whole(await begun.value, ours)
        await person.expect_people()
    assert collisions, "no two offers ever collided, so nothing was tested"


async def test_pages_and_programs_ask_each_other_for_lost_sound(alice: Person, join: Join) -> None:
    """A program's description says so, and its engine takes the page's, which does as well [N16]."""
    bob = await join("bob")
    await alice.press("Microphone")
    peer, microphone = await offer_in(bob)
    bob.request(peer.key, microphone.id)
    await event_in(bob, StreamArrived)
    await alice.expect_sending("audio")
    assert "a=rtcp-fb:111 nack" in await alice.page.evaluate("probe.connections[0].remoteDescription.sdp")


async def test_pages_and_programs_sign_names_and_see_the_same(alice: Person, join: Join) -> None:
    """A name that is not rightly signed is not taken, and rosters have the same hash [Y7] [Y15] [Y16]."""
    bob, carol = await join("bob"), await join("carol")
    await alice.expect_people("bob", "carol")
    for room in (bob, carol):
        await peer_of(room, "alice")
    rosters = [room._runtime._sealing._roster for room in (bob, carol)]

    def agree() -> bool:
        said = {member.hash for roster in rosters for member in roster._signing()} | {each._hash for each in rosters}
        return len(said) == 1 and None not in said

    await until(agree)
    assert [len(roster._signing()) for roster in rosters] == [2, 2]
    assert bob.ignored_messages == carol.ignored_messages == 0

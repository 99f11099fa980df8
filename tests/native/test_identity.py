# SPDX-License-Identifier: AGPL-3.0-only
"""People who know each other by their keys: in the library, and in rift."""

import asyncio
import io
import itertools
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from keks_meet.client.events import PeerChanged, PeerJoined, RoomCodeChanged
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.identity.key_files import KeyFiles
from keks_meet.client.room import FEATURES, Room
from keks_meet.rift.config import made_name
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.original import Original
from tests.native.rift import Start
from tests.native.waiting import event_in, offer_in, peer_of, soon, until


@pytest.fixture
def bobs_keys(tmp_path: Path) -> KeyFiles:
    return KeyFiles(tmp_path / "bob")


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    """Where a rift keeps its key, and whom it knows."""
    return {"XDG_STATE_HOME": str(tmp_path / "state"), "KEKS_IDENTITY_SCOPE": "everywhere"}


def keys_of(state: dict[str, str]) -> KeyFiles:
    return KeyFiles(Path(state["XDG_STATE_HOME"]) / "keks-meet" / "identity")


async def test_who_was_met_is_known_the_next_time(
    server: Server, join: Join, secret: str, tmp_path: Path, bobs_keys: KeyFiles
) -> None:
    alices = KeyFiles(tmp_path / "alice")
    marks = []
    for name in ("bob", "robert"):
        async with Room(secret, server=server.url, username="alice", keys=alices) as alice:
            await join(name, keys=bobs_keys)
            peer = await peer_of(alice, name)
            marks.append((peer.identity.mark, peer.identity.fingerprint))
            await until(lambda name=name: name in {each.username for each in alices.people().values()})
    fingerprint = bobs_keys.signing_key("").credential.fingerprint.hex()
    assert marks == [("new", fingerprint), ("known", fingerprint)]
    (person,) = alices.people().values()
    assert person.username == "robert"


async def test_a_name_that_belongs_to_a_key_is_nobody_elses(
    server: Server, join: Join, secret: str, tmp_path: Path, bobs_keys: KeyFiles
) -> None:
    """Verified in rift, claimed by another key and by none."""
    alices = KeyFiles(tmp_path / "alice")
    async with Room(secret, server=server.url, username="alice", keys=alices) as alice:
        bob = await join("bob", keys=bobs_keys)
        await peer_of(alice, "bob")
        await until(alices.people)
        await bob.leave()
    alices.change(lambda people: {key: verified(person) for key, person in people.items()})
    async with Room(secret, server=server.url, username="alice", keys=alices) as alice:
        await join("B o b")
        stranger = (await event_in(alice, PeerJoined)).peer
        assert stranger.identity.mark == "changed"
        alice.accept_name(stranger)
        assert (await event_in(alice, PeerChanged)).peer.identity.mark == "new"
        await join("bob", keys=bobs_keys)
        assert (await event_in(alice, PeerJoined)).peer.identity.mark == "verified"
        async with Original(server.url, secret):
            assert (await event_in(alice, PeerJoined)).peer.identity.mark == "no key"


async def test_a_client_that_guards_against_less_is_not_trusted(
    rift: Start, server: Server, join: Join, secret: str, tmp_path: Path, bobs_keys: KeyFiles, state: dict[str, str]
) -> None:
    """Somebody who is known comes with a client that says no rosters any more."""
    alices = KeyFiles(tmp_path / "alice")
    async with (
        Room(secret, server=server.url, username="alice", keys=alices) as alice,
        rift("receive", "--json", **state) as receiver,
    ):
        bob = await join("bob", keys=bobs_keys)
        for keys in (alices, keys_of(state)):
            await until(lambda keys=keys: any(each.username == "bob" for each in keys.people().values()))
        await bob.leave()
        await soon(alice, lambda: not any(each.username == "bob" for each in alice.peers) or None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("keks_meet.client.room.FEATURES", tuple(each for each in FEATURES if each != "roster-1"))
            await join("bob", keys=bobs_keys)
        old = await peer_of(alice, "bob")
        assert (old.identity.mark, old.identity.protects_less) == ("changed", True)
        alice.accept_name(old)
        assert (await event_in(alice, PeerChanged)).peer.identity.mark in {"known", "new"}
        warning = 'The client of "bob" (changed) guards against less than before: it is not trusted.'
        await receiver.says("warning", text=warning)


async def test_oneself_at_another_device_is_nobody_new(
    server: Server, join: Join, secret: str, bobs_keys: KeyFiles
) -> None:
    async with Room(secret, server=server.url, username="bob", keys=bobs_keys) as bob:
        await join("bob at home", keys=bobs_keys)
        assert (await event_in(bob, PeerJoined)).peer.identity.mark == "known"
    assert bobs_keys.people() == {}


async def test_rift_tells_who_is_known(rift: Start, join: Join, state: dict[str, str], bobs_keys: KeyFiles) -> None:
    await join("bob", keys=bobs_keys)
    fingerprint = bobs_keys.signing_key("").credential.fingerprint.hex()
    names = set()
    for mark in ("new", "known"):
        async with rift("receive", "--json", **state) as receiver:
            names.add((await receiver.says("joined"))["username"])
            peer = (await receiver.says("peer-joined"))["peer"]
            assert (peer["mark"], peer["fingerprint"]) == (mark, fingerprint)
            await until(keys_of(state).people)
    own = keys_of(state).signing_key("").credential.fingerprint
    assert names == {made_name(own)}, "a name that was made up is the same as long as the key"
    async with rift("people", "--json", **state) as people:
        assert await people.ends() == 0
        person = await people.says("person")
        assert (person["username"], person["fingerprint"], person["mark"]) == ("bob", fingerprint, "known")


async def test_people_are_named_and_forgotten(
    rift: Start, join: Join, state: dict[str, str], bobs_keys: KeyFiles
) -> None:
    bob = await join("bob", keys=bobs_keys)
    async with rift("receive", "--json", **state) as receiver:
        await receiver.says("peer-joined")
        await until(keys_of(state).people)
    async with rift("people", "bob", "--rename", "Bob from work", **state) as renaming:
        assert await renaming.ends() == 0
    async with rift("receive", "--json", **state) as receiver:
        assert (await receiver.says("peer-joined"))["peer"]["petname"] == "Bob from work"
    async with rift("verify", "Bob from work", "--json", **state) as verifying:
        assert await verifying.ends() == 0
        assert len((await verifying.says("safety-number"))["number"].split()) == 12
    async with rift("people", "Bob from work", "--rename", "", **state) as renaming:
        assert await renaming.ends() == 0
        assert "is called what it calls itself again" in renaming.errors
    async with rift("people", "bob", "--forget", **state) as forgetting:
        assert await forgetting.ends() == 0
    assert keys_of(state).people() == {}
    async with rift("people", "bob", **state) as missing:
        assert await missing.ends() == 2
    assert bob.link == "joined"


async def test_people_are_taken_to_another_device(
    rift: Start, join: Join, state: dict[str, str], bobs_keys: KeyFiles, tmp_path: Path
) -> None:
    await join("bob", keys=bobs_keys)
    async with rift("receive", "--json", **state) as receiver:
        await receiver.says("peer-joined")
        await until(keys_of(state).people)
    keys_of(state).change(lambda people: {key: verified(person) for key, person in people.items()})
    file, words = tmp_path / "people.json", {"KEKS_PASSPHRASE": "correct horse battery"}
    for passphrase, code in (("too short", 2), (words["KEKS_PASSPHRASE"], 0), (words["KEKS_PASSPHRASE"], 2)):
        async with rift("people", "--export", file, **state, KEKS_PASSPHRASE=passphrase) as exporting:
            assert await exporting.ends() == code  # the last one would write over it
    assert file.stat().st_mode & 0o777 == 0o600
    home = {**state, "XDG_STATE_HOME": str(tmp_path / "at home")}
    for passphrase, code in (("another passphrase", 2), (words["KEKS_PASSPHRASE"], 0)):
        async with rift("people", "--import", file, **home, KEKS_PASSPHRASE=passphrase) as importing:
            assert await importing.ends() == code
    (person,) = keys_of(home).people().values()
    assert (person.username, person.verified_as) == ("bob", "bob")
    file.write_text("[]")
    async with rift("people", "--import", file, **home, **words) as importing:
        assert await importing.ends() == 2


async def test_a_file_of_one_person_alone(
    rift: Start, join: Join, state: dict[str, str], bobs_keys: KeyFiles, tmp_path: Path
) -> None:
    """Somebody else offers one first, under the same name."""
    bob, mallory = await join("bob", keys=bobs_keys), await join("bob")
    await mallory.provide(StreamSource(io.BytesIO(b"bad"), "it"), "it")
    fingerprint = bobs_keys.signing_key("").credential.fingerprint.hex()
    async with rift("receive", tmp_path / "first", "--json", **state) as receiver:
        for _ in range(2):
            await receiver.says("peer-joined")
        await until(lambda: len(keys_of(state).people()) == 2)
    target = tmp_path / "taken"
    async with rift("receive", target, "--from", fingerprint[:12], **state) as receiver:
        await bob.provide(StreamSource(io.BytesIO(b"good"), "it"), "it")
        assert await receiver.ends() == 0
    assert target.read_bytes() == b"good"


async def test_a_port_opens_for_keys_and_not_for_names(
    rift: Start, join: Join, state: dict[str, str], bobs_keys: KeyFiles
) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    web = await asyncio.start_server(greet, "127.0.0.1", 0)
    bob, mallory = await join("bob", keys=bobs_keys), await join("mallory")
    async with rift("receive", "--json", **state) as receiver:
        for _ in range(2):
            await receiver.says("peer-joined")
        await until(lambda: len(keys_of(state).people()) == 2)
    mallory.rename("bob")
    async with rift("expose", "1", "--allow", "bob", **state) as refused:
        assert await refused.ends() == 2  # a name that anybody claims opens nothing
    fingerprint = bobs_keys.signing_key("").credential.fingerprint.hex()
    async with rift("people", fingerprint, "--rename", "Bob", **state) as naming:
        assert await naming.ends() == 0
    port = web.sockets[0].getsockname()[1]
    async with web, rift("expose", str(port), "it", "--allow", "Bob", "--json", **state) as exposing:
        await exposing.says("providing")
        for room, expected in ((bob, b"hello"), (mallory, b"")):
            await offer_in(room, "it")
            forward = await room.forward("it")
            assert await read_from(forward.port) == expected


async def read_from(port: int) -> bytes:
    """Return what a port says; nothing if it lets nobody in."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def verified(person):
    """Return a person whose key was compared."""
    return type(person)(
        person.credential, person.username, person.first_seen, person.last_seen, verified_as=person.username
    )


async def code_of(room: Room) -> RoomCodeChanged:
    """Wait for a code that is to be compared."""
    return await event_in(room, RoomCodeChanged, status="code")


async def test_three_have_one_code_and_are_verified(server: Server, join: Join, secret: str) -> None:
    """Whoever joins later is not covered; whoever finds another code tells all."""
    rooms = [await join(name) for name in ("alice", "bob", "carol")]
    for room, name in itertools.product(rooms, ("alice", "bob", "carol")):
        if name != room.username:
            await peer_of(room, name)
    alice, bob, carol = rooms
    alice.start_code()
    codes = [await code_of(room) for room in rooms]
    assert len({each.code for each in codes}) == 1
    assert {peer.username for peer in codes[1].members} == {"alice", "carol"}
    assert codes[0].by is None
    assert codes[1].by
    assert codes[1].by.username == "alice"
    code = codes[0].code or ""
    carol.rename("bob")
    await soon(alice, lambda: len([peer for peer in alice.peers if peer.username == "bob"]) == 2 or None)
    assert not await alice.settle_code("lusab-babad" if code != "lusab-babad" else "babad", matches=True)
    assert await alice.settle_code(code, matches=True)
    assert not await alice.settle_code(code, matches=True)
    # Who takes another name while codes are compared is verified under the one that is in the code.
    assert sorted(peer.identity.mark for peer in alice.peers) == ["changed", "verified"]
    carol.rename("carol")
    await peer_of(alice, "carol")
    assert {peer.identity.mark for peer in alice.peers} == {"verified"}
    dave = await join("dave")
    assert (await peer_of(alice, "dave")).identity.mark == "new"
    assert await bob.settle_code(code, matches=False)
    assert (await event_in(carol, RoomCodeChanged, why="mismatch")).ended_by == await peer_of(carol, "bob")
    assert {peer.identity.mark for peer in carol.peers} == {"new"}
    assert {peer.identity.mark for peer in alice.peers if peer.username != "dave"} == {"verified"}
    await dave.leave()


async def test_who_has_no_key_is_not_covered(server: Server, join: Join, secret: str) -> None:
    alice, bob = await join("alice"), await join("bob")
    async with Original(server.url, secret):
        await soon(alice, lambda: len(alice.peers) == 2 or None)
        alice.start_code()
        code = await code_of(alice)
    assert [peer.username for peer in code.members] == ["bob"]
    assert (await code_of(bob)).code == code.code


async def test_alone_there_is_no_code(join: Join) -> None:
    alice = await join("alice")
    alice.start_code()
    assert (await event_in(alice, RoomCodeChanged)).why == "alone"


async def test_shells_compare_a_code(rift: Start, join: Join, state: dict[str, str], bobs_keys: KeyFiles) -> None:
    bob = await join("bob", keys=bobs_keys)
    async with rift("shell", "--json", stdin=PIPE, **state) as shell:
        assert shell.process.stdin
        await shell.says("peer-joined")
        await soon(bob, lambda: bob.peers or None)
        shell.process.stdin.write(b"code\n")
        code = (await shell.says("room-code", status="code"))["code"]
        assert (await code_of(bob)).code == code
        shell.process.stdin.write(b"match other-words\n")
        await shell.says("error")
        shell.process.stdin.write(f"match {code.upper().replace('-', ' ')}\n".encode())
        ended = await shell.says("room-code", status="ended")
        assert (ended["why"], ended["members"][0]["username"]) == ("match", "bob")
        await until(lambda: all(person.verified_as for person in keys_of(state).people().values()))
        shell.process.stdin.write(b"differ\n")
        await shell.says("error", text="there is no code to compare; code makes one")

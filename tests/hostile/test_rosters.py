# SPDX-License-Identifier: AGPL-3.0-only
"""Members who say two things, servers that show each another room, and who is told of it [Y15] to [Y18]."""

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from keks_meet.client.events import Peer, PeerWarned
from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.room import FEATURES, Room
from keks_meet.client.signaling.sealing import Sealing
from keks_meet.protocol import relay_messages as say
from keks_meet.session import limits
from keks_meet.session.pairing_orders import PairTimer
from tests.hostile.proxy import HostileServer, Packet, Victim
from tests.hostile.test_server import has_keys
from tests.native.conftest import Join
from tests.native.original import Original
from tests.native.waiting import event_in, offer_in, peer_of, until, until_chat

pytestmark = pytest.mark.usefixtures("short_pauses")
NAMES = ("alice", "bob", "carol")


async def meet(join: Join, *names: str) -> list[Room]:
    """Return the rooms of people who all have met."""
    rooms = [await join(name) for name in names]
    for room in rooms:
        for name in {*names} - {room.username}:
            await peer_of(room, name)
    return rooms


async def agree(*rooms: Room) -> None:
    """Wait until all have said the same roster."""
    await until(lambda: len({_roster(room)._hash for room in rooms}) == 1 and _roster(rooms[0])._hash is not None)
    await until(lambda: all(_is_agreed(room) for room in rooms))


def _roster(room: Room) -> Any:
    return room._runtime._sealing._roster


def _is_agreed(room: Room) -> bool:
    return all(member.hash == _roster(room)._hash for member in _roster(room)._signing())


async def warning_in(room: Room, about: str) -> PeerWarned:
    return await event_in(room, PeerWarned, about=about)


def name_of(peer: Peer | None) -> str | None:
    return peer.username if peer else None


def id_of(hostile: HostileServer, at: int) -> int:
    return hostile.victims[at].id


def rewrite(room: Room, change: Callable[[int, say.RelayMessage], say.RelayMessage]) -> None:
    """Let a room's program say something else than it would."""
    sealing = room._runtime._sealing
    worded = sealing._worded

    def changed(order: Any) -> say.RelayMessage | None:
        message = worded(order)
        return None if message is None else change(order.client, message)

    sealing._worded = changed  # type: ignore[method-assign]


async def test_honest_people_are_warned_of_nothing(join: Join) -> None:
    alice, bob, carol = rooms = await meet(join, *NAMES)
    await agree(*rooms)
    carol.rename("caroline")
    for room in (alice, bob):
        await peer_of(room, "caroline")
    await agree(*rooms)
    await carol.leave()
    dora = await join("dora")
    await peer_of(dora, "alice")
    await agree(alice, bob, dora)
    for room in (alice, bob, dora):
        assert room.ignored_messages == 0
        room.send_chat("that is all")
    assert [event async for event in until_chat(alice) if isinstance(event, PeerWarned)] == []


async def test_rosters_are_said_while_keys_change_and_nothing_is_lost(join: Join) -> None:
    """What is said while new keys are not proven yet waits, rosters as well [Y11] [Y16]."""
    alice, bob, carol = rooms = await meet(join, *NAMES)
    for number in range(40):
        alice.rename(f"alice {number}")
        for room in rooms[number % 3 :]:
            room._runtime._sealing._compare(_roster(room).fired())
            if number % 4 == 0:
                # In earnest ten minutes lie between two of these.
                await until(lambda: all(map(has_keys, rooms)))
                room._runtime._sealing._fire(PairTimer("rekey", 0))
                room._runtime._sealing._compare(_roster(room).fired())
        await peer_of(bob, f"alice {number}")
        for room in rooms:
            room._runtime._sealing._compare(_roster(room).fired())
    await agree(*rooms)
    assert [room.ignored_messages for room in rooms] == [0, 0, 0]
    carol.send_chat("that is all")
    for room in (alice, bob):
        assert [event async for event in until_chat(room) if isinstance(event, PeerWarned)] == []


async def test_who_says_two_names_is_found_by_both(hostile: HostileServer, join: Join) -> None:
    alice, bob, carol = await meet(join, *NAMES)
    sealing = carol._runtime._sealing
    statements = sealing._statements
    assert statements is not None

    def other_for_bob(client: int, message: say.RelayMessage) -> say.RelayMessage:
        if client != id_of(hostile, 1) or not isinstance(message, say.Identify) or message.statement is None:
            return message
        statements._signed = None
        made = statements.sign(message.statement.number, "robert")
        statements._signed = None
        return replace(message, username="robert", statement=made)

    rewrite(carol, other_for_bob)
    carol.rename("caroline")
    await peer_of(alice, "caroline")
    await peer_of(bob, "robert")
    for room, own, other in ((alice, "caroline", "robert"), (bob, "robert", "caroline")):
        warning = await warning_in(room, "contradicts")
        assert (name_of(warning.peer), warning.names) == (own, (own, other))


async def test_a_name_that_is_not_signed_is_no_name(hostile: HostileServer, join: Join) -> None:
    alice, _, carol = await meet(join, *NAMES)

    def unsigned(_: int, message: say.RelayMessage) -> say.RelayMessage:
        return replace(message, username="nobody") if isinstance(message, say.Identify) else message

    rewrite(carol, unsigned)
    before = alice.ignored_messages
    carol.rename("caroline")
    await until(lambda: alice.ignored_messages > before)
    assert {peer.username for peer in alice.peers} == {"bob", "carol"}


async def test_a_member_that_the_server_hides_from_one_is_found(hostile: HostileServer, join: Join) -> None:
    alice, bob = await meet(join, "alice", "bob")
    shown = {id_of(hostile, 0), id_of(hostile, 1)}

    def hide(victim: Victim, packet: Packet) -> list[Packet]:
        ((_, value),) = packet.items()
        is_shown = {value.get("id"), value.get("sender")} & shown or victim.id != id_of(hostile, 0)
        return [packet] if is_shown else []

    hostile.tamper = hide
    carol = await join("carol")
    await peer_of(bob, "carol")
    await peer_of(carol, "bob")
    warning = await warning_in(alice, "withheld")
    assert (warning.peer, warning.names, name_of(warning.witness)) == (None, ("carol",), "bob")
    assert [peer.username for peer in alice.peers] == ["bob"]


async def test_what_the_server_withholds_from_one_is_noticed(hostile: HostileServer, join: Join) -> None:
    """A new name, and all that follows."""
    alice, bob, carol = rooms = await meet(join, *NAMES)
    await agree(*rooms)

    def withhold(victim: Victim, packet: Packet) -> list[Packet]:
        is_carols = packet.get("message", {}).get("sender") == id_of(hostile, 2)
        return [] if is_carols and victim.id == id_of(hostile, 0) else [packet]

    hostile.tamper = withhold
    carol.rename("caroline")
    await peer_of(bob, "caroline")
    warning = await warning_in(alice, "withheld")
    assert (name_of(warning.peer), name_of(warning.witness)) == ("carol", "bob")


@pytest.mark.parametrize("is_returning", [False, True])
async def test_what_the_server_withholds_in_a_room_of_two_is_noticed_while_a_direct_way_lives(
    hostile: HostileServer, join: Join, monkeypatch: pytest.MonkeyPatch, is_returning: bool
) -> None:
    """Beats tell that there is somebody [N17] [Y18]. As long as their words arrive, nobody is warned."""
    alice, bob = await meet(join, "alice", "bob")
    await bob.provide(StreamSource(io.BytesIO(b"data"), "it"), "it")
    peer, _ = await offer_in(alice)
    await alice.download(peer.key, "it", MemorySink(16))
    await until(lambda: alice._runtime.is_heard(id_of(hostile, 1)))
    monkeypatch.setattr(limits, "UNHEARD_PAUSES", 20)
    said = len(hostile.victims[0].messages_of(id_of(hostile, 1)))
    # So many rosters that somebody whose words did not count would be warned of.
    await until(lambda: len(hostile.victims[0].messages_of(id_of(hostile, 1))) > said + 6)
    bob.send_chat("all arrives")
    assert [event async for event in until_chat(alice) if isinstance(event, PeerWarned)] == []

    def withhold(victim: Victim, packet: Packet) -> list[Packet]:
        is_bobs = packet.get("message", {}).get("sender") == id_of(hostile, 1)
        # A proof and a name have to pass for those who are made to come back.
        is_needed = is_returning and hostile.number_of(packet) in {None, 0, 1}
        return [] if is_bobs and victim.id == id_of(hostile, 0) and not is_needed else [packet]

    hostile.tamper = withhold
    bob.send_chat("nobody hears this")
    returning = asyncio.create_task(return_again_and_again(hostile)) if is_returning else None
    warning = await warning_in(alice, "unheard")
    assert (name_of(warning.peer), warning.names, warning.witness) == ("bob", (), None)
    assert [peer.username for peer in alice.peers] == ["bob"]
    if returning:
        returning.cancel()


async def return_again_and_again(hostile: HostileServer) -> None:
    """Say to two that the other one has left and come, whenever one has said some more."""
    alice, bob = hostile.victims[:2]
    while True:
        for victim, other in ((alice, bob), (bob, alice)):
            await victim.tell({"client_leave": {"id": other.id}}, {"client_join": {"id": other.id}})
        said = len(alice.messages_of(bob.id))
        # Hello, proof, name, what is offered, a line that was not heard, and rosters.
        await until(lambda said=said: len(alice.messages_of(bob.id)) > said + 6)


async def test_a_member_that_forges_rosters_blames_nobody(hostile: HostileServer, join: Join) -> None:
    alice, bob, carol = rooms = await meet(join, *NAMES)
    await agree(*rooms)
    said: list[str] = []

    def forge(_: int, message: say.RelayMessage) -> say.RelayMessage:
        if isinstance(message, say.Roster):
            return replace(message, hash=f"{len(said):0>43}", told=tuple(each + 99 for each in message.told))
        if isinstance(message, say.RosterMembers):
            said.append("an answer")
            forged = [replace(each, name="mallory", number=number) for each in message.members for number in (0, 9)]
            ghosts = [replace(forged[0], id=7000 + number, instance=f"ghost {number}") for number in range(9)]
            return say.RosterMembers((*forged, *ghosts))
        return message

    rewrite(carol, forge)
    carol.rename("caroline")
    await until(lambda: len(said) >= 4)
    bob.send_chat("that is all")
    assert [event async for event in until_chat(alice) if isinstance(event, PeerWarned)] == []
    assert alice.ignored_messages >= 8


async def test_a_flood_of_questions_is_answered_now_and_then(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[int] = []
    told = Sealing._say

    def counted(self: Sealing, order: Any) -> None:
        if type(order).__name__ == "SayMembers":
            answers.append(order.client)
        told(self, order)

    monkeypatch.setattr(Sealing, "_say", counted)
    alice, bob = rooms = await meet(join, "alice", "bob")
    await agree(*rooms)
    answers.clear()
    alice_at_bob = next(iter(_roster(bob)._members))
    for _ in range(300):
        bob._runtime._sealing.relay(say.RosterRequest(), alice_at_bob)
    bob.send_chat("that is all")
    assert [event async for event in until_chat(alice) if isinstance(event, PeerWarned)] == []
    assert 1 <= len(answers) <= 20


async def test_clients_without_rosters_meet_us_as_before(
    hostile: HostileServer, join: Join, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They hear nothing of rosters, whatever they can else."""
    rooms = await meet(join, "alice", "bob")
    monkeypatch.setattr("keks_meet.client.room.FEATURES", tuple(each for each in FEATURES if each != "roster-1"))
    former = await join("old")
    async with Original(hostile.url, secret) as original:
        for room in rooms:
            await peer_of(room, "original")
            await peer_of(room, "old")
        await agree(*rooms)
        assert former.ignored_messages == 0
        assert {next(iter(each)) for each in original.heard} <= {"identify"}
        for each in original.heard:
            assert "statement" not in each["identify"]

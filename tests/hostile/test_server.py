# SPDX-License-Identifier: AGPL-3.0-only
"""A server that replays, repeats, reorders, drops and misdelivers, and what programs make of it [Y10] to [Y13]."""

import pytest

from keks_meet.client.events import ChatReceived, PeerJoined
from keks_meet.client.room import Room
from keks_meet.session import limits
from keks_meet.session.pairing_orders import PairTimer
from tests.hostile.proxy import HostileServer, Packet, Victim
from tests.native.conftest import Join
from tests.native.original import Original
from tests.native.waiting import event_in, peer_of, until

REKEY = PairTimer("rekey", 0)
SAID = ["one", "two", "three"]


async def heard(room: Room, *texts: str) -> list[str]:
    """Wait until somebody has said the last of these; return all that was shown."""
    shown: list[str] = []
    while not shown or shown[-1] != texts[-1]:
        shown.append((await event_in(room, ChatReceived)).text or "")
    return shown


async def meet(join: Join) -> tuple[Room, Room]:
    """Two people who have proven to each other who they are."""
    alice, bob = await join("alice"), await join("bob")
    await peer_of(alice, "bob")
    await peer_of(bob, "alice")
    return alice, bob


async def test_what_two_say_to_each_other_only_they_can_open(hostile: HostileServer, join: Join) -> None:
    """With the room's key, too: an identify without a name is all that is to be seen."""
    alice, bob = await meet(join)
    alice.send_chat("psst")
    await heard(bob, "psst")
    relayed = [each for victim in hostile.victims for each in victim.packets if "message" in each]
    assert {hostile.kind_of(each) for each in relayed} - {"probe"} == {"identify", "sealed"}
    assert alice.ignored_messages == bob.ignored_messages == 0


async def test_who_knows_no_keys_is_spoken_to_in_the_open_alone(
    hostile: HostileServer, join: Join, secret: str
) -> None:
    alice, bob = await meet(join)
    async with Original(hostile.url, secret) as olga:
        await olga.until(lambda: set(olga.members.values()) >= {"alice", "bob"})
        await peer_of(alice, "original")
        await peer_of(bob, "original")
        alice.send_chat("to all")
        await olga.until(lambda: {"chat": {"text": "to all"}} in olga.heard)
        await heard(bob, "to all")
        assert {next(iter(each)) for each in olga.heard} <= {"identify", "chat"}
        open_to_bob = [hostile.kind_of(each) for each in hostile.victims[1].packets if "message" in each]
        assert "chat" not in open_to_bob


async def test_what_is_said_twice_is_heard_once(hostile: HostileServer, join: Join) -> None:
    alice, bob = await meet(join)
    hostile.tamper = lambda _, packet: [packet, packet] if hostile.is_sealed(packet) else [packet]
    for text in SAID:
        alice.send_chat(text)
    assert await heard(bob, *SAID) == SAID
    assert bob.ignored_messages >= len(SAID)


@pytest.mark.usefixtures("short_gap")
@pytest.mark.parametrize("lost", [0, 1, 3])
async def test_what_is_withheld_is_said_again(hostile: HostileServer, join: Join, lost: int) -> None:
    """Whichever message the server drops, of chat and of the ids of its lines, all is heard in the end."""
    alice, bob = await meet(join)
    seen: list[Packet] = []

    def drop_one(victim: Victim, packet: Packet) -> list[Packet]:
        if victim.id != hostile.victims[1].id or not hostile.is_sealed(packet):
            return [packet]
        seen.append(packet)
        return [] if len(seen) == lost + 1 else [packet]

    hostile.tamper = drop_one
    for text in SAID:
        alice.send_chat(text)
    await until(lambda: bob.ignored_messages)
    shown: set[str] = set()
    while shown != set(SAID):
        shown.add((await event_in(bob, ChatReceived)).text or "")


@pytest.mark.usefixtures("short_gap")
async def test_what_comes_in_another_order_is_said_again(hostile: HostileServer, join: Join) -> None:
    alice, bob = await meet(join)
    held: list[Packet] = []

    def swap(victim: Victim, packet: Packet) -> list[Packet]:
        if victim.id != hostile.victims[1].id or not hostile.is_sealed(packet) or len(held) > 1:
            return [packet]
        held.append(packet)
        return [] if len(held) == 1 else held[::-1]

    hostile.tamper = swap
    for text in SAID:
        alice.send_chat(text)
    shown: list[str] = []
    while set(shown) != set(SAID):
        shown.append((await event_in(bob, ChatReceived)).text or "")
    assert len(shown) == len(SAID)


async def test_what_was_said_to_one_opens_for_nobody_else(hostile: HostileServer, join: Join) -> None:
    alice, bob = await meet(join)
    carol = await join("carol")
    await peer_of(carol, "alice")
    for_bob = [each for each in hostile.victims[1].messages_of(hostile.victims[0].id) if hostile.is_sealed(each)]
    before = carol.ignored_messages
    await hostile.victims[2].tell(*for_bob)
    await until(lambda: carol.ignored_messages >= before + len(for_bob))
    alice.send_chat("to all")
    assert await heard(carol, "to all") == ["to all"]
    assert await heard(bob, "to all") == ["to all"]


async def test_yesterdays_room_opens_for_nobody_new(
    hostile: HostileServer, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that alice said to bob, played to a newcomer under her id: somebody without a name, who says nothing."""
    monkeypatch.setattr(limits, "APPEAR_MS", 200)
    alice, bob = await meet(join)
    for text in SAID:
        alice.send_chat(text)
    await heard(bob, *SAID)
    old_id = hostile.victims[0].id
    recorded = hostile.victims[1].messages_of(old_id)
    await alice.leave()
    await bob.leave()
    carol = await join("carol")
    await hostile.victims[2].tell({"client_join": {"id": old_id}}, *recorded)
    ghost = (await event_in(carol, PeerJoined)).peer
    assert ghost.username == ""
    sealed = [each for each in recorded if hostile.is_sealed(each)]
    await until(lambda: carol.ignored_messages >= len(sealed))
    assert [peer.username for peer in carol.peers] == [""]
    assert ghost.resources == ()


async def test_old_hellos_change_nothing(hostile: HostileServer, join: Join) -> None:
    """Each is answered some times, with keys that nobody proves; what is said goes on under those that are proven."""
    alice, bob = await meet(join)
    hellos = [each for each in hostile.victims[1].messages_of(hostile.victims[0].id) if not hostile.is_sealed(each)]
    await hostile.victims[1].tell(*hellos * (2 * limits.HELLOS))
    await until(lambda: bob.ignored_messages >= limits.HELLOS)
    alice.send_chat("still here")
    assert await heard(bob, "still here") == ["still here"]
    (peer,) = bob.peers
    assert peer.username == "alice"


def has_keys(room: Room) -> bool:
    """Tell whether no keys are being made."""
    members = room._runtime._sealing._pairing._members.values()
    return not any(member.is_pending or member.nonce is not None for member in members)


async def test_new_keys_lose_nothing(join: Join) -> None:
    """Both sides change their keys, at once and again, while they speak."""
    alice, bob = await meet(join)
    for number in range(30):
        alice.send_chat(f"a {number}")
        bob.send_chat(f"b {number}")
        if number % 7 == 0:
            # In earnest ten minutes lie between two of these.
            await until(lambda: all(map(has_keys, (alice, bob))))
            for room in (alice, bob)[: 1 + number % 2]:
                sealing = room._runtime._sealing
                sealing._fire(REKEY)
    assert await heard(bob, "a 29") == [f"a {number}" for number in range(30)]
    assert await heard(alice, "b 29") == [f"b {number}" for number in range(30)]
    assert alice.ignored_messages == bob.ignored_messages == 0

# SPDX-License-Identifier: AGPL-3.0-only
"""Who is called what: equal names are told apart, and no new name goes untold."""

from keks_meet.client.events import Peer
from keks_meet.rift.events import PeerName
from keks_meet.rift.narration import Names


def peer(key: int, username: str) -> Peer:
    return Peer(key, username, "unconnected", None, ())


def test_equal_names_are_numbered_for_as_long_as_they_are_there() -> None:
    names = Names()
    told = [
        names.tell(peer(at, name), own="me")[0].number for at, name in enumerate(["bob", "B0B", "Me", "", "\u200b"])
    ]
    assert told == [1, 2, 2, 1, 2]
    names.left(0)
    assert names.name(peer(1, "B0B"), own="me").number == 2
    assert names.name(peer(9, "bob"), own="me").number == 3


def test_another_name_is_told_even_if_it_was_asked_for_before() -> None:
    names = Names()
    bob, rob = (PeerName("1", name, mark="no key") for name in ("bob", "rob"))
    assert names.tell(peer(1, "bob"), own="me") == (bob, None)
    assert names.name(peer(1, "rob"), own="me") == rob
    assert names.tell(peer(1, "rob"), own="me") == (rob, bob)
    assert names.tell(peer(1, "rob"), own="me") == (rob, None)

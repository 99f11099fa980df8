# SPDX-License-Identifier: AGPL-3.0-only
"""Whose share of a reader's queue is used up [S11]."""

from hypothesis import given
from hypothesis import strategies as st

from keks_meet.server.backlog import Backlog

LIMIT = 4 * 1024 * 1024
OWN = LIMIT // 256
MESSAGE = 1024 * 1024 + 200
"""The largest message, and what it is larger in a queue."""


class Queue:
    """A reader that takes nothing: what was let in stays."""

    def __init__(self) -> None:
        self.backlog = Backlog(LIMIT)
        self.waiting = 0

    def offer(self, sender: int, size: int) -> bool:
        has_room = self.backlog.has_room(sender, size, self.waiting)
        if has_room:
            self.backlog.add(sender, size)
            self.waiting += size
        return has_room


sizes = st.one_of(st.integers(150, 4000), st.integers(150, MESSAGE))
offers = st.lists(st.tuples(st.integers(0, 95), sizes), max_size=400)


@given(offers)
def test_whatever_is_sent_the_queue_is_bounded_and_everybody_has_a_part(sent: list[tuple[int, int]]) -> None:
    """A newcomer always has its own part, however many others flood; the server has an eighth for itself."""
    queue = Queue()
    for sender, size in sent:
        queue.offer(sender, size)
    assert queue.waiting <= LIMIT * 7 / 8
    assert queue.offer(1000, OWN)


@given(st.integers(1, 20), sizes)
def test_floods_leave_room(floods: int, size: int) -> None:
    """Each flooder is stopped, and what is left of the shared half is not less than what each of them has."""
    queue = Queue()
    for _ in range(40):
        for sender in range(floods):
            while queue.offer(sender, size):
                pass
    shares = [queue.backlog._by_sender.get(sender, 0) for sender in range(floods)]
    assert all(share <= max(OWN, LIMIT / 4 + size) for share in shares)
    assert queue.waiting <= LIMIT / 2 + floods * OWN


def test_the_largest_message_always_finds_room_in_an_empty_queue() -> None:
    assert Backlog(2 * 65_536).has_room(1, 65_536 + 200, 0)


def test_an_account_ends_with_what_waits() -> None:
    """Also of a sender that has left meanwhile."""
    backlog = Backlog(LIMIT)
    backlog.add(1, 10)
    backlog.add(1, 5)
    backlog.remove(1, 10)
    backlog.remove(1, 5)
    assert not backlog._by_sender

# SPDX-License-Identifier: AGPL-3.0-only
"""What the shell around the hub counts; `tests/integration` has the rest with real sockets."""

from typing import Any

from keks_meet.protocol.limits import Limits
from keks_meet.protocol.packets import ClientLeave
from keks_meet.rooms.effects import Send
from keks_meet.rooms.hub import Hub
from keks_meet.server.client_address import Proxies
from keks_meet.server.metrics.counts import Counts
from keks_meet.server.rooms_port import LocalRooms
from keks_meet.server.signaling import Signaling


class Client:
    """Stands for a connection."""

    def __init__(self, *, closing: bool = False, takes: bool = True) -> None:
        self.closing = closing
        self._takes = takes

    def send(self, *_frame: Any) -> bool:
        return self._takes

    def close(self, *_why: Any) -> None:
        self.closing = True


def test_what_is_counted_as_sent_is_on_its_way() -> None:
    """Not what is for clients that have gone, are going, or take no more."""
    limits, counts = Limits(), Counts()
    signaling = Signaling(LocalRooms(Hub(limits, version="")), limits, Proxies((), "X-Forwarded-For"), counts)
    clients: Any = {1: Client(), 2: Client(closing=True), 3: Client(takes=False), 4: Client()}
    signaling._connections = clients
    signaling._handling = True
    signaling._carry_out(Send((1, 2, 3, 4, 5), ClientLeave(9)), 9)
    assert counts.sent[ClientLeave] == 2
    assert set(clients) == {1, 2, 4}

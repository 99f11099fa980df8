# SPDX-License-Identifier: AGPL-3.0-only
"""How long a node of a cluster stands still when another one comes or goes, while very many rooms are watched. Printed.

One node's core, without sockets: its clients watch as many rooms as a server's limits allow. What is measured is the
longest time that it takes in one go, and all of it together.

    python -m benchmarks.views

About a minute, and half a gigabyte of memory.
"""

import secrets
import time
from typing import Final

from keks_meet.protocol.limits import Limits
from keks_meet.protocol.packets import Join, WatchRooms
from keks_meet.rooms.events import ClientConnected, PacketReceived
from keks_meet.server.cluster import frames
from keks_meet.server.cluster.core import Core
from keks_meet.server.cluster.events import Event, ItemReceived, Ticked
from keks_meet.server.cluster.frames import Heartbeat, Watch

WATCHED: Final = (25_000, 200_000, 500_000)
NODES: Final = 4
ME: Final = 1
TICK: Final = 0.01


class Node:
    """A core, and how long it took."""

    def __init__(self) -> None:
        self.core = Core(ME, Limits(), version="v", watches_enabled=True)
        self.now = 0.0
        self.times: list[float] = []
        self._handle(self.core.passed(0.0)[0])
        self._handle(self.core.heartbeat_heard(Heartbeat(ME, (), leaving=False, gone=False), 0.0)[0])
        self._handle(self.core.passed(1.3)[0])

    def hear(self, node: int, *, gone: bool = False) -> None:
        """Hear another node, and do all that follows."""
        self._handle(self.core.heartbeat_heard(Heartbeat(node, (ME,), leaving=False, gone=gone), self.now)[0])
        while self.core.is_busy:
            self.now += TICK
            self._handle([Ticked(self.now)])

    def watch(self, rooms: int) -> None:
        """Have clients come, watch a hundred rooms each, and enter one."""
        for client in range(rooms // 100):
            self.core.handle(ClientConnected(client))
            watched = tuple(secrets.token_hex(32) for _ in range(100))
            self.core.handle(PacketReceived(client, WatchRooms(watched)))
            self.core.handle(PacketReceived(client, Join(secrets.token_hex(32))))
        self.core.take()

    def be_watched(self, edge: int, rooms: int) -> None:
        """Be the home of rooms that another node watches."""
        for _ in range(rooms):
            self.core.handle(ItemReceived(edge, Watch(frames.NOBODY, secrets.token_hex(32))))
        self.core.take()

    def _handle(self, events: list[Event]) -> None:
        for event in events:
            began = time.perf_counter()
            self.core.handle(event)
            for _, frame in self.core.take():
                frames.encode(frame)
            self.times.append(time.perf_counter() - began)

    def report(self, title: str) -> None:
        """Print what it took since the last report."""
        times, self.times = sorted(self.times), []
        line = f"{times[-1] * 1000:12.0f}{times[int(len(times) * 0.99)] * 1000:12.1f}{sum(times):12.2f}"
        print(f"{title:44}{line}", flush=True)


def main() -> None:
    """Print the table."""
    print(f"{NODES} nodes\n\n{'':44}{'longest ms':>12}{'p99 ms':>12}{'all s':>12}")
    for rooms in WATCHED:
        node = Node()
        others = [secrets.randbits(64) for _ in range(NODES - 1)]
        for other in others[:-1]:
            node.hear(other)
        node.watch(rooms)
        node.be_watched(others[0], rooms // NODES)
        node.times = []
        node.hear(others[-1])
        node.report(f"{rooms} watched: a node comes")
        node.hear(others[-1], gone=True)
        node.report(f"{rooms} watched: it goes")
        node.hear(others[0], gone=True)
        node.report(f"{rooms} watched: one that watches {rooms // NODES} goes")


if __name__ == "__main__":
    main()

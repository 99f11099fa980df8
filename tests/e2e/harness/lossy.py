# SPDX-License-Identifier: AGPL-3.0-only
"""A way between two browsers of one machine that loses packets, takes its time and carries only so much."""

import asyncio
import random
from asyncio import DatagramProtocol, DatagramTransport
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from playwright.async_api import BrowserContext

SCRIPT = Path(__file__).with_name("lossy.js")
MOST_WAITING_SECONDS = 0.3
"""What a usual router holds back of what is too much, before it drops the rest."""


@dataclass
class Conditions:
    """How the way is just now, in each direction; may change while packets pass."""

    loss: float = 0
    """The part of packets that is lost, 0 to 1."""
    burst: int = 1
    """The packets that are lost in a row."""
    loses_reports: bool = False
    """Whether all packets of RTCP are lost."""
    delay: float = 0
    """Seconds one way."""
    rate: float = 0
    """The most bits a second; 0 for as many as come."""


@dataclass
class _Direction:
    """What is remembered of the packets that go to one address."""

    draw: random.Random
    free_at: float = 0
    still_lost: int = 0


class LossyWay:
    """Gives each address of a browser one that leads there over the way. Use it as an asynchronous context manager.

    What comes from an address leaves from the one that leads back there, so each browser sees one partner.
    """

    def __init__(self, conditions: Conditions) -> None:
        """Begin with these conditions."""
        self.conditions = conditions
        self._ways: dict[int, asyncio.Task[DatagramTransport]] = {}
        self._directions: dict[int, _Direction] = defaultdict(lambda: _Direction(random.Random(1)))  # noqa: S311 - repeatable

    async def lead(self, context: BrowserContext) -> None:
        """Let the connections of a browser's pages go over the way; before a page is opened."""
        await context.expose_function("lossyWay", self.way_to)
        await context.add_init_script(path=SCRIPT)

    async def way_to(self, port: int) -> int:
        """Return the port that leads to this one."""
        return int((await self._open(port)).get_extra_info("sockname")[1])

    async def __aenter__(self) -> Self:
        """Nothing is open yet."""
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Close every address."""
        for opening in self._ways.values():
            (await opening).close()

    def _open(self, port: int) -> "asyncio.Task[DatagramTransport]":
        if port not in self._ways:
            self._ways[port] = asyncio.create_task(self._listen(port))
        return self._ways[port]

    async def _listen(self, port: int) -> DatagramTransport:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Way(self, port), ("127.0.0.1", 0))
        return transport

    def carry(self, data: bytes, source: int, target: int) -> None:
        """Take a packet from one port of a browser to another, or lose it."""
        back = self._open(source)
        if not back.done() or (self.conditions.loses_reports and _is_report(data)):
            return  # lost, as any packet may be
        due = self._departure(len(data), target)
        if due is not None:
            loop = asyncio.get_running_loop()
            loop.call_at(due + self.conditions.delay, self._send, back.result(), data, target)

    @staticmethod
    def _send(way: DatagramTransport, data: bytes, target: int) -> None:
        if not way.is_closing():
            way.sendto(data, ("127.0.0.1", target))

    def _departure(self, size: int, target: int) -> float | None:
        """Find out when a packet leaves, by the loop's clock; never for one that is lost."""
        direction, now = self._directions[target], asyncio.get_running_loop().time()
        if self._is_lost(direction):
            return None
        if not self.conditions.rate:
            return now
        free_at = max(now, direction.free_at) + size * 8 / self.conditions.rate
        if free_at - now > MOST_WAITING_SECONDS:
            return None
        direction.free_at = free_at
        return free_at

    def _is_lost(self, direction: _Direction) -> bool:
        if direction.still_lost:
            direction.still_lost -= 1
            return True
        loss, burst = self.conditions.loss, self.conditions.burst
        # Bursts begin so rarely that all their packets together are the part that is lost.
        if direction.draw.random() >= loss / (burst * (1 - loss) + loss):
            return False
        direction.still_lost = burst - 1
        return True


def _is_report(data: bytes) -> bool:
    """Tell RTCP from all else that comes to an address [RFC 5761, RFC 7983]."""
    return data[:1] >= b"\x80" and b"\xc0" <= data[1:2] <= b"\xdf"


class _Way(DatagramProtocol):
    """One address of the way."""

    def __init__(self, way: LossyWay, target: int) -> None:
        self._way = way
        self._target = target

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._way.carry(data, addr[1], self._target)

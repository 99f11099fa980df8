# SPDX-License-Identifier: AGPL-3.0-only
"""People who come back whenever they lose their connection, at whichever server takes them. They keep histories."""

import asyncio
import contextlib
import time
from random import Random
from typing import Any

import aiohttp

from keks_meet.protocol.codec import decode_clientbound, encode_serverbound
from keks_meet.protocol.packets import Join, Serverbound, UnknownPacket, WatchRooms
from tests.cluster.histories import History

_PATIENCE = aiohttp.ClientWSTimeout(ws_close=0.1)


class Person:
    """Somebody who wants to be in a room and to know how many are in others."""

    def __init__(self, people: "People", watched: tuple[str, ...]) -> None:
        self.room: str | None = None
        self._people = people
        self._watched = watched
        self._socket: Any = None
        self._history: History | None = None

    async def live(self) -> None:
        """Be connected, again and again."""
        while True:
            name = self._people.random.choice(list(self._people.places))
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                await self._stay(name)
            await asyncio.sleep(self._people.random.uniform(0.1, 0.6))

    async def enter(self, room: str | None) -> None:
        self.room = room
        await self._say(Join(room))

    async def relay(self, to: "Person | None" = None) -> None:
        recipient = to._history.id if to is not None and to._history is not None else None
        is_ready = self._history is not None and self._history.id is not None
        if self._history is not None and is_ready and self.room is not None and to is not self:
            await self._say(self._history.relay(recipient, self.room))

    async def hang_up(self) -> None:
        if self._socket is not None:
            self._socket._response.connection.transport.abort()

    async def _stay(self, name: str) -> None:
        url = f"{self._people.places[name]}/signaling"
        async with asyncio.timeout(3):
            connecting = await self._people.session.ws_connect(url, timeout=_PATIENCE, autoclose=False)
        self._socket = connecting
        history = self._history = History(name)
        self._people.histories.append(history)
        try:
            await self._say(WatchRooms(self._watched))
            await self._say(Join(self.room))
            while (message := await connecting.receive()).type is aiohttp.WSMsgType.TEXT:
                packet = decode_clientbound(message.data)
                assert not isinstance(packet, UnknownPacket)
                history.hear(packet, time.monotonic())
        finally:
            history.ended = time.monotonic()
            self._history = self._socket = None
            connecting._response.close()

    async def _say(self, packet: Serverbound) -> None:
        if self._history is not None and self._socket is not None:
            self._history.say(packet, time.monotonic())
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._socket.send_str(encode_serverbound(packet).decode())


class People:
    """All of them, and what they do by chance."""

    def __init__(self, session: aiohttp.ClientSession, seed: int, rooms: tuple[str, ...], count: int) -> None:
        self.session = session
        self.random = Random(seed)  # noqa: S311
        self.places: dict[str, str] = {}
        """The address of each server, by its name."""
        self.histories: list[History] = []
        self._rooms = rooms
        self._all = [Person(self, rooms) for _ in range(count)]
        self._tasks: list[asyncio.Task[None]] = []

    @contextlib.asynccontextmanager
    async def living(self) -> Any:
        self._tasks = [asyncio.create_task(person.live()) for person in self._all]
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def act_for(self, seconds: float) -> None:
        """Have them act, one after the other, and say much more than they move."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            person = self.random.choice(self._all)
            chance = self.random.random()
            if chance < 0.1:
                await person.enter(self.random.choice(self._rooms))
            elif chance < 0.12:
                await person.enter(None)
            elif chance < 0.14:
                await person.hang_up()
            else:
                await person.relay(self.random.choice([None, *self._all]))
            await asyncio.sleep(0.01)
        failed = [task for task in self._tasks if task.done()]
        assert not failed, failed

# SPDX-License-Identifier: AGPL-3.0-only
"""Both directions of a connection over its one channel, each of which TCP may carry for a while [P1] to [P5]."""

import asyncio
import contextlib
import math
from collections.abc import Callable, Collection
from typing import TypeAlias

from keks_meet.client.direct.receiving_line import ReceivingLine
from keks_meet.client.direct.sending_line import SendingLine
from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.rtc.channel import DataChannel, Message
from keks_meet.errors import ChannelClosed
from keks_meet.protocol.file_controls import Credit
from keks_meet.protocol.port_texts import EOF, Role, Said, decode_port_text, encode_said
from keks_meet.session import limits
from keks_meet.session.events import PeerKey
from keks_meet.session.file_control import decode_file_text
from keks_meet.session.port_credit import ReadingCredit, WritingCredit, port_ahead

__all__ = ["PortLine"]

Others: TypeAlias = Callable[[], list[int]]


class PortLine:
    """The line of one connection to a port, used like its channel."""

    def __init__(
        self, channel: DataChannel, peer: PeerKey, features: Collection[str], direct: DirectWays, others: Others
    ) -> None:
        """Begin with the channel; ``features`` are those of both ends.

        ``others`` tells how far ahead the writers of other connections may be over the same channel's connection.
        """
        self.on_message: Callable[[Message | bytearray], None] = lambda _: None
        """The callback for each message that is not about the line itself, and for what TCP brings."""
        self.on_close: Callable[[], None] = lambda: None
        """The callback for the end, called once."""
        self.may_be_direct = True
        """Whether the other end may send over TCP: nobody listens or dials for a stranger."""
        self._channel = channel
        self._others = others
        self._has_credit = {"port-credit", "port-eof"} <= set(features)
        self._may_write = WritingCredit(is_limited=self._has_credit)
        self._may_read = ReadingCredit(is_limited=self._has_credit)
        self._has_room = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._arrived_at = -math.inf
        self._sent_at = 0.0
        self._idling: asyncio.TimerHandle | None = None
        self._writing = _Side(channel, "writing")
        self._reading = _Side(channel, "reading")
        ways = direct.for_ports(features)
        self._out = SendingLine(self._writing, peer, ways, message_bytes=limits.FILE_MESSAGE_BYTES)
        self._in = ReceivingLine(self._reading, peer, ways)
        self._out.on_message = self._heard_credit
        self._in.on_message = self._arrived
        if self._has_credit:
            # Words of the other direction wait behind the bytes of this one.
            channel.hold_at_most(limits.PORT_BUFFER_BYTES)
        channel.on_message = self._heard
        channel.on_close = self._closed

    @property
    def ahead(self) -> int:
        """By how many bytes the writer may be ahead of what was passed on, over the channel; 0 for an idle one."""
        is_busy = self._loop.time() - self._arrived_at < limits.PORT_BUSY_MS / 1000
        return self._may_read.ahead if is_busy and not self._in.is_direct else 0

    async def opened(self) -> None:
        """Wait until the channel is open. Raises `ChannelClosed` if it closes instead."""
        await self._channel.opened()

    async def send(self, data: memoryview) -> None:
        """Send bytes, once there is credit and room for them. Raises `ChannelClosed`."""
        while data:
            piece = data[: await self.room(len(data))]
            self._may_write.sent(len(piece))
            await self._out.send(piece)
            self._sent_at = self._loop.time()
            data = data[len(piece) :]
        if self._may_write.total >= limits.DIRECT_FROM_BYTES:
            self._out.look_for_direct()
            if self._idling is None:
                self._look_for_idleness()

    async def send_eof(self) -> None:
        """Say that no more bytes come, once all have come that went over TCP. Raises `ChannelClosed`."""
        await self._out.drained()
        self._channel.send_now(EOF)
        self._out.end_direct()

    async def drained(self) -> None:
        """Wait until everything has left the buffer. Raises `ChannelClosed`."""
        await self._channel.drained()

    def passed_on(self, length: int) -> None:
        """Give credit for more, now that so many bytes have found their reader: 0 as soon as there is one [P4]."""
        is_direct = self._in.is_direct
        total = self._may_read.total + length
        ahead = limits.CREDIT_AHEAD_BYTES if is_direct else port_ahead(self._others(), total)
        credit = self._may_read.passed_on(length, ahead)
        if credit is not None:
            with contextlib.suppress(ChannelClosed):
                self._reading.send_now(credit)

    def ended(self) -> None:
        """Note that the other end has said that no more bytes come."""
        self._in.end_direct()

    def close(self) -> None:
        """Close the channel, and connections at once."""
        if self._idling is not None:
            self._idling.cancel()
        self._out.close()
        self._in.close()

    async def room(self, most: int) -> int:
        """Wait until something may be sent, and return how many bytes of at most so many. Raises `ChannelClosed`."""
        while (room := self._may_write.room(most)) <= 0:
            self._has_room.clear()
            if not self._channel.is_open:
                raise ChannelClosed("the data channel is closed")
            await self._has_room.wait()
        return room

    def _heard(self, message: Message) -> None:
        if not isinstance(message, str):
            self._reading.on_message(message)
            return
        match decode_port_text(message) if self._has_credit else None:
            case Said("writing", control) if self.may_be_direct:
                self._reading.on_message(control)
            case Said("reading", control):
                self._writing.on_message(control)
            case _:
                self.on_message(message)

    def _heard_credit(self, control: Message) -> None:
        match decode_file_text(control) if isinstance(control, str) else None:
            case Credit(credit):
                self._may_write.heard(credit)
                self._has_room.set()

    def _arrived(self, data: Message | bytearray) -> None:
        if isinstance(data, str):
            # The line of this direction does not know it, so nobody does.
            return
        self._arrived_at = self._loop.time()
        if self._may_read.arrived(len(data)):
            self.on_message(data)
        else:
            # Who sends more than there is credit for would fill memory and disk.
            self.close()

    def _look_for_idleness(self) -> None:
        """Let others have the place of a direction that carries nothing; there are few [P5]."""
        left = self._sent_at + limits.DIRECT_IDLE_MS / 1000 - self._loop.time()
        if left > 0:
            self._idling = self._loop.call_later(left, self._look_for_idleness)
        else:
            self._out.let_go()

    def _closed(self) -> None:
        if self._idling is not None:
            self._idling.cancel()
        self._writing.on_close()
        self._reading.on_close()
        self._has_room.set()
        self.on_close()


class _Side:
    """The channel as the line of one direction uses it: what it says is told apart from what the other line says."""

    def __init__(self, channel: DataChannel, role: Role) -> None:
        """Let the line speak as the end of that role."""
        self.on_message: Callable[[Message], None] = lambda _: None
        self.on_close: Callable[[], None] = lambda: None
        self._channel = channel
        self._role: Role = role

    @property
    def is_open(self) -> bool:
        return self._channel.is_open

    @property
    def is_abandoned(self) -> bool:
        return self._channel.is_abandoned

    @property
    def max_message(self) -> int:
        return self._channel.max_message

    async def opened(self) -> None:
        await self._channel.opened()

    async def send(self, data: bytes | memoryview | str) -> None:
        await self._channel.send(data)

    def send_now(self, text: str) -> None:
        self._channel.send_now(encode_said(Said(self._role, text)))

    async def drained(self) -> None:
        await self._channel.drained()

    async def closed(self) -> None:
        await self._channel.closed()

    def close(self) -> None:
        self._channel.close()

# SPDX-License-Identifier: AGPL-3.0-only
"""What carries bytes to their receiver: the data channel, and for a while a direct TCP connection.

[F14] to [F16] for a file, and [P5] for one direction of a connection to a port.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Final

from keks_meet.client.direct.connection import DirectConnection
from keks_meet.client.direct.search import DirectSearch
from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.rate_limit import RateLimit
from keks_meet.client.rtc.channel import Channel, Message
from keks_meet.errors import ChannelClosed
from keks_meet.protocol.file_controls import Back, Direct, Received
from keks_meet.session import limits
from keks_meet.session.events import PeerKey
from keks_meet.session.file_control import decode_file_text
from keks_meet.session.file_ways import SendingWays

__all__ = ["SendingLine"]

_DIRECT_MESSAGE: Final = 2_097_152
"""Bytes that a thread writes at once."""
_LOOKS: Final = 5
"""Looks in vain after which TCP is over."""


class SendingLine:
    """One line of bytes, used like its channel: whatever carries the bytes, they come in order and once.

    Texts always go over the channel. Those that count bytes come after a `drained`.
    """

    def __init__(
        self,
        channel: Channel,
        peer: PeerKey,
        direct: DirectWays | None,
        limit: RateLimit | None = None,
        message_bytes: int = limits.LARGE_FILE_MESSAGE_BYTES,
    ) -> None:
        """Begin with the channel; ``direct`` is None where TCP is not to be used, or the receiver does not know it.

        ``limit`` holds also what is sent again; whoever calls `send` keeps to it by itself.
        ``message_bytes`` are the most for one message of the channel.
        """
        self.on_message: Callable[[Message], None] = lambda _: None
        """The callback for each message that is not about the line itself."""
        self.on_close: Callable[[], None] = lambda: None
        """The callback for the end, called once."""
        self._channel = channel
        self._ways = SendingWays()
        self._wake = asyncio.Event()
        self._direct = direct
        self._limit = limit
        self._message_bytes = message_bytes
        self._search = DirectSearch(direct, peer, channel.send_now, self._found, most=1) if direct else None
        # Looks now and then whether what went over TCP comes, and how often it has not.
        self._watch: asyncio.TimerHandle | None = None
        self._vain_looks = 0
        # Sends over the channel what has not come over TCP, before anything else goes there.
        self._again: asyncio.Task[None] | None = None
        channel.on_message = self._heard
        channel.on_close = self._channel_closed

    @property
    def is_open(self) -> bool:
        """Whether something can be sent now."""
        return self._channel.is_open

    @property
    def is_direct(self) -> bool:
        """Whether bytes go over TCP."""
        return self._ways.carrier == "tcp"

    @property
    def max_message(self) -> int:
        """The most bytes to send at once."""
        return _DIRECT_MESSAGE if self.is_direct else self._channel.max_message

    @property
    def was_direct(self) -> bool:
        """Whether TCP has carried bytes, or does."""
        return not self._ways.may_switch

    async def opened(self) -> None:
        """Wait until the channel is open. Raises `ChannelClosed` if it closes instead."""
        await self._channel.opened()

    def look_for_direct(self) -> None:
        """Begin to look for a TCP connection to the receiver, if there may be one; bytes go on meanwhile."""
        if self._search is not None:
            self._search.begin()

    async def send(self, data: memoryview) -> None:
        """Send bytes, once there is room for them. Raises `ChannelClosed`."""
        if self._connection is not None and self._ways.may_switch:
            self._channel.send_now(self._ways.switch())
        rest = await self._send_directly(data)
        await self._sent_again()
        for piece in self._pieces(rest):
            await self._channel.send(piece)
            self._ways.give_to_channel(len(piece))

    def let_go(self) -> None:
        """Use TCP no more, if all goes well; what is sent from here on goes over the channel."""
        if self.is_direct:
            self._break()
        else:
            self.end_direct()

    def send_now(self, text: str) -> None:
        """Send a text. Raises `ChannelClosed`."""
        self._channel.send_now(text)

    async def drained(self) -> None:
        """Wait until everything has left the buffer, and until what went over TCP has come. Raises `ChannelClosed`."""
        if self._ways.may_switch:
            # TCP would come too late for anything.
            self.end_direct()
        while self.is_direct and not self._ways.is_all_received:
            await self._heard_more()
        await self._sent_again()
        await self._channel.drained()

    async def closed(self) -> None:
        """Wait until one side has closed the channel."""
        await self._channel.closed()

    def close(self) -> None:
        """Close the channel, and the connection at once."""
        self._ways.forget()
        self.end_direct()
        self._channel.close()

    # While there is TCP

    @property
    def _connection(self) -> DirectConnection | None:
        return self._search.connections[0] if self._search and self._search.connections else None

    def _found(self, _: DirectConnection) -> None:
        if self._search is not None:
            self._search.stop()

    async def _send_directly(self, data: memoryview) -> memoryview:
        """Send bytes over TCP for as long as it holds, and return those that were not even tried.

        Raises `ChannelClosed`.
        """
        while data and self.is_direct:
            piece = data[: self._ways.room()] if self._connection is not None else data[:0]
            if piece:
                self._ways.give_to_tcp(piece)
                data = data[len(piece) :]
                self._keep_watch()
                await self._write(piece)
            else:
                await self._heard_more()
        return data

    async def _write(self, piece: memoryview) -> None:
        try:
            if self._connection is not None:
                await self._connection.send(piece)
        except OSError:
            self._break()

    def _keep_watch(self) -> None:
        """Look after a while whether something has come since; nobody else may be waiting for that."""
        if self._watch is None:
            loop, before = asyncio.get_running_loop(), self._ways.received
            self._watch = loop.call_later(limits.DIRECT_STALL_MS / _LOOKS / 1000, self._look_for_stall, before)

    def _look_for_stall(self, before: int) -> None:
        """Count looks rather than time: while this process stands still, nothing is heard of what comes."""
        self._watch = None
        if not self.is_direct or self._ways.is_all_received:
            self._vain_looks = 0
            return
        is_vain = self._ways.received == before and self._ways.is_heard
        self._vain_looks = self._vain_looks + 1 if is_vain else 0
        if self._vain_looks >= _LOOKS or (self._connection is not None and self._connection.is_closed):
            self._break()
        else:
            self._keep_watch()

    def _break(self) -> None:
        """Close TCP, and ask the receiver what has come [F16]."""
        if self._search is not None:
            self._search.disconnect()
        question = self._ways.broken()
        if question is None:
            return
        with contextlib.suppress(ChannelClosed):
            self._channel.send_now(question)
        self._cancel_watch()
        self._watch = asyncio.get_running_loop().call_later(limits.BACK_MS / 1000, self._channel.close)

    def _heard_back(self, count: int) -> None:
        """Go back to the channel from a byte on."""
        if not self.is_direct or self._direct is None:
            return
        again = self._ways.heard_back(count)
        if again is None:
            # What is asked for is here no more.
            self._channel.close()
        else:
            self._again = self._direct.tasks.start(self._send_again(again))
            self._again.add_done_callback(lambda _: self.end_direct())
        if self._search is not None:
            self._search.disconnect()
        self._cancel_watch()
        self._wake.set()

    async def _send_again(self, kept: list[memoryview]) -> None:
        with contextlib.suppress(ChannelClosed):
            for piece in (piece for each in kept for piece in self._pieces(each)):
                if self._limit is not None:
                    await self._limit.wait(len(piece), lambda: self._channel.is_open)
                await self._channel.send(piece)

    async def _sent_again(self) -> None:
        """Wait until what has not come over TCP is sent over the channel. Raises `ChannelClosed`."""
        if self._again is None:
            return
        await asyncio.shield(self._again)
        self._again = None
        if not self._channel.is_open:
            raise ChannelClosed("the receiver has closed")

    async def _heard_more(self) -> None:
        self._wake.clear()
        if not self._channel.is_open:
            raise ChannelClosed("the receiver has closed")
        await self._wake.wait()

    def _cancel_watch(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()

    def end_direct(self) -> None:
        """Look no further, and close what was found: nothing more is sent, or nothing by TCP."""
        self._cancel_watch()
        if self._search is not None:
            self._search.end()

    # What the channel brings

    def _heard(self, message: Message) -> None:
        match decode_file_text(message) if isinstance(message, str) and self._search is not None else None:
            case Direct() as theirs if self._search is not None:
                self._search.heard(theirs)
            case Received(received):
                if self._ways.heard_received(received):
                    self._wake.set()
            case Back(back):
                self._heard_back(back)
            case _:
                self.on_message(message)

    def _channel_closed(self) -> None:
        self._ways.forget()
        self.end_direct()
        self._wake.set()
        self.on_close()

    def _pieces(self, data: memoryview) -> Iterator[memoryview]:
        """Cut bytes into messages of the channel."""
        if not data:
            return
        most = min(self._message_bytes, self._channel.max_message)
        if self._limit is not None:
            most = min(most, self._limit.piece)
        for at in range(0, len(data), most):
            yield data[at : at + most]

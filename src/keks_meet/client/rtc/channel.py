# SPDX-License-Identifier: AGPL-3.0-only
"""Data channels of `wrtc` that can be awaited. Everything happens on the running loop."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol, TypeAlias, cast

import webrtc

from keks_meet.errors import ChannelClosed

__all__ = ["Channel", "DataChannel", "Message"]

Message: TypeAlias = bytes | str
_HIGH_MARK: Final = 4 * 1_048_576
"""The size to which a channel's buffer is filled, in bytes; it is refilled from the low mark. Measured fastest."""
_LOW_MARK: Final = 1_048_576
_LOOK_SECONDS: Final = 0.25
"""The pause between two looks at the state of a channel whose first event is awaited."""
_EVENT_PATIENCE: Final = 2.0
"""The time after which a channel whose state is open counts as open without the engine's event, in seconds."""


class Channel(Protocol):
    """What a line of bytes needs of its channel; see `DataChannel`."""

    on_message: Callable[[Message], None]
    on_close: Callable[[], None]

    @property
    def is_open(self) -> bool:
        """Whether something can be sent now."""

    @property
    def is_abandoned(self) -> bool:
        """Whether the channel ended with its connection."""

    @property
    def max_message(self) -> int:
        """The largest message that the other side takes, in bytes."""

    async def opened(self) -> None:
        """Wait until the channel is open. Raises `ChannelClosed`."""

    async def send(self, data: bytes | memoryview | str) -> None:
        """Send a message, once there is room for it. Raises `ChannelClosed`."""

    def send_now(self, text: str) -> None:
        """Send a text whatever the buffer holds. Raises `ChannelClosed`."""

    async def drained(self) -> None:
        """Wait until everything has left the buffer. Raises `ChannelClosed`."""

    async def closed(self) -> None:
        """Wait until one side has closed the channel."""

    def close(self) -> None:
        """Close the channel."""


class DataChannel:
    """A reliable, ordered data channel that can be awaited."""

    def __init__(
        self,
        channel: webrtc.RTCDataChannel,
        max_message: Callable[[], int],
        forget: Callable[["DataChannel"], object] = lambda _: None,
    ) -> None:
        """Listen to a channel; ``forget`` is called with this object at the end, once."""
        self._channel = channel
        self._max_message = max_message
        self._forget = forget
        self._high_mark = _HIGH_MARK
        self._changed = asyncio.Event()
        self._is_opened = False
        self._is_ending = False
        self._is_closed = False
        self.is_abandoned = False
        """Whether the channel ended with its connection, and not because the other side closed it."""
        self.on_message: Callable[[Message], None] = _ignore
        """The callback for each message, in order."""
        self.on_close: Callable[[], None] = _nothing
        """The callback for the end, called once, after the last message."""
        channel.buffered_amount_low_threshold = _LOW_MARK
        channel.on("open", lambda _: self._opened())
        channel.on("bufferedamountlow", lambda _: self._changed.set())
        channel.on("message", self._arrived)
        channel.on("close", lambda _: self._closed())
        loop = asyncio.get_running_loop()
        self._trusted_at = loop.time() + _EVENT_PATIENCE
        self._looking: asyncio.Handle = loop.call_soon(self._look)

    @property
    def label(self) -> str:
        """The label, which is a resource's id [F1]."""
        return self._channel.label

    @property
    def is_open(self) -> bool:
        """Whether something can be sent now."""
        # A channel that arrives calls itself open before it is, and loses what is sent until the event.
        return self._is_opened and self._channel.ready_state == webrtc.RTCDataChannelState.open

    @property
    def is_busy(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._channel.buffered_amount)

    @property
    def max_message(self) -> int:
        """The largest message that the other side takes, in bytes."""
        return self._max_message()

    async def opened(self) -> None:
        """Wait until the channel is open. Raises `ChannelClosed` if it closes instead."""
        while not self.is_open:
            await self._wait()

    async def send(self, data: bytes | memoryview | str) -> None:
        """Send a message, once there is room for it in the buffer. Raises `ChannelClosed`."""
        while self._channel.buffered_amount >= self._high_mark:
            await self._wait()
        self.send_now(data)

    def send_now(self, data: bytes | memoryview | str) -> None:
        """Send a small message whatever the buffer holds. Raises `ChannelClosed`."""
        try:
            self._channel.send(data)
        except (webrtc.InvalidStateError, webrtc.OperationError, TypeError) as error:
            # A `TypeError` is a message that is larger than all that the peer takes.
            raise ChannelClosed("the data channel is closed, or of no use") from error

    def hold_at_most(self, size: int) -> None:
        """Fill the buffer up to so many bytes alone, for a channel on which words must not wait long behind bytes."""
        self._high_mark = size
        self._channel.buffered_amount_low_threshold = size // 4

    async def drained(self) -> None:
        """Wait until everything has left the buffer. Raises `ChannelClosed`."""
        self._channel.buffered_amount_low_threshold = 0
        while self._channel.buffered_amount > 0:
            await self._wait()

    async def closed(self) -> None:
        """Wait until the other side, or this one, has closed the channel."""
        while not self._is_closed:
            self._changed.clear()
            await self._changed.wait()

    def close(self) -> None:
        """Close the channel; what is in the buffer is still sent."""
        self._channel.close()
        if not self._is_closed:
            self._is_ending = True
            self._looking.cancel()
            self._looking = asyncio.get_running_loop().call_soon(self._look)

    def abandon(self) -> None:
        """Note that the connection was closed here, which closes the channel without a word."""
        self.is_abandoned = not self._is_closed
        self._closed()

    async def _wait(self) -> None:
        self._changed.clear()
        if self._is_closed:
            raise ChannelClosed("the data channel is closed")
        await self._changed.wait()
        if self._is_closed:
            raise ChannelClosed("the data channel is closed")

    def _look(self) -> None:
        """Take the state for an event: that of a channel that arrives may be over before anybody listens, or be lost.

        So may that of a channel that is closed here. An open state is enough only after a moment, since a channel that
        arrives has it too early.
        """
        if self._is_closed or (self._is_opened and not self._is_ending):
            return
        loop = asyncio.get_running_loop()
        state = self._channel.ready_state
        if state == webrtc.RTCDataChannelState.closed:
            self._closed()
        elif state == webrtc.RTCDataChannelState.open and not self._is_ending and loop.time() >= self._trusted_at:
            self._opened()
        else:
            self._looking = loop.call_later(_LOOK_SECONDS, self._look)

    def _arrived(self, event: webrtc.MessageEvent) -> None:
        if not self._is_opened:
            self._opened()
        self.on_message(cast("Message", event.data))

    def _opened(self) -> None:
        self._is_opened = True
        self._changed.set()

    def _closed(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self._looking.cancel()
        self._changed.set()
        self._forget(self)
        self.on_close()


def _ignore(_: Message) -> None:
    return None


def _nothing() -> None:
    return None

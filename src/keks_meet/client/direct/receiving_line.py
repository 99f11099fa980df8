# SPDX-License-Identifier: AGPL-3.0-only
"""What brings bytes from their sender: the data channel, and for a while a direct TCP connection.

[F14] to [F16] for a file, and [P5] for one direction of a connection to a port.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from keks_meet.client.direct.connection import DirectConnection
from keks_meet.client.direct.search import DirectSearch
from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.rtc.channel import Channel, Message
from keks_meet.errors import ChannelClosed
from keks_meet.protocol.file_controls import Back, Direct, Switch
from keks_meet.session import limits
from keks_meet.session.events import PeerKey
from keks_meet.session.file_control import decode_file_text
from keks_meet.session.file_ways import ReceivingWays

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ReceivingLine"]

_MOST_FOUND: Final = 16
"""Connections to the sender that are kept until it has chosen one."""


class ReceivingLine:
    """One line of bytes, used like its channel: whatever brings the bytes, they come in order and once."""

    def __init__(self, channel: Channel, peer: PeerKey, direct: DirectWays | None) -> None:
        """Begin with the channel; ``direct`` is None where TCP is not to be used, or the sender does not know it."""
        self.on_message: Callable[[Message | bytearray], None] = lambda _: None
        """The callback for each message that is not about the line itself, and for what TCP brings."""
        self.on_close: Callable[[], None] = lambda: None
        """The callback for the end, called once."""
        self._channel = channel
        self._direct = direct
        self._ways = ReceivingWays()
        self._search = DirectSearch(direct, peer, channel.send_now, self._found, most=_MOST_FOUND) if direct else None
        # The connection that a byte came over first.
        self._chosen: DirectConnection | None = None
        self._word: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        channel.on_message = self._heard
        channel.on_close = self._channel_closed

    @property
    def is_abandoned(self) -> bool:
        """Whether the channel ended with its connection, and not because the other side closed it."""
        return self._channel.is_abandoned

    @property
    def is_direct(self) -> bool:
        """Whether bytes come over TCP."""
        return self._ways.carrier == "tcp"

    @property
    def was_direct(self) -> bool:
        """Whether TCP has carried bytes, or does."""
        return self._ways.has_switched

    async def opened(self) -> None:
        """Wait until the channel is open. Raises `ChannelClosed` if it closes instead."""
        await self._channel.opened()

    def send_now(self, text: str) -> None:
        """Send a text. Raises `ChannelClosed`."""
        self._channel.send_now(text)

    async def closed(self) -> None:
        """Wait until one side has closed the channel."""
        await self._channel.closed()

    def close(self) -> None:
        """Close the channel, and the connection at once."""
        self.end_direct()
        self._channel.close()

    # What the channel brings

    def _heard(self, message: Message) -> None:
        if not isinstance(message, str):
            # The channel brings no bytes while TCP does: those that come are of nobody who keeps to the rules.
            if self._ways.arrived(len(message), "channel"):
                self.on_message(message)
            return
        match decode_file_text(message) if self._search is not None else None:
            case Direct() as theirs if self._search is not None:
                self._search.begin()
                self._search.heard(theirs)
            case Switch(switch):
                self._switch(switch)
            case Back():
                self._go_back()
            case _:
                self.on_message(message)

    def _switch(self, count: int) -> None:
        if self._search is not None and self._ways.heard_switch(count):
            self._let_know()
            for connection in self._search.connections:
                self._read_from(connection)
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(limits.DIRECT_STALL_MS / 1000, self._look_for_choice)

    def _found(self, connection: DirectConnection) -> None:
        """Read from a connection if the sender has chosen: that may be known here before the connection is."""
        if self.is_direct:
            self._read_from(connection)

    def _channel_closed(self) -> None:
        self.end_direct()
        self.on_close()

    # What TCP brings

    def _read_from(self, connection: DirectConnection) -> None:
        if self._direct is not None:
            self._direct.tasks.start(self._read(connection))

    async def _read(self, connection: DirectConnection) -> None:
        """Read to the end of a connection; the sender closes all but the one that it has chosen."""
        with contextlib.suppress(OSError):
            while (data := await connection.receive()) and self._is_expected(connection, len(data)):
                self.on_message(data)
                self._let_know()
        connection.close()
        if connection is self._chosen:
            self._go_back()

    def _is_expected(self, connection: DirectConnection, length: int) -> bool:
        """Count bytes of a connection; return False for those of another one than the first that brought any."""
        if self._chosen is None:
            self._choose(connection)
        return connection is self._chosen and self._ways.arrived(length, "tcp")

    def _choose(self, chosen: DirectConnection) -> None:
        self._chosen = chosen
        if self._search is not None:
            self._search.stop()
            for connection in self._search.connections:
                if connection is not chosen:
                    connection.close()

    def _look_for_choice(self) -> None:
        """Keep no threads waiting for a sender that has switched, and sends nothing."""
        if self._chosen is None:
            self._go_back()

    def _let_know(self) -> None:
        """Let the sender know what has come: at once after much, and after a moment otherwise [F15]."""
        if self._ways.is_word_due:
            self._say()
        elif self._word is None:
            self._word = asyncio.get_running_loop().call_later(limits.RECEIVED_PAUSE_MS / 1000, self._say)

    def _say(self) -> None:
        self._cancel_word()
        if self._ways.is_silent:
            with contextlib.suppress(ChannelClosed):
                self._channel.send_now(self._ways.say_received())

    def _go_back(self) -> None:
        """Take no more from TCP, and ask for the rest over the channel [F16]."""
        word = self._ways.go_back()
        self.end_direct()
        if word is not None:
            with contextlib.suppress(ChannelClosed):
                self._channel.send_now(word)

    def end_direct(self) -> None:
        """Look no further, and close what was found: no more comes, or nothing by TCP."""
        self._cancel_word()
        if self._patience is not None:
            self._patience.cancel()
        if self._search is not None:
            self._search.end()

    def _cancel_word(self) -> None:
        word, self._word = self._word, None
        if word is not None:
            word.cancel()

# SPDX-License-Identifier: AGPL-3.0-only
"""The two ways of a file's bytes: what went over which, and what goes again when TCP breaks [F15] [F16].

All counts are of bytes of one transfer, from its first one on. This module owns no connection.
"""

from collections import deque
from typing import Literal, TypeAlias

from keks_meet.protocol.file_controls import Back, Received, Switch
from keks_meet.session import limits
from keks_meet.session.file_control import encode_file_control

__all__ = ["Carrier", "ReceivingWays", "SendingWays"]

Carrier: TypeAlias = Literal["channel", "tcp"]


class SendingWays:
    """The ways of one transfer, as its sender sees them."""

    def __init__(self) -> None:
        self.carrier: Carrier = "channel"
        """What carries the next byte."""
        self.sent = 0
        """Bytes that were given to either way, each counted once."""
        self.received = 0
        """Bytes that have come for certain."""
        self.is_heard = False
        """Whether the receiver has said that it listens there: the word of the switch may be long on its way."""
        self._has_switched = False
        self._is_broken = False
        # Pieces that went over TCP and have not come for certain, in order; the first one begins at `_kept_from`.
        self._kept: deque[memoryview] = deque()
        self._kept_from = 0

    @property
    def may_switch(self) -> bool:
        """Whether TCP may take over: once in a transfer."""
        return not self._has_switched

    def switch(self) -> str:
        """Let the next byte go over TCP; return the message that says so [F15]."""
        self._has_switched = True
        self.carrier = "tcp"
        self.received = self._kept_from = self.sent
        return encode_file_control(Switch(self.sent))

    def room(self) -> int:
        """Return how many bytes may go over TCP now: what has not come is kept, within a limit [F15]."""
        return 0 if self._is_broken else max(0, limits.KEPT_BYTES - (self.sent - self.received))

    @property
    def is_all_received(self) -> bool:
        """Whether nothing is on its way over TCP."""
        return self.received == self.sent

    def give_to_channel(self, length: int) -> None:
        """Count bytes that go over the channel."""
        self.sent += length

    def give_to_tcp(self, piece: memoryview) -> None:
        """Count and keep bytes that go over TCP."""
        self.sent += len(piece)
        self._kept.append(piece)

    def heard_received(self, count: int) -> bool:
        """Forget what has come; return whether that is news. A number that cannot be is none."""
        if self.carrier != "tcp" or not self.received <= count <= self.sent:
            return False
        is_news = count > self.received or not self.is_heard
        self.is_heard = True
        self.received = count
        while self._kept and self._kept_from + len(self._kept[0]) <= count:
            self._kept_from += len(self._kept.popleft())
        return is_news

    def broken(self) -> str | None:
        """Note that TCP is over; return the message that asks how much has come, the first time [F16]."""
        if self.carrier != "tcp" or self._is_broken:
            return None
        self._is_broken = True
        return encode_file_control(Back(self.sent))

    def forget(self) -> None:
        """Keep nothing any more: there is nobody to send it to."""
        self._kept.clear()

    def heard_back(self, count: int) -> list[memoryview] | None:
        """Go back to the channel from a byte on; return what is to be sent again, in order, before anything else.

        None for a number that cannot be: what was acknowledged is forgotten.
        """
        if self.carrier != "tcp" or not self.received <= count <= self.sent:
            return None
        self.heard_received(count)
        rest = list(self._kept)
        if rest and count > self._kept_from:
            rest[0] = rest[0][count - self._kept_from :]
        self._kept.clear()
        self.carrier = "channel"
        return rest


class ReceivingWays:
    """The ways of one transfer, as its receiver sees them."""

    def __init__(self) -> None:
        self.carrier: Carrier = "channel"
        """What is to bring the next byte."""
        self.received = 0
        """Bytes that have come by either way."""
        self.has_switched = False
        """Whether TCP has taken over, however long it held."""
        self._said = 0

    def arrived(self, length: int, carrier: Carrier) -> bool:
        """Count bytes; return False for bytes that come by the other way, and are to be dropped."""
        if carrier != self.carrier:
            return False
        self.received += length
        return True

    def heard_switch(self, count: int) -> bool:
        """Expect the next byte by TCP; return False where that cannot be: the channel has brought another number."""
        if self.has_switched or count != self.received:
            return False
        self.has_switched = True
        self.carrier = "tcp"
        self._said = -1
        return True

    @property
    def is_silent(self) -> bool:
        """Whether the sender does not know of all that has come by TCP, or that it is listened to there."""
        return self.carrier == "tcp" and self._said < self.received

    @property
    def is_word_due(self) -> bool:
        """Whether so much has come that the sender should hear of it at once."""
        return self.is_silent and (self._said < 0 or self.received - self._said >= limits.RECEIVED_STEP_BYTES)

    def say_received(self) -> str:
        """Return the message that says how much has come [F15]."""
        self._said = self.received
        return encode_file_control(Received(self.received))

    def go_back(self) -> str | None:
        """Expect the next byte by the channel again; return the message that says where from [F16]."""
        if self.carrier != "tcp":
            return None
        self.carrier = "channel"
        return encode_file_control(Back(self.received))

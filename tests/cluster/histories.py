# SPDX-License-Identifier: AGPL-3.0-only
"""Histories of clients: what each said and heard, and when. Pure; `checker` judges them.

A message is a text that says where it belongs, so that who hears it can tell whether it should.
"""

from dataclasses import dataclass, field

import msgspec
from msgspec import Raw

from keks_meet.protocol.packets import Clientbound, Init, Join, Relay, Serverbound

Happening = tuple[float, Serverbound | Clientbound]


@dataclass
class History:
    """One connection of one client."""

    node: str
    happenings: list[Happening] = field(default_factory=list)
    id: int | None = None
    ended: float | None = None
    """When the connection was known to be over."""
    _stay: int = 0
    _numbers: dict[tuple[int, int | None], int] = field(default_factory=dict)

    def say(self, packet: Serverbound, now: float) -> None:
        if isinstance(packet, Join):
            self._stay += 1
        self.happenings.append((now, packet))

    def hear(self, packet: Clientbound, now: float) -> None:
        if isinstance(packet, Init) and self.id is None:
            self.id = packet.your_id
        self.happenings.append((now, packet))

    def relay(self, recipient: int | None, room: str) -> Relay:
        """Return the next message of this stay for one member or for all others."""
        key = (self._stay, recipient)
        number = self._numbers[key] = self._numbers.get(key, 0) + 1
        text = Text(self.id or 0, self._stay, recipient, number, room)
        return Relay(recipient=recipient, message=Raw(msgspec.json.encode(msgspec.json.encode(text).decode())))


class Text(msgspec.Struct, frozen=True, array_like=True):
    """What a message says."""

    sender: int
    stay: int
    recipient: int | None
    number: int
    room: str


def read(message: Raw) -> Text:
    return msgspec.json.decode(msgspec.json.decode(message, type=str), type=Text)

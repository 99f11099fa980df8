# SPDX-License-Identifier: AGPL-3.0-only
"""Packets of the hub as items between nodes, and back. Pure."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Raw

from keks_meet.protocol.limits import FRAME_ENVELOPE_BYTES
from keks_meet.protocol.packets import ClientJoin, ClientLeave, Message, Relay, Serverbound
from keks_meet.server.cluster.frames import Joined, Parted, Said

__all__ = ["Delivery", "delivery_of", "packet_of", "size_of"]

Delivery: TypeAlias = Joined | Parted | Said


def delivery_of(packet: ClientJoin | ClientLeave | Message) -> Callable[[tuple[int, ...]], Delivery]:
    """Return what makes the item that brings a packet to its recipients."""
    match packet:
        case ClientJoin(id):
            return lambda recipients: Joined(id, recipients)
        case ClientLeave(id):
            return lambda recipients: Parted(id, recipients)
        case Message(sender, message):
            text = bytes(message)
            return lambda recipients: Said(sender, recipients, text)


def packet_of(item: Delivery) -> ClientJoin | ClientLeave | Message:
    """Return the packet that the recipients of an item hear."""
    match item:
        case Joined():
            return ClientJoin(item.client)
        case Parted():
            return ClientLeave(item.client)
        case Said():
            return Message(sender=item.client, message=Raw(item.message))


def size_of(packet: Serverbound) -> int:
    """Return the most bytes that a packet becomes at a client that hears of it."""
    message = memoryview(packet.message).nbytes if isinstance(packet, Relay) else 0
    return message + FRAME_ENVELOPE_BYTES

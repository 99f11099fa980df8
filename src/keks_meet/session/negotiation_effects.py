# SPDX-License-Identifier: AGPL-3.0-only
"""What the negotiation with one peer orders: from the engine of the connection, and from the session around it."""

from typing import Literal, TypeAlias

from msgspec import Struct

from keks_meet.protocol.relay_messages import Answer, IceCandidate, Offer
from keks_meet.session.descriptions import Description

__all__ = [
    "AddCandidate",
    "EngineEffect",
    "GiveUp",
    "IceRestart",
    "NegotiationEffect",
    "RenewConnection",
    "ReplaceConnection",
    "RollBack",
    "SendMessage",
    "SetLocalDescription",
    "SetRemoteDescription",
]


class SetLocalDescription(Struct, frozen=True, tag_field="type", tag="set-local-description"):
    """Make and set an offer, or the answer to the peer's."""

    passive: Literal[True] | None = None
    """Whether the answer leaves it to the peer to begin with DTLS [N12]."""


class SetRemoteDescription(Struct, frozen=True, tag_field="type", tag="set-remote-description"):
    """Take the peer's description."""

    description: Description


class AddCandidate(Struct, frozen=True, tag_field="type", tag="add-candidate"):
    """Take a candidate; one that is refused is no failure."""

    candidate: IceCandidate


class RollBack(Struct, frozen=True, tag_field="type", tag="roll-back"):
    """Take the own offer back."""


class IceRestart(Struct, frozen=True, tag_field="type", tag="restart-ice"):
    """Let the next offer restart ICE [N7]."""


class SendMessage(Struct, frozen=True, tag_field="type", tag="send"):
    """Relay a message to the peer."""

    message: Offer | Answer | IceCandidate


class ReplaceConnection(Struct, frozen=True, tag_field="type", tag="replace-connection"):
    """Close the connection and take the streams to a new one [N8]."""


class RenewConnection(Struct, frozen=True, tag_field="type", tag="renew-connection"):
    """Replace a connection that has not got as far as an answer: nothing has gone over it yet [N4]."""


class GiveUp(Struct, frozen=True, tag_field="type", tag="give-up"):
    """Give up after too many failures in a row [N7]."""


EngineEffect: TypeAlias = SetLocalDescription | SetRemoteDescription | AddCandidate | RollBack
NegotiationEffect: TypeAlias = EngineEffect | IceRestart | SendMessage | ReplaceConnection | RenewConnection | GiveUp

# SPDX-License-Identifier: AGPL-3.0-only
"""Text messages on the channel of a connection to a port, between ends that know them [P2] [P4] [P5]."""

from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from keks_meet.protocol.wire_limits import FILE_TEXT_CHARACTERS

__all__ = ["EOF", "PortText", "Role", "Said", "decode_port_text", "encode_said"]

Role: TypeAlias = Literal["writing", "reading"]
"""The end of one direction that says something about it: the one that writes there, or the one that reads."""

EOF: Final = '{"eof": true}'
"""The text that ends the direction in which it is sent [P2]."""

_LONGEST: Final = FILE_TEXT_CHARACTERS + 32
"""Characters of a text: of a control, and of what says whose it is."""


class Said(NamedTuple):
    """A control about the bytes of one direction, still as text [P4] [P5]."""

    role: Role
    """The end that says it."""
    control: str


PortText: TypeAlias = Literal["eof"] | Said | None
"""None for what is not known or not well formed, which is ignored."""

_decode: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def decode_port_text(message: str) -> PortText:
    """Return what a text message says; nothing is raised, whatever it is."""
    if len(message) > _LONGEST:
        return None
    try:
        parts = list(_decode(message).items())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    match parts:
        case [("eof", value)] if bytes(value) == b"true":
            return "eof"
        case [("writing" | "reading" as role, value)]:
            return Said(role, bytes(value).decode())
        case _:
            return None


def encode_said(said: Said) -> str:
    """Return the text for a control, which has to be JSON."""
    return f'{{"{said.role}": {said.control}}}'

# SPDX-License-Identifier: AGPL-3.0-only
"""Text messages on a file channel: ``end`` [F1], and the controls between ends that know them.

[F4] to [F6] [F9] [F11].
"""

from typing import Literal

from keks_meet.errors import MalformedPacket
from keks_meet.protocol import codec
from keks_meet.protocol.file_controls import FileControl
from keks_meet.protocol.wire_limits import FILE_TEXT_CHARACTERS

__all__ = ["decode_file_text", "encode_file_control"]


def decode_file_text(message: str) -> FileControl | Literal["end"] | None:
    """Return what a text message says; None for what is not known or not well formed, which is ignored [F3]."""
    if message == "end":
        return "end"
    if len(message) > FILE_TEXT_CHARACTERS:
        return None
    try:
        return codec.decode_file_control(message)
    except MalformedPacket:
        return None


def encode_file_control(control: FileControl) -> str:
    """Return the JSON of a control."""
    return codec.encode_file_control(control).decode()

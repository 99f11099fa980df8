# SPDX-License-Identifier: AGPL-3.0-only
"""Frames, read by RFC 6455's own words; `tests/integration` has aiohttp read them."""

import pytest

from keks_meet.protocol.close_codes import CloseCode
from keks_meet.server.frames import close_frame, pong_frame, text_frame


def read(frame: bytes) -> tuple[int, bytes]:
    """Return first byte and payload of a whole, unmasked frame with the shortest length that fits."""
    assert not frame[1] & 0x80, "a server does not mask"
    size = {126: 2, 127: 8}.get(frame[1], 0)
    length = int.from_bytes(frame[2 : 2 + size], "big") if size else frame[1]
    assert length >= {0: 0, 2: 126, 8: 65_536}[size]
    payload = frame[2 + size :]
    assert len(payload) == length
    return frame[0], payload


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 1_048_576])
def test_text(length: int) -> None:
    assert read(text_frame(b"x" * length)) == (0x81, b"x" * length)


def test_pong() -> None:
    assert read(pong_frame(b"abc")) == (0x8A, b"abc")


@pytest.mark.parametrize(("reason", "arrives"), [("why", "why"), ("ä" * 100, "ä" * 61), ("", "")])
def test_close(reason: str, arrives: str) -> None:
    """[S10]: a reason fits into the frame, cut between characters."""
    assert read(close_frame(CloseCode.TRY_LATER, reason)) == (0x88, (1013).to_bytes(2, "big") + arrives.encode())

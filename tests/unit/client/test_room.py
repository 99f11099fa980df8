# SPDX-License-Identifier: AGPL-3.0-only
"""What a room refuses before anything is sent."""

import pytest

from keks_meet.client import Room
from keks_meet.errors import RoomLeft

IMAGE = "data:image/png;base64,AAAA"


@pytest.mark.parametrize(
    ("text", "image"),
    [
        (None, None),
        ("both", IMAGE),
        ("x" * 20_001, None),
        ("half a character: \ud800", None),
        (None, "https://example.org/picture.png"),
        (None, "data:text/html,hello"),
    ],
)
def test_chat_that_nobody_would_take_is_refused(text: str | None, image: str | None) -> None:
    with pytest.raises(ValueError, match=r"text|image|surrogates"):
        Room("secret").send_chat(text, image=image)


@pytest.mark.parametrize(("text", "image"), [("x" * 20_000, None), ("", None), (None, IMAGE)])
def test_chat_needs_a_room_that_is_joined(text: str | None, image: str | None) -> None:
    with pytest.raises(RoomLeft, match="joined with"):
        Room("secret").send_chat(text, image=image)

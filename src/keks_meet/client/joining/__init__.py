# SPDX-License-Identifier: AGPL-3.0-only
"""How a room is joined. The engine and aiohttp come with it, so it is loaded while something else goes on."""

from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from keks_meet.late_names import late_names

if TYPE_CHECKING:
    from keks_meet.client.joining.entry import Entry

__all__ = ["Entry", "load_soon"]

__getattr__ = late_names(__name__, {"Entry": "entry"})


def load_soon() -> None:
    """Begin to load it, and return at once: the time is used in which a person types the secret of a room."""
    Thread(target=_load, name="keks-meet loading").start()


def _load() -> None:
    # Who joins meets the same error again, and tells of it.
    with suppress(Exception):
        __getattr__("Entry")

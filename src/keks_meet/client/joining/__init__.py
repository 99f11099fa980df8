# SPDX-License-Identifier: AGPL-3.0-only
"""How a room is joined. The engine and aiohttp come with it, so it is loaded while the room's keys are derived."""

from typing import TYPE_CHECKING

from keks_meet.late_names import late_names

if TYPE_CHECKING:
    from keks_meet.client.joining.entry import Entry

__all__ = ["Entry"]

__getattr__ = late_names(__name__, {"Entry": "entry"})

# SPDX-License-Identifier: AGPL-3.0-only
"""The words for the comparison of a server's pages with those that are installed."""

from collections.abc import Iterator
from typing import Final

from keks_meet.rift.events import SiteCompared
from keks_meet.rift.terminal import printable

__all__ = ["configured_lines", "difference_lines"]

_MOST: Final = 20
"""Differences that are listed one by one."""


def difference_lines(event: SiteCompared) -> Iterator[str]:
    """Yield what is wrong, a line each: first the verdict, then what differs."""
    yield f"These are NOT the pages of keks-meet {event.version}, which is installed here."
    if event.said and event.said != event.version:
        yield f"The server says that it is keks-meet {printable(event.said, limit=60)}: compare it with that version."
    for each in event.differences[:_MOST]:
        yield f"  {printable(f'{each.address} {each.what}', limit=200)}"
    if len(event.differences) > _MOST:
        yield f"  and {len(event.differences) - _MOST} more"


def configured_lines(event: SiteCompared) -> Iterator[str]:
    """Yield the verdict, and what the server may put into its pages, a line each."""
    yield f"These are the pages of keks-meet {event.version}: all {event.compared} files are those, byte for byte."
    yield "The server configures in them:"
    colours = [f"{name} {value}" for name, value in event.configured.items() if value.startswith("#")]
    yield f"  colours: {', '.join(colours)}"
    for name, value in event.configured.items():
        if not value.startswith("#"):
            yield f"  {name}: {printable(value)}"

# SPDX-License-Identifier: AGPL-3.0-only
"""What all transfers of a command came to, in one line for people. Pure."""

from rich.filesize import decimal

from keks_meet.rift.events import Summary
from keks_meet.rift.way_words import WAY_WORDS

__all__ = ["summary_line"]


def summary_line(event: Summary) -> str:
    """Return the line: files, bytes, seconds, rate and ways, then what is unconfirmed, failed, or left out."""
    verb = "Sent" if event.direction == "sending" else "Received"
    told = [f"{verb} {event.files} {'file' if event.files == 1 else 'files'} in all"]
    if event.bytes:
        rate = decimal(int(event.bytes / max(event.seconds, 0.001)))
        ways = " and ".join(WAY_WORDS[way] for way in event.ways)
        told[0] += f": {decimal(event.bytes)} in {event.seconds:.1f} s, {rate}/s{', ' if ways else ''}{ways}"
    if event.unconfirmed:
        told.append(f"{event.unconfirmed} unconfirmed")
    if event.failed:
        told.append(f"{event.failed} failed")
    if event.excluded:
        told.append(f"{event.excluded} excluded")
    return f"{'; '.join(told)}."

# SPDX-License-Identifier: AGPL-3.0-only
"""What is written of keys and people, for a person."""

from keks_meet.rift import events as e
from keks_meet.rift.terminal import printable
from keks_meet.session.shown_text import shown_name

__all__ = ["identity_lines"]

_GROUP = 8


def identity_lines(event: e.OwnIdentity | e.PersonListed | e.SafetyNumber) -> list[str]:
    """Return the lines that say it."""
    match event:
        case e.OwnIdentity(fingerprint, folder):
            return [
                f"Fingerprint: {_grouped(fingerprint)}",
                f"Others recognise you by it. The key is kept in {printable(str(folder), limit=1000)}.",
            ]
        case e.PersonListed(username, fingerprint, mark, first, last, petname):
            name = shown_name(petname or username) or e.NAMELESS
            called = f', calls itself "{shown_name(username)}"' if petname else ""
            return [f"{name}\t{mark}\t{first} to {last}\t{_grouped(fingerprint[:16])}{called}"]
        case e.SafetyNumber(name, number):
            groups = number.split(" ")
            rows = [" ".join(groups[at : at + 4]) for at in range(0, len(groups), 4)]
            return [f"Compare this number with {name}, aloud or on both screens:", *(f"    {row}" for row in rows)]


def _grouped(fingerprint: str) -> str:
    return " ".join(fingerprint[at : at + _GROUP] for at in range(0, len(fingerprint), _GROUP))

# SPDX-License-Identifier: AGPL-3.0-only
"""The code of a room, in words: who makes it, whom it covers, and why there is none [Y20] to [Y22]."""

from collections.abc import Sequence
from typing import Final

from keks_meet.rift.events import Event, PeerName, RoomCode, Status, Warned, worded
from keks_meet.session.room_code_orders import CodeEnding

__all__ = ["words_of_code"]

_REASONS: Final[dict[CodeEnding, str]] = {
    "differs": "sees other people here, or other names or keys of them. Perhaps somebody has just come: try again",
    "busy": "makes another code",
    "barred": "does not take part with somebody who has spoiled three codes",
    "silent": "did not answer",
    "false": "did not keep to the rules",
    "changed": "has another name now",
    "left": "left",
    "stopped": "stopped it",
}
_OWN_REASONS: Final[dict[CodeEnding, str]] = {
    "alone": "nobody is here with whom it can be made",
    "lost": "the server is away",
    "changed": "you have another name now",
    "stopped": "you stopped it",
    "silent": "nothing came of it in time",
}
_DANGER: Final = (
    "The codes differ: somebody may stand between you, and hear and change what you say. Tell each other nothing that"
    " matters here, and make a new code, or compare another way."
)


def words_of_code(code: RoomCode) -> list[Event]:
    """Return what a person is told."""
    if code.status == "running":
        return [Status(f"{_starter(code)} a code for the room, which shows that nobody stands between you.")]
    if code.status == "code":
        told: list[Event] = [
            Status(f"The code of the room is {code.code}, for {_listed(code.members)} and you."),
            Status("Say it aloud. If all have the same, type match and the code; else type differ."),
        ]
        return told + ([Warned(f"It does not cover {_listed(code.uncovered)}.")] if code.uncovered else [])
    return [_ended(code)]


def _starter(code: RoomCode) -> str:
    left_out = f"Without {_listed(code.left_out)}, who did not answer: " if code.left_out else ""
    return left_out + ("You make" if code.by is None else f"{worded(code.by)} makes")


def _ended(code: RoomCode) -> Event:
    if code.why == "match":
        return Status(f"{_listed(code.members)}: verified.")
    if code.why == "mismatch":
        teller = f"{worded(code.ended_by)} says: " if code.ended_by else ""
        return Warned(teller + _DANGER)
    if code.ended_by is not None and code.why == "silent":
        return Status(f"There is no code: {worded(code.ended_by)} waited for somebody in vain.")
    who = (code.ended_by,) if code.ended_by is not None else code.named
    reason = _REASONS.get(code.why or "silent", "") if who else _OWN_REASONS.get(code.why or "silent", "it ended")
    text = f"There is no code: {_listed(who) + ' ' if who else ''}{reason}."
    return Warned(text) if code.why in {"false", "barred"} else Status(text)


def _listed(peers: Sequence[PeerName]) -> str:
    names = list(map(worded, peers))
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)

# SPDX-License-Identifier: AGPL-3.0-only
"""The code of a room, in words: who makes it, whom it covers, and why there is none [Y20] to [Y22]."""

from collections.abc import Sequence
from typing import Final

from keks_meet.rift.events import Event, PeerName, RoomCode, Status, Warned, worded
from keks_meet.session.room_code_orders import CodeEnding

__all__ = ["words_of_code"]

# What this program has found itself, of those whom it is about.
_FOUND: Final[dict[CodeEnding, str]] = {
    "silent": "did not answer",
    "false": "did not keep to the rules",
    "changed": "has another name now",
    "left": "left",
}
# What somebody else says: that one need not be whom it is about, and need not have found it, but may pass it on.
_SAID: Final[dict[CodeEnding, str]] = {
    "differs": "not all see the same people here, or the same names or keys of them; if somebody is new, try again",
    "busy": "somebody makes another code, or has one to compare",
    "barred": "somebody has spoiled three codes",
    "silent": "somebody did not answer",
    "false": "somebody did not keep to the rules",
    "changed": "somebody has another name now",
    "left": "somebody left",
    "stopped": "somebody stopped it",
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
        teller = f"{worded(code.ended_by)} says that somebody has another code. " if code.ended_by else ""
        return Warned(teller + _DANGER)
    why = code.why or "silent"
    if code.ended_by is not None:
        reason = f"{worded(code.ended_by)} says that {_SAID.get(why, 'it ended')}"
    elif code.named:
        reason = f"{_listed(code.named)} {_FOUND.get(why, 'ended it')}"
    else:
        reason = _OWN_REASONS.get(why, "it ended")
    text = f"There is no code: {reason}."
    return Warned(text) if code.why in {"false", "barred"} else Status(text)


def _listed(peers: Sequence[PeerName]) -> str:
    names = list(map(worded, peers))
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)

# SPDX-License-Identifier: AGPL-3.0-only
"""Descriptions (SDP, RFC 8866): what a session reads first [N8] [N10] [N19], and adds [N12] [N16] [N19]."""

import re
from collections import deque
from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from keks_meet.session import limits

__all__ = [
    "Description",
    "EndedOrigins",
    "candidates_in",
    "is_acceptable",
    "may_answer",
    "naming_offer",
    "origin_of",
    "passive_answer",
    "robust_audio",
]

_ORIGIN: Final = re.compile(r"^o=\S+ (\S+)", re.MULTILINE)
_NAME: Final = re.compile(r"(?:\A|\n)o=[^ \r\n]+ ([0-9]{1,20} [0-9]{1,20}) ")
_ANSWERED: Final = re.compile(r"\na=keks-meet-answers:([0-9]{1,20} [0-9]{1,20})\r?\n")
_FIRST_SECTION: Final = re.compile(r"(\r?\n)m=")
_LONGEST_ORIGIN: Final = 64
"""In characters; engines make ids of 64 bits (RFC 9429, section 5.2.1)."""
_SENDING: Final = frozenset({"a=sendrecv", "a=sendonly"})
_IDLE: Final = frozenset({"a=recvonly", "a=inactive"})
_BUNDLE: Final = "a=group:BUNDLE "
_MID: Final = "a=mid:"
_OPUS: Final = re.compile(r"^a=rtpmap:(\d+) opus/48000/2(\r?\n)", re.MULTILINE | re.IGNORECASE)
_SECTION: Final = re.compile(r"^(?=m=)", re.MULTILINE)
_STRAY_RETURN: Final = re.compile(r"\r(?!\n)")


class Description(Struct, frozen=True):
    """An offer or an answer, as W3C's RTCSessionDescription."""

    type: Literal["offer", "answer"]
    sdp: str


class EndedOrigins:
    """The session ids of connections of peers that ended at this side, by which their offers are outdated [N8]."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = deque(origins, maxlen=limits.ENDED_ORIGINS)

    def add(self, origin: str) -> None:
        """Keep one more; the oldest is forgotten. One that no engine makes is not kept: peers could fill the memory."""
        if len(origin) <= _LONGEST_ORIGIN and origin not in self._origins:
            self._origins.append(origin)

    def __contains__(self, origin: str) -> bool:
        """Tell whether it is one of them."""
        return origin in self._origins


def origin_of(sdp: str) -> str:
    """Return the session id of the origin line (RFC 8866, section 5.2); empty when there is none."""
    found = _ORIGIN.search(sdp)
    return found[1] if found else ""


def _name_of(sdp: str) -> str | None:
    """Return the session id and version of the origin line, of which each offer of a connection has others."""
    found = _NAME.search(sdp)
    return found[1] if found else None


def naming_offer(answer: str, offer: str) -> str:
    """Return an answer that names the offer that it answers, if that has a name [N19]."""
    name = _name_of(offer)
    return answer if name is None else _FIRST_SECTION.sub(rf"\1a=keks-meet-answers:{name}\g<0>", answer, count=1)


def may_answer(answer: str, offer: str) -> bool:
    """Tell whether an answer names this offer, or none [N19]."""
    found = _ANSWERED.search(answer)
    return found is None or found[1] == _name_of(offer)


def passive_answer(sdp: str) -> str:
    """Return an answer that leaves it to the other side to begin with DTLS (RFC 8842, section 5.3) [N12]."""
    return re.sub(r"^a=setup:active(?=\r?$)", "a=setup:passive", sdp, flags=re.MULTILINE)


def robust_audio(sdp: str) -> str:
    """Return a description that asks for lost packets of sound again [N16]."""
    return "".join(_robust_section(section) for section in _SECTION.split(sdp))


def _robust_section(section: str) -> str:
    said = set(section.splitlines())

    def robust(opus: re.Match[str]) -> str:
        asking = f"a=rtcp-fb:{opus[1]} nack"
        return opus[0] if asking in said else f"{opus[0]}{asking}{opus[2]}"

    return _OPUS.sub(robust, section)


def candidates_in(sdp: str) -> int:
    """Count the candidates inside a description."""
    return sdp.count("\na=candidate:")


def is_acceptable(sdp: str) -> bool:
    """Tell whether an engine may read a description: it is within the limits, clear, and on one transport [N10]."""
    if len(sdp) > limits.DESCRIPTION_CHARACTERS or candidates_in(sdp) > limits.REMOTE_CANDIDATES:
        return False
    if sdp.count("\nm=") > limits.MEDIA_SECTIONS or _STRAY_RETURN.search(sdp):
        return False
    head, *rest = sdp.replace("\r", "").split("\nm=")
    sections = [section.split("\n") for section in rest]
    sending = sum(map(_may_send, sections))
    return (
        all(map(_is_clear, sections))
        and sending <= limits.ACTIVE_MEDIA_SECTIONS
        and _is_bundled(head.split("\n"), sections)
    )


def _is_clear(lines: list[str]) -> bool:
    """Tell whether a section says its direction and name at most once: of two, engines choose as they like."""
    directions = sum(line in _SENDING or line in _IDLE for line in lines)
    return directions <= 1 and sum(line.startswith(_MID) for line in lines) <= 1


def _is_used(lines: list[str]) -> bool:
    return lines[0].split(" ")[1:2] != ["0"] or "a=bundle-only" in lines


def _may_send(lines: list[str]) -> bool:
    return _is_used(lines) and not any(line in _IDLE for line in lines)


def _is_bundled(head: list[str], sections: list[list[str]]) -> bool:
    """Tell whether all sections that are in use share one transport: each other one would open ports of its own."""
    used = [lines for lines in sections if _is_used(lines)]
    if len(used) < 2:
        return True
    bundle = next((line.removeprefix(_BUNDLE) for line in head if line.startswith(_BUNDLE)), "")
    bundled = {f"{_MID}{mid}" for mid in bundle.split(" ")}
    return all(any(line in bundled for line in lines) for lines in used)

# SPDX-License-Identifier: AGPL-3.0-only
"""What a session reads of descriptions (SDP, RFC 8866) before an engine does [N8] [N10]. Engines read the rest."""

import re
from typing import Final

from keks_meet.session import limits

__all__ = ["candidates_in", "is_acceptable", "origin_of", "passive_answer"]

_ORIGIN: Final = re.compile(r"^o=\S+ (\S+)", re.MULTILINE)
_INACTIVE: Final = "a=inactive"
_DIRECTIONS: Final = frozenset({_INACTIVE, "a=sendrecv", "a=sendonly", "a=recvonly"})
_BUNDLE: Final = "a=group:BUNDLE "


def origin_of(sdp: str) -> str:
    """Return the session id of the origin line (RFC 8866, section 5.2); empty when there is none."""
    found = _ORIGIN.search(sdp)
    return found[1] if found else ""


def passive_answer(sdp: str) -> str:
    """Return an answer that leaves it to the other side to begin with DTLS (RFC 8842, section 5.3) [N12]."""
    return re.sub(r"^a=setup:active(?=\r?$)", "a=setup:passive", sdp, flags=re.MULTILINE)


def candidates_in(sdp: str) -> int:
    """Count the candidates inside a description."""
    return sdp.count("\na=candidate:")


def is_acceptable(sdp: str) -> bool:
    """Tell whether an engine may read a description: it is within the limits, and on one transport [N10]."""
    if len(sdp) > limits.DESCRIPTION_CHARACTERS or candidates_in(sdp) > limits.REMOTE_CANDIDATES:
        return False
    if sdp.count("\nm=") > limits.MEDIA_SECTIONS:
        return False
    head, *sections = sdp.replace("\r", "").split("\nm=")
    active = [section.split("\n") for section in sections]
    active = [lines for lines in active if _is_active(lines)]
    return len(active) <= limits.ACTIVE_MEDIA_SECTIONS and _is_bundled(head.split("\n"), active)


def _is_active(lines: list[str]) -> bool:
    direction = next((line for line in lines if line in _DIRECTIONS), "")
    port = lines[0].split(" ")[1:2]
    return direction != _INACTIVE and (port != ["0"] or "a=bundle-only" in lines)


def _is_bundled(head: list[str], active: list[list[str]]) -> bool:
    """Tell whether all active sections share one transport: each other one would open ports of its own."""
    if len(active) < 2:
        return True
    bundle = next((line.removeprefix(_BUNDLE) for line in head if line.startswith(_BUNDLE)), "")
    bundled = set(bundle.split(" "))
    return all(
        any(line.removeprefix("a=mid:") in bundled for line in lines if line.startswith("a=mid:")) for lines in active
    )

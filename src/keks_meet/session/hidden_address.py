# SPDX-License-Identifier: AGPL-3.0-only
"""Descriptions and candidates of a client that hides its address [N18]."""

import re
from typing import Final

__all__ = ["hidden_address", "hidden_candidate"]

_RELAYED: Final = re.compile(r"(?:a=)?candidate:\S+ \S+ \S+ \S+ \S+ \S+ typ relay(?= |\r?\Z)", re.IGNORECASE)
_RELATED: Final = re.compile(r" raddr \S+ rport \S+", re.IGNORECASE)
_LINES: Final = (
    (re.compile(r"c=IN IP[46] [^\r]*"), "c=IN IP4 0.0.0.0"),
    (re.compile(r"a=rtcp:[^\r]*"), "a=rtcp:9 IN IP4 0.0.0.0"),
    (re.compile(r"(m=\S+) [1-9][0-9]* "), r"\1 9 "),
)


def hidden_candidate(candidate: str) -> str | None:
    """Return a candidate that names no address of this machine; None for one that cannot but name it."""
    if not _RELAYED.match(candidate):
        return None
    return _RELATED.sub(" raddr 0.0.0.0 rport 0", candidate, count=1)


def hidden_address(sdp: str) -> str:
    """Return a description that names no address of this machine."""
    lines = (hidden_candidate(line) if line.startswith("a=candidate:") else _hidden(line) for line in sdp.split("\n"))
    return "\n".join(line for line in lines if line is not None)


def _hidden(line: str) -> str:
    for pattern, replacement in _LINES:
        if pattern.match(line):
            return pattern.sub(replacement, line, count=1)
    return line

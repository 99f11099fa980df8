# SPDX-License-Identifier: AGPL-3.0-only
"""What was found, how bad it is, and what to do about it. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

__all__ = ["Finding", "Level", "as_text", "note", "ok", "problem", "warning"]


class Level(StrEnum):
    """How bad it is, from fine on."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(Struct, frozen=True):
    """One sentence, and another one that says what to do."""

    level: Level
    about: str
    what: str
    advice: str = ""


def ok(about: str, what: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(Level.OK, about, what)


def note(about: str, what: str, advice: str = "") -> Finding:
    """Return something that may be meant so."""
    return Finding(Level.NOTE, about, what, advice)


def warning(about: str, what: str, advice: str) -> Finding:
    """Return something that will not work for some people, or not for long."""
    return Finding(Level.WARNING, about, what, advice)


def problem(about: str, what: str, advice: str) -> Finding:
    """Return something that does not work."""
    return Finding(Level.PROBLEM, about, what, advice)


def as_text(findings: Sequence[Finding]) -> str:
    """Return a line for each finding, with its advice on the next one, and how many there are of what is not fine."""
    lines = [line for finding in findings for line in _lines(finding)]
    counts = {level: sum(finding.level is level for finding in findings) for level in (Level.PROBLEM, Level.WARNING)}
    lines.append(", ".join(f"{_counted(count, level.value)}" for level, count in counts.items()))
    return "\n".join(lines) + "\n"


def _lines(finding: Finding) -> list[str]:
    line = _printable(f"{finding.level:<8} {finding.about}: {finding.what}")
    return [line, _printable(f"{'':<8} → {finding.advice}")] if finding.advice else [line]


def _printable(line: str) -> str:
    """Replace what would do something to a terminal: servers that are asked put words into findings."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"

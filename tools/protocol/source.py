# SPDX-License-Identifier: AGPL-3.0-only
"""The shape of `spec/protocol.json`, and what the makers of both languages ask of it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "spec/protocol.json"

Language: TypeAlias = Literal["python", "typescript"]
Unit: TypeAlias = Literal["count", "characters", "bytes", "moments", "ms"]
_BOTH: tuple[Language, ...] = ("python", "typescript")


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields that all entries share: the meaning of the entry, and the rules that say so."""

    meaning: str = ""
    rules: tuple[str, ...] = ()


class Number(Part, frozen=True, kw_only=True):
    """A limit or a time: one number, or one for each language, or one for each kind of something."""

    value: int | None = None
    by_language: dict[Language, int] | None = None
    by_kind: dict[str, int] | None = None
    unit: Unit = "ms"
    languages: tuple[Language, ...] = _BOTH

    def of(self, language: Language) -> int | dict[str, int]:
        """Return the number in a language, or the numbers by kind. Raises `ValueError` when there is none."""
        for found in (self.value, self.by_kind, (self.by_language or {}).get(language)):
            if found is not None:
                return found
        raise ValueError(f"no number for {language}: {self.meaning}")


class Feature(Part, frozen=True, kw_only=True):
    """A feature that a client may announce; `languages` are those of our clients that announce it."""

    languages: tuple[Language, ...]


class Field(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of a packet or message."""

    type: str
    optional: bool = False
    meaning: str = ""


class Type(Part, frozen=True, kw_only=True):
    """The type of a field. `least`, `most` and `cut` are of its size; `most` and `cut` name a limit.

    A value longer than `cut` is taken and shortened. A `pattern` is of the whole text. Both languages must read the
    pattern alike, so it has no alternatives except in brackets.
    """

    is_: Literal["text", "integer", "word", "list", "object", "sealed"] = msgspec.field(name="is")
    least: int = 0
    most: str | None = None
    cut: str | None = None
    begins: str | None = None
    pattern: str | None = None
    words: tuple[str, ...] = ()
    of: str | None = None
    fields: dict[str, Field] = {}

    def is_like(self, other: "Type") -> bool:
        """Return whether another type takes the same values."""
        return msgspec.structs.replace(self, meaning="") == msgspec.structs.replace(other, meaning="")


class Needs(Struct, frozen=True, forbid_unknown_fields=True):
    """A condition: if one field is a certain word, then another field has to be there."""

    if_: str = msgspec.field(name="if")
    is_: str = msgspec.field(name="is")
    then: str


class Kind(Part, frozen=True, kw_only=True):
    """A kind of packet, relay message or file control. A bare kind is its only field, without an object around it.

    What only counts `sealed`, for one member alone, is decoded apart: pages load that with the first other member.
    """

    fields: dict[str, Field]
    bare: bool = False
    sealed: bool = False
    called: str | None = None
    feature: str | None = None
    exactly_one: tuple[str, str] | None = None
    needs: Needs | None = None

    @property
    def audience(self) -> str:
        """The sentence that says who alone may get this kind."""
        return f"Only for who announced `{self.feature}`." if self.feature else ""


class CloseCode(Part, frozen=True, kw_only=True):
    """A reason why the server closes a connection."""

    value: int


class Protocol(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `spec/protocol.json`."""

    about: tuple[str, ...]
    wire_limits: dict[str, Number]
    core_limits: dict[str, Number]
    timers_in_ms: dict[str, Number]
    features: dict[str, Feature]
    close_codes: dict[str, CloseCode]
    types: dict[str, Type]
    serverbound: dict[str, Kind]
    clientbound: dict[str, Kind]
    relay_messages: dict[str, Kind]
    file_controls: dict[str, Kind]


def read() -> Protocol:
    """Return the content of the file.

    Raises `msgspec.MsgspecError`, which says where the file is not as declared, and `ValueError` for a name that is
    declared twice in one place: the first would be forgotten.
    """
    return parse(SOURCE.read_bytes())


def parse(text: bytes) -> Protocol:
    """Return what a text declares; raises as `read` does."""
    json.loads(text, object_pairs_hook=_without_repetition)
    return msgspec.json.decode(text, type=Protocol)


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        msg = f"declared twice: {sorted({name for name in names if names.count(name) > 1})}"
        raise ValueError(msg)
    return found


def numbers(found: dict[str, Number], language: Language) -> dict[str, Number]:
    """Return the numbers that a language has."""
    return {name: number for name, number in found.items() if language in number.languages}


def class_name(kind: str) -> str:
    """Return the name of a kind's class: `ChatId` for `chat_id`."""
    return "".join(word.capitalize() for word in kind.split("_"))


def sentence(part: Part, name_of: Callable[[str], str]) -> str:
    """Return the meaning of a part, with its rules, as one sentence; `name_of` gives the names of other numbers."""
    meaning = re.sub(r"\{(\w+)\}", lambda found: name_of(found[1]), part.meaning)
    return " ".join([meaning, *(f"[{rule}]" for rule in part.rules)]) + "."


def like(protocol: Protocol, name: str) -> str | None:
    """Return the first type that takes the same values as this type; None when that is this type itself."""
    first = next(other for other, each in protocol.types.items() if each.is_like(protocol.types[name]))
    return None if first == name else first

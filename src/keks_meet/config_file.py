# SPDX-License-Identifier: AGPL-3.0-only
"""Reads a TOML file into a typed configuration. Those who are configured say what can be set.

Every mistake is a `ConfigError` that names the file, the key and what was expected.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Meta, Struct

from keks_meet.errors import ConfigError

__all__ = ["Section", "read_config", "shown"]


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section of a file, or all of it: unknown keys are mistakes."""


_S = TypeVar("_S", bound=Section)


def read_config(path: Path, shape: type[_S]) -> _S:
    """Read a file into ``shape``, whose keys say in their `msgspec.Meta` what they expect. Raises `ConfigError`."""
    values = _read(path)
    _refuse_unknown(path, values, shape, "")
    try:
        return msgspec.convert(values, shape)
    except msgspec.ValidationError as error:
        msg = f"{path}: {_in_words(str(error), values, shape)}"
        raise ConfigError(msg) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        # Editors of Windows put a mark before the first character.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}"
        raise ConfigError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path}: not TOML: {error}"
        raise ConfigError(msg) from error


def _refuse_unknown(path: Path, values: dict[str, Any], section: type[Struct], prefix: str) -> None:
    """Refuse keys that do not exist, with the one that may have been meant."""
    known = {known.name: known.type for known in msgspec.structs.fields(section)}
    for key, value in values.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {prefix}{near[0]}?" if near else f"expected one of {', '.join(known)}"
            msg = f"{path}: {prefix}{key}: there is no such key; {hint}"
            raise ConfigError(msg)
        inner = known[key]
        if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, Struct):
            _refuse_unknown(path, value, inner, f"{prefix}{key}.")


_PLACE = re.compile(r"(?P<text>.*?)(?: - at `\$\.?(?P<key>[^`]*)`)?", re.DOTALL)


def _in_words(message: str, values: dict[str, Any], shape: type[Struct]) -> str:
    """Turn msgspec's message into the key and what was expected there."""
    found = _PLACE.fullmatch(message)
    if found is None or not found["key"]:
        return message
    key, text = found["key"], found["text"]
    described = _description(key, shape)
    if described is not None and ("regex" in text or "enum value" in text):
        text = f"expected {described}, got {shown(_value(key, values))}"
    elif (part := re.match(r"(\w+): ", text)) is not None:  # what a section says of one of its keys
        key, text = f"{key}.{part[1]}", text[part.end() :]
    return f"{key}: {text[:1].lower()}{text[1:]}"


def _description(key: str, shape: type[Struct]) -> str | None:
    """Return the description of a key's form that its type holds, if it holds one."""
    annotation: Any = shape
    for part in key.partition("[")[0].split("."):
        annotation = next((f.type for f in msgspec.structs.fields(annotation) if f.name == part), None)
    return next((meta.description for meta in _metas(annotation) if meta.description), None)


def _metas(annotation: Any) -> Iterator[Meta]:
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _metas(part)


def shown(value: object) -> str:
    """Return a value as it may be logged: what stands before an at sign may be a password."""
    if not isinstance(value, str) or "@" not in value:
        return repr(value)
    scheme = re.match(r"(?:nats|tls|stuns?|turns?|https?):", value)
    return repr(f"{scheme[0] if scheme else ''}…@{value.rpartition('@')[2]}")


def _value(key: str, values: Any) -> Any:
    for part in re.findall(r"\w+", key):
        values = values[int(part)] if isinstance(values, list) else values[part]
    return values

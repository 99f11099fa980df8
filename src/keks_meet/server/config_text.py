# SPDX-License-Identifier: AGPL-3.0-only
"""A configuration as the text of a file: every key with the value that counts, and secrets masked. Pure."""

import json
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct

from keks_meet.server.config import HIDDEN, Config

__all__ = ["MASK", "as_toml"]

MASK: Final = "********"
"""What stands for a secret, however long that is."""


def as_toml(config: Config, source: str) -> str:
    """Return the text; ``source`` tells where the values come from. A key without a value is in a comment."""
    lines = [f"# {_value(source)[1:-1]}"]
    for section in msgspec.structs.fields(Config):
        lines += ["", f"[{section.name}]"]
        lines += _lines(getattr(config, section.name))
    return "\n".join(lines) + "\n"


def _lines(section: Struct) -> list[str]:
    return [
        _line(key.name, getattr(section, key.name), is_secret=_is_secret(key.type))
        for key in msgspec.structs.fields(section)
    ]


def _line(key: str, value: Any, *, is_secret: bool) -> str:
    if value is None:
        return f"# {key} is not set"
    return f"{key} = {_value(MASK if is_secret else value)}"


def _value(value: Any) -> str:
    """Write a value. Strings and lists of JSON are such of TOML, but for one control character."""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _is_secret(annotation: Any) -> bool:
    """Tell whether a type, or a part of it, is declared as a secret."""
    metas = getattr(annotation, "__metadata__", ())
    return any((meta.extra or {}).get(HIDDEN) for meta in metas) or any(map(_is_secret, _parts(annotation)))


def _parts(annotation: Any) -> tuple[Any, ...]:
    return tuple(part for part in get_args(annotation) if not isinstance(part, str))

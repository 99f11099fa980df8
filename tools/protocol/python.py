# SPDX-License-Identifier: AGPL-3.0-only
"""The Python modules of the protocol: constants, aliases and frozen structs, which msgspec checks."""

import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable

from tools.protocol.source import Field, Kind, Number, Protocol, Type, class_name, like, numbers, sentence

HEAD = '''# SPDX-License-Identifier: AGPL-3.0-only
"""{about}

Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
"""

{imports}
'''
UNKNOWN = '''
class {name}(Struct, frozen=True):
    """One of a kind not known here: counted and ignored{rule}."""

    kind: str

'''
POST_INIT = """
    def __post_init__(self) -> None:
        \"""Refuse fields that contradict each other; cut text that is only shown.\"""
"""
Module = tuple[list[str], str]
"""The names of a module, and its text without its head."""


def constant(name: str) -> str:
    """Return the name of a constant: `CHAT_CHARACTERS` for `chat_length`, to say what a length is counted in."""
    return re.sub("_LENGTH$", "_CHARACTERS", name.upper())


def _formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--line-length=120", "-"]
    return subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout


def _head(about: str, imports: Iterable[str], names: Iterable[str] = ()) -> str:
    """Return the head of a module; one that is a list of constants alone needs no list of their names."""
    head = HEAD.format(about=about, imports="\n".join(imports))
    exported = sorted(names, key=_all_order)
    return f"{head}\n__all__ = {exported}\n" if exported else head


def _all_order(name: str) -> tuple[int, str]:
    """Return the sort key of a name in the order that ruff wants in `__all__`: constants, classes, the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def _quoted(sentences: list[str], indent: str = "") -> str:
    """Return a docstring: on one line if it fits there, else the first sentence and below it the others."""
    if len(f'{indent}"""{" ".join(sentences)}"""') <= 120:
        return f'{indent}"""{" ".join(sentences)}"""\n'
    first, *others = sentences
    lines = [
        *textwrap.wrap(f'"""{first}', 120 - len(indent), break_on_hyphens=False),
        *(["", *others] if others else []),
        '"""',
    ]
    return textwrap.indent("\n".join(lines), indent) + "\n"


def _numbers(about: str, found: dict[str, Number]) -> str:
    ours = numbers(found, "python")
    text = _head(about, ["from typing import Final"])
    for name, number in ours.items():
        value = number.of("python")
        text += f"\n{constant(name)}: Final = {value if isinstance(value, dict) else f'{value:_}'}\n"
        text += _quoted([sentence(number, constant)])
    return text


def _close_codes(protocol: Protocol) -> str:
    about = "The WebSocket close codes that the server uses [S10]. The reason beside a code says it in words."
    text = _head(about, ["from enum import IntEnum"], ["CloseCode"])
    text += '\nclass CloseCode(IntEnum):\n    """Why the server closes a connection [S10]."""\n\n'
    for name, code in protocol.close_codes.items():
        text += f"    {name.upper()} = {code.value}\n" + _quoted([sentence(code, constant)], "    ")
    return text


def _features(protocol: Protocol) -> str:
    text = _head(
        "What this library announces of the protocol's additions [M1].", ["from typing import Final"], ["FEATURES"]
    )
    text += "\nFEATURES: Final = (\n"
    for name, feature in protocol.features.items():
        if "python" in feature.languages:
            text += f'    # {sentence(feature, constant)}\n    "{name}",\n'
    return text + ")\n"


def _fields(protocol: Protocol) -> str:
    aliased = {name: each for name, each in protocol.types.items() if _is_aliased(each)}
    objects = {name: each for name, each in protocol.types.items() if each.is_ == "object"}
    cuts = {protocol.types[field.type].cut for each in objects.values() for field in each.fields.values()}
    limits = {constant(each) for each in {each.most for each in aliased.values()} | cuts if each}
    imports = [
        "from typing import Annotated, Literal, TypeAlias\n",
        "from msgspec import Meta, Struct",
        *(["from msgspec.structs import force_setattr"] if cuts - {None} else []),
        f"\nfrom keks_meet.protocol.wire_limits import ({', '.join(sorted(limits))})",
    ]
    text = _head("What fields of packets and messages may hold.", imports, map(class_name, aliased | objects))
    for name, each in protocol.types.items():
        if name not in aliased | objects:
            continue
        text += _struct(protocol, class_name(name), each) if name in objects else _alias(protocol, name, each)
    return text


def _alias(protocol: Protocol, name: str, each: Type) -> str:
    same = like(protocol, name)
    text = f"\n{class_name(name)}: TypeAlias = {class_name(same) if same else _annotated(each)}\n"
    return text + (_quoted([sentence(each, constant)]) if each.meaning else "")


def _is_aliased(each: Type) -> bool:
    """Return whether a type has an alias: structs have their own names, and plain text needs no alias."""
    return each.is_ not in {"object", "sealed"} and each.cut is None and each != Type(is_="text")


def _annotated(each: Type) -> str:
    if each.is_ == "word":
        return f"Literal[{', '.join(map(repr, each.words))}]"
    most = constant(each.most) if each.most else None
    if each.is_ == "integer":
        return f"Annotated[int, Meta(ge={each.least}, le={most})]"
    pattern = f"^{each.begins}" if each.begins else rf"^{each.pattern}\Z" if each.pattern else None
    bounds = {
        "min_length": each.least or None,
        "max_length": most,
        "pattern": pattern and f'r"{pattern}"',
    }
    meta = ", ".join(f"{name}={value}" for name, value in bounds.items() if value)
    plain = f"tuple[{class_name(each.of or '')}, ...]" if each.is_ == "list" else "str"
    return f"Annotated[{plain}, Meta({meta})]" if meta else plain


def _python_type(protocol: Protocol, name: str) -> str:
    each = protocol.types[name]
    if _is_aliased(each) or each.is_ == "object":
        return class_name(name)
    return "Raw" if each.is_ == "sealed" else "str"


def _struct(protocol: Protocol, name: str, kind: Kind | Type) -> str:
    fields = kind.fields
    order = [field.optional for field in fields.values()]
    options = ["frozen=True", *(["kw_only=True"] if order != sorted(order) else [])]
    options += ["omit_defaults=True"] if any(order) else []
    about = [sentence(kind, constant), *([kind.audience] if isinstance(kind, Kind) and kind.feature else [])]
    text = f"\nclass {name}(Struct, {', '.join(options)}):\n" + _quoted(about, "    ") + "\n"
    for key, field in fields.items():
        text += f"    {key}: {_python_type(protocol, field.type)}{' | None = None' if field.optional else ''}"
        text += "  # noqa: N815 - the name on the wire\n" if key.lower() != key else "\n"
        text += f'    """{field.meaning}."""\n' if field.meaning else ""
    return text + _post_init(protocol, name, kind) + "\n"


def _post_init(protocol: Protocol, name: str, kind: Kind | Type) -> str:
    """Return the checks that msgspec's types cannot express: of fields that depend on each other or are cut."""
    checks = ""
    if isinstance(kind, Kind) and kind.exactly_one:
        one, other = kind.exactly_one
        why = f"{name.lower()} has either {one} or {other}"
        checks += _refusal(f"(self.{one} is None) == (self.{other} is None)", why)
    if isinstance(kind, Kind) and (needs := kind.needs):
        missing = f'self.{needs.if_} == "{needs.is_}" and self.{needs.then} is None'
        checks += _refusal(missing, f"a {needs.is_} says its {needs.then}")
    for key, field in kind.fields.items():
        if cut := protocol.types[field.type].cut:
            checks += _cut(key, field, constant(cut))
    return POST_INIT + checks if checks else ""


def _refusal(condition: str, why: str) -> str:
    return f'        if {condition}:\n            msg = "{why}"\n            raise ValueError(msg)\n'


def _cut(name: str, field: Field, longest: str) -> str:
    given = f"self.{name} is not None and " if field.optional else ""
    return (
        f"        if {given}len(self.{name}) > {longest}:\n"
        f'            force_setattr(self, "{name}", self.{name}[:{longest}])\n'
    )


def _python_name(key: str, kind: Kind) -> str:
    return kind.called or class_name(key)


def _structs(protocol: Protocol, kinds: dict[str, Kind]) -> Module:
    """Return the structs of a group of kinds."""
    named = {_python_name(key, kind): kind for key, kind in kinds.items()}
    return list(named), "\n".join(_struct(protocol, name, kind) for name, kind in named.items())


def _table(name: str, kinds: dict[str, Kind]) -> str:
    """Return the table of a group of kinds by their keys on the wire, and the alias for any of these kinds."""
    entries = ", ".join(f'"{key}": {_python_name(key, kind)}' for key, kind in kinds.items())
    union = " | ".join(_python_name(key, kind) for key, kind in kinds.items())
    alias = class_name(name.removesuffix("S").lower())
    return (
        f"\n{alias}: TypeAlias = {union}\n"
        f"\n{name}: Final[Mapping[str, type[Struct]]] = {{{entries}}}\n"
        '"""By the key on the wire."""\n'
    )


def _bare(kinds: dict[str, Kind]) -> str:
    names = ", ".join(_python_name(key, kind) for key, kind in kinds.items() if kind.bare)
    about = '"""Those whose value is their only field."""\n'
    return f"\nBARE: Final[frozenset[type[Struct]]] = frozenset({{{names}}})\n{about}"


def _sealed(kinds: dict[str, Kind]) -> str:
    names = ", ".join(_python_name(key, kind) for key, kind in kinds.items() if kind.sealed)
    about = '"""Those that only count sealed, for one member alone [Y12]."""\n'
    return f"\nSEALED_MESSAGES: Final[frozenset[type[Struct]]] = frozenset({{{names}}})\n{about}"


def _imports(protocol: Protocol, parts: Iterable[Kind]) -> list[str]:
    """Return the imports of a module of structs."""
    types = {field.type: protocol.types[field.type] for part in parts for field in part.fields.values()}
    sealed = any(each.is_ == "sealed" for each in types.values())
    aliases = [class_name(name) for name, each in types.items() if _is_aliased(each) or each.is_ == "object"]
    cuts = [constant(each.cut) for each in types.values() if each.cut]
    return [
        "from collections.abc import Mapping",
        "from typing import Final, TypeAlias\n",
        f"from msgspec import {'Raw, ' if sealed else ''}Struct",
        *(["from msgspec.structs import force_setattr"] if cuts else []),
        f"\nfrom keks_meet.protocol.fields import ({', '.join(sorted(aliases))})",
        *([f"from keks_meet.protocol.wire_limits import ({', '.join(sorted(cuts))})"] if cuts else []),
    ]


def _packets(protocol: Protocol) -> str:
    kinds = protocol.serverbound | protocol.clientbound
    names, body = _structs(protocol, kinds)
    body += UNKNOWN.format(name="UnknownPacket", rule="")
    body += _table("SERVERBOUND", protocol.serverbound) + _table("CLIENTBOUND", protocol.clientbound) + _bare(kinds)
    about = (
        "The packets of signaling: serverbound (client to server) and clientbound.\n\n"
        "A sealed message is the JSON string that it came as, quotes included: the server never decodes it [S7]."
    )
    names += ["SERVERBOUND", "CLIENTBOUND", "Serverbound", "Clientbound", "BARE"]
    return _head(about, _imports(protocol, kinds.values()), [*names, "UnknownPacket"]) + body


def _relay_messages(protocol: Protocol) -> str:
    kinds = protocol.relay_messages
    names, body = _structs(protocol, kinds)
    body += UNKNOWN.format(name="UnknownRelayMessage", rule=" [M5]")
    body += _table("RELAY_MESSAGES", kinds) + _bare(kinds) + _sealed(kinds)
    about = (
        "Relay messages: what clients say to each other inside an envelope. The server never sees them.\n\n"
        "A wrong form raises `ValueError` here, which `codec` turns into `MalformedPacket`."
    )
    names += ["RELAY_MESSAGES", "RelayMessage", "BARE", "SEALED_MESSAGES", "UnknownRelayMessage"]
    return _head(about, _imports(protocol, kinds.values()), names) + body


def _file_controls(protocol: Protocol) -> str:
    kinds = protocol.file_controls
    names, body = _structs(protocol, kinds)
    body += _table("FILE_CONTROLS", kinds) + _bare(kinds)
    about = "Controls: text messages on a file channel, between ends that know them [F4]."
    return _head(about, _imports(protocol, kinds.values()), [*names, "FILE_CONTROLS", "FileControl", "BARE"]) + body


def _wire_limits(protocol: Protocol) -> str:
    return _numbers("What bounds packets and relay messages.", protocol.wire_limits)


def _session_limits(protocol: Protocol) -> str:
    about = "What bounds that which a peer or a server can make a client hold, and how long a client waits."
    return _numbers(about, protocol.core_limits | protocol.timers_in_ms)


MODULES: dict[str, Callable[[Protocol], str]] = {
    "src/keks_meet/protocol/close_codes.py": _close_codes,
    "src/keks_meet/protocol/features.py": _features,
    "src/keks_meet/protocol/fields.py": _fields,
    "src/keks_meet/protocol/file_controls.py": _file_controls,
    "src/keks_meet/protocol/packets.py": _packets,
    "src/keks_meet/protocol/relay_messages.py": _relay_messages,
    "src/keks_meet/protocol/wire_limits.py": _wire_limits,
    "src/keks_meet/session/limits.py": _session_limits,
}
"""The makers of the modules, by their paths in the project."""


def modules(protocol: Protocol) -> dict[str, str]:
    """Return the text of every module, by the path of the module."""
    return {path: _formatted(make(protocol)) for path, make in MODULES.items()}

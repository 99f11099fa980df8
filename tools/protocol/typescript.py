# SPDX-License-Identifier: AGPL-3.0-only
"""The TypeScript modules of the protocol: numbers by themselves, which the bundler inlines, and tables of checks."""

import json
import re
import subprocess
import textwrap
from collections.abc import Iterable

from tools import node
from tools.protocol.source import Field, Kind, Number, Part, Protocol, Type, like, numbers, sentence

HEAD = """// SPDX-License-Identifier: AGPL-3.0-only
/**
 * {about}
 * Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
 */

"""
FOLDER = "web/src/core/generated"
FORMATTER = """
import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
const texts = JSON.parse(readFileSync(0, "utf8"));
const options = await resolveConfig("src/main.tsx");
for (const path in texts) texts[path] = await format(texts[path], { ...options, parser: "typescript" });
process.stdout.write(JSON.stringify(texts));
"""
MAKERS = ("cutText", "list", "nothing", "oneWord", "optional", "shape", "text", "upTo")


def modules(protocol: Protocol) -> dict[str, str]:
    """Return the text of every module, by the path of the module."""
    limits = protocol.wire_limits | protocol.core_limits
    made = {
        "limits": _numbers("What bounds packets, messages, and what others can make a client hold.", protocol, limits),
        "times": _numbers("Pauses and patience, in milliseconds.", protocol, protocol.timers_in_ms),
        "features": _features(protocol),
        "fields": _fields(protocol),
        "packets": _packets(protocol),
        "relay-messages": _table_module(
            protocol, "The inner of an envelope, by its key (E2).", "relayMessages", _relayed(protocol, is_sealed=False)
        ),
        "sealed-messages": _sealed_messages(protocol),
        "file-controls": _table_module(
            protocol, "Controls on a file channel, by their key (F4).", "fileControls", protocol.file_controls
        ),
    }
    return _formatted({f"{FOLDER}/{name}.ts": text for name, text in made.items()})


def _formatted(texts: dict[str, str]) -> dict[str, str]:
    node.install()
    command = [str(node.node()), "--input-type=module", "--eval", FORMATTER]
    said = subprocess.run(command, input=json.dumps(texts).encode(), cwd=node.WEB, check=True, stdout=subprocess.PIPE)
    formatted: dict[str, str] = json.loads(said.stdout)
    return formatted


def camel(name: str) -> str:
    """Return a name in camel case: `chatLength` for `chat_length`. The name of a time loses its unit, `_ms`."""
    first, *others = name.removesuffix("_ms").split("_")
    return first + "".join(word.capitalize() for word in others)


def _comment(part: Part, protocol: Protocol) -> str:
    def name_of(name: str) -> str:
        return f"{'times' if name in protocol.timers_in_ms else 'limits'}.{camel(name)}"

    text = _in_brackets(sentence(part, name_of))
    audience = [part.audience] if isinstance(part, Kind) and part.feature else []
    if len(" ".join([text, *audience])) <= 110:
        return f"/** {' '.join([text, *audience])} */\n"
    lines = [*textwrap.wrap(text, 115, break_on_hyphens=False), *audience]
    return "/**\n" + "".join(f" * {line}\n" for line in lines) + " */\n"


def _in_brackets(text: str) -> str:
    """Return a text with its rules as comments of TypeScript write them: `(M1, M2)` for `[M1] [M2]`."""
    return re.sub(r"\[([A-Z]\d+(?:, [A-Z]\d+)*)\]", r"(\1)", re.sub(r"(?<=\d)\] \[(?=[A-Z]\d)", ", ", text))


def _numbers(about: str, protocol: Protocol, found: dict[str, Number]) -> str:
    text = HEAD.format(about=about)
    for name, number in numbers(found, "typescript").items():
        value = number.of("typescript")
        text += _comment(number, protocol)
        if isinstance(value, dict):
            entries = ", ".join(f"{key}: {each:_}" for key, each in value.items())
            text += f"export const {camel(name)}: Readonly<Record<string, number>> = {{ {entries} }};\n"
        else:
            text += f"export const {camel(name)} = {value:_};\n"
    return text


def _features(protocol: Protocol) -> str:
    text = HEAD.format(about="What the page announces of the protocol's additions (M1).")
    text += "export const features: readonly string[] = [\n"
    for name, feature in protocol.features.items():
        text += f'{_comment(feature, protocol)}"{name}",\n' if "typescript" in feature.languages else ""
    return text + "];\n"


def _relayed(protocol: Protocol, *, is_sealed: bool) -> dict[str, Kind]:
    return {key: kind for key, kind in protocol.relay_messages.items() if kind.sealed == is_sealed}


def _early_kinds(protocol: Protocol) -> list[Kind]:
    """Return the kinds that a client decodes before there is another member."""
    relayed = _relayed(protocol, is_sealed=False)
    return [*protocol.clientbound.values(), *relayed.values(), *protocol.file_controls.values()]


def _needed_types(protocol: Protocol, kinds: Iterable[Kind]) -> dict[str, Type]:
    """Return the types of kinds that a client decodes, each after its parts, as `spec/protocol.json` lists them."""
    used = {field.type for kind in kinds for field in kind.fields.values()}
    for _ in protocol.types:
        found = [protocol.types[name] for name in used]
        used |= {field.type for each in found for field in each.fields.values()}
        used |= {each.of for each in found if each.of}
        used |= {same for name in used if (same := like(protocol, name))}
    return {name: each for name, each in protocol.types.items() if name in used}


def _const(name: str, each: Type) -> str:
    """Return the name of a type's check. Plain and sealed text are `anyText`, since `text` is the name of a maker."""
    return "anyText" if each == Type(is_="text") or each.is_ == "sealed" else camel(name)


def _fields(protocol: Protocol) -> str:
    body = _checks(protocol, _needed_types(protocol, _early_kinds(protocol)))
    head = HEAD.format(about="What fields of packets and messages may hold.")
    return head + _makers(body) + 'import * as limits from "./limits.ts";\n\n' + body


def _sealed_messages(protocol: Protocol) -> str:
    kinds = _relayed(protocol, is_sealed=True)
    early = _needed_types(protocol, _early_kinds(protocol))
    late = {name: each for name, each in _needed_types(protocol, kinds.values()).items() if name not in early}
    body = _checks(protocol, late) + "\n" + _table(protocol, "sealedMessages", kinds)
    code = re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)
    consts = {_const(name, each) for name, each in early.items()}
    used = sorted(const for const in consts if re.search(rf"\b{const}\b(?!:)", code))
    head = HEAD.format(about="What is only said sealed, by its key (Y12), and what fields of it may hold.")
    fields = f'import {{ {", ".join(used)} }} from "./fields.ts";\n'
    return head + _makers(body) + fields + 'import * as limits from "./limits.ts";\n\n' + body


def _makers(body: str) -> str:
    used = [name for name in MAKERS if re.search(rf"\b{name}\b[(,]", body)]
    return f'import {{ {", ".join(used)} }} from "../schema.ts";\n'


def _checks(protocol: Protocol, types: dict[str, Type]) -> str:
    """Return the checks of types, each once."""
    body, made = "", set()
    for name, each in types.items():
        const = _const(name, each)
        if const in made:
            continue
        made.add(const)
        same = like(protocol, name)
        body += _comment(each, protocol) if each.meaning and const != "anyText" else ""
        body += f"export const {const} = {camel(same) if same else _check(protocol, each)};\n"
    return body


def _check(protocol: Protocol, each: Type) -> str:
    most = f"limits.{camel(each.most)}" if each.most else None
    if each.is_ == "integer":
        return f"upTo({most})"
    if each.is_ == "word":
        return f"oneWord({', '.join(json.dumps(word) for word in each.words)})"
    if each.is_ == "list":
        bounds = [most or "Infinity", *([str(each.least)] if each.least else [])]
        return f"list({_const(each.of or '', protocol.types[each.of or ''])}, {', '.join(bounds)})"
    if each.is_ == "object":
        return _shape(protocol, each.fields)
    return f"cutText(limits.{camel(each.cut)})" if each.cut else _text_check(each, most)


def _text_check(each: Type, most: str | None) -> str:
    form = f"^{each.begins}" if each.begins else f"^{each.pattern}$" if each.pattern else None
    if each.least == 1:
        form = "[^]"
    if form is None:
        return f"text({most or ''})"
    # A slash ends a regular expression, but not within brackets.
    escaped = re.sub(r"(\[[^\]]*\])|/", lambda found: found[1] or r"\/", form)
    return f"text({most or 'Infinity'}, /{escaped}/)"


def _shape(protocol: Protocol, fields: dict[str, Field]) -> str:
    """Return a shape, on one line where the formatter finds room for that, unless a field has a comment."""
    entries = ""
    for name, field in fields.items():
        check = _const(field.type, protocol.types[field.type])
        entries += f"\n/** {_in_brackets(field.meaning)}. */\n" if field.meaning else ""
        entries += f"{name}: optional({check}), " if field.optional else _entry(name, check)
    start = "\n" if "/**" in entries else ""
    return f"shape({{{start}{entries}}})"


def _entry(name: str, check: str) -> str:
    return f"{name}, " if name == check else f"{name}: {check}, "


def _kind_check(protocol: Protocol, kind: Kind) -> str:
    if not kind.fields:
        return "nothing"
    if kind.bare:
        field = next(iter(kind.fields.values()))
        return _const(field.type, protocol.types[field.type])
    check = _shape(protocol, kind.fields)
    if kind.exactly_one:
        one, other = (f"(it.{name} === undefined)" for name in kind.exactly_one)
        return f'suchThat({check}, (it) => {one} !== {other}, "{" or ".join(kind.exactly_one)}")'
    if needs := kind.needs:
        holds = f'it.{needs.if_} !== "{needs.is_}" || it.{needs.then} !== undefined'
        return f'suchThat({check}, (it) => {holds}, "{needs.then}")'
    return check


def _table(protocol: Protocol, name: str, kinds: dict[str, Kind]) -> str:
    entries = "".join(
        f"{_comment(kind, protocol)}{_entry(key, _kind_check(protocol, kind))}\n" for key, kind in kinds.items()
    )
    return f"export const {name} = {{\n{entries}}};\n"


def _imports(protocol: Protocol, kinds: dict[str, Kind]) -> str:
    """Return the imports of a module of tables."""
    fields = [field for kind in kinds.values() for field in kind.fields.values()]
    wanted = {
        "nothing": any(not kind.fields for kind in kinds.values()),
        "optional": any(field.optional for field in fields),
        "shape": any(kind.fields and not kind.bare for kind in kinds.values()),
        "suchThat": any(kind.exactly_one or kind.needs for kind in kinds.values()),
    }
    used = [name for name, is_used in wanted.items() if is_used]
    schema = f'import {{ {", ".join(used)} }} from "../schema.ts";\n' if used else ""
    consts = sorted({_const(field.type, protocol.types[field.type]) for field in fields})
    return schema + f'import {{ {", ".join(consts)} }} from "./fields.ts";\n\n'


def _table_module(protocol: Protocol, about: str, name: str, kinds: dict[str, Kind]) -> str:
    return HEAD.format(about=about) + _imports(protocol, kinds) + _table(protocol, name, kinds)


def _packets(protocol: Protocol) -> str:
    """Return the module of packets. Only a server decodes serverbound packets, so they are a type alone."""
    body = _table(protocol, "clientbound", protocol.clientbound)
    cases = "".join(
        f"{_comment(kind, protocol)}| {{ {key}: {_written(protocol, kind)} }}\n"
        for key, kind in protocol.serverbound.items()
    )
    about = "The packets of signaling: what a client sends, and what it decodes."
    return (
        HEAD.format(about=about)
        + _imports(protocol, protocol.clientbound)
        + f"export type Serverbound =\n{cases};\n\n"
        + body
    )


def _written(protocol: Protocol, kind: Kind) -> str:
    types = [(name, field.optional, _type(protocol, field.type)) for name, field in kind.fields.items()]
    if kind.bare or not types:
        return types[0][2] if types else "null"
    return "{ " + "; ".join(f"{name}{'?' if optional else ''}: {each}" for name, optional, each in types) + " }"


def _type(protocol: Protocol, name: str) -> str:
    each = protocol.types[name]
    if each.is_ == "list" and each.of:
        return f"{_type(protocol, each.of)}[]"
    return {"integer": "number", "text": "string", "sealed": "string"}[each.is_]

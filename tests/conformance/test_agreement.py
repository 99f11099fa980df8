# SPDX-License-Identifier: AGPL-3.0-only
"""[M8]: both codecs take and refuse the same, also of what nobody thought of: made-up messages, for Python and Node."""

import json
import random
import subprocess
from typing import Any

import pytest

from keks_meet.errors import MalformedPacket
from keks_meet.protocol import codec
from keks_meet.protocol.packets import UnknownPacket
from keks_meet.protocol.relay_messages import UnknownRelayMessage
from keks_meet.session.file_control import decode_file_text, encode_file_control
from tools import node
from tools.protocol import source

PROTOCOL = source.read()
ROUNDS = 60
HEX = "0123456789abcdef" * 4
ATOMS = [
    *("null", "true", "0", "-0", "-1", "1e3", "1E+2", "3.0", "1.5", "1e-1", "1e16", "9007199254740991"),
    *("9007199254740992", "9007199254740991.0", "12345678901234567890", "01", "+1", "NaN", "[]", "{}", "[null]"),
    *(
        '{"a":[1,{}]}',
        '"x"',
        '""',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\\\ud800"',
        '"\\u0000"',
        '"a\nb"',
        '"\\x"',
        '["x"]',
    ),
    *(
        '"data:image/png;base64,AA=="',
        '"data:image/jpeg;base64,AA==\\n"',
        '"data:image/webp;base64,"',
        '"DATA:image/png"',
    ),
    *(f'"{HEX}"', f'"{HEX}\\n"', f'"{HEX.upper()}"', f'"{"A" * 43}"', f'"{"A" * 43}="', f'["{"A" * 43}"]'),
    *(f'"{"x" * 256}"', f'"{"x" * 257}"', f'"{"😀" * 256}"', f'"{"😀" * 257}"', f'"{"é" * 100}"', f'"{"é" * 101}"'),
    *('"track"', '"file"', '"audio"', '"video"', '"end"', "65535", "65536", f"[{','.join(['1e0'] * 65)}]"),
]
"""Values that fit somewhere, and values that fit nowhere; but not those that a receiver may refuse or not [M8]."""

CODECS = {
    "clientbound": (codec.decode_clientbound, codec.encode_clientbound, UnknownPacket),
    "relay_messages": (codec.decode_relay_message, codec.encode_relay_message, UnknownRelayMessage),
    "file_controls": (decode_file_text, encode_file_control, type(None)),
}


class Texts:
    """Makes up messages: of known kinds mostly, with fields that are left out, odd, unknown or there twice."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same texts each time

    def message(self, key: str, kind: source.Kind) -> str:
        if kind.bare:
            return self._spoilt(f'{{"{key}":{self._value(next(iter(kind.fields.values())))}}}')
        fields = [(name, self._value(field)) for name, field in kind.fields.items() if self._is(0.85)]
        fields += [(self._random.choice(["later", "id", "\\u0069d", ""]), self._atom())] if self._is(0.2) else []
        self._random.shuffle(fields)
        inner = ",".join(f'"{name}":{value}' for name, value in fields)
        return self._spoilt(f'{{"{key}":{{{inner}}}}}')

    def _value(self, field: source.Field) -> str:
        """Return one that fits, as far as the type says so, or any."""
        each = PROTOCOL.types[field.type]
        fitting = {"integer": ["5", "1e3", "0"], "word": [f'"{word}"' for word in each.words], "object": ["{}"]}
        texts = ['"x"', '"track"', '"data:image/jpeg;base64,AA=="', f'"{HEX}"', f'"{"A" * 43}"']
        lists = ['["x"]', f'["{"A" * 43}"]', "[]"]
        found = lists if each.is_ == "list" else fitting.get(each.is_, texts)
        return self._random.choice(found) if self._is(0.7) else self._atom()

    def _spoilt(self, text: str) -> str:
        if self._is(0.9):
            return text
        at = self._random.randrange(len(text) + 1)
        return self._random.choice(
            [text[:at], text[:at] + " " + text[at:], text + text, text[:at] + self._atom() + text[at:]]
        )

    def _atom(self) -> str:
        return self._random.choice(ATOMS)

    def _is(self, chance: float) -> bool:
        return self._random.random() < chance


def by_python(name: str, text: str) -> Any:
    decode, encode, unknown = CODECS[name]
    try:
        found: Any = decode(text)
    except MalformedPacket:
        return "refused"
    return "unknown" if isinstance(found, unknown) else found if found == "end" else json.loads(encode(found))


def by_node(texts: list[tuple[str, str]]) -> list[Any]:
    command = [node.node(), node.WEB / "tests/decode.ts"]
    said = subprocess.run(command, input=json.dumps(texts).encode(), check=True, capture_output=True).stdout
    found: list[Any] = json.loads(said)
    return found


@pytest.mark.parametrize("seed", [1])
def test_codecs_agree(seed: int) -> None:
    texts = Texts(seed)
    groups = {name: getattr(PROTOCOL, name) for name in CODECS}
    made = [
        (name, texts.message(key, kind))
        for name, kinds in groups.items()
        for key, kind in kinds.items()
        for _ in range(ROUNDS)
    ]
    differing = [
        (*each, python, page)
        for each, page in zip(made, by_node(made), strict=True)
        if (python := by_python(*each)) != page
    ]
    assert differing == []

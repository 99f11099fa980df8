# SPDX-License-Identifier: AGPL-3.0-only
# ruff: noqa: RUF001 - letters that look like others are what this is about
"""Names that look the same, and the numbers that tell their bearers apart [T4]. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from keks_meet.session.events import PeerKey

__all__ = ["NumberedName", "number_names", "skeleton"]

_ALIKE: Final = {
    "a": "АаΑαɑ",
    "b": "ВвΒβЬь",
    "c": "СсϹϲ",
    "d": "ԁ",
    "e": "ЕеΕҽ",
    "g": "ɡց",
    "h": "НнΗҺһհ",
    "j": "ЈјϳͿ",
    "k": "КкΚκ",
    "l": "Il1iı|ІіΙιӀӏ",
    "m": "МмΜ",
    "n": "ΝηոПп",
    "o": "ОоΟοՕօ0",
    "p": "РрΡρ",
    "q": "ԛ",
    "s": "ЅѕՏ",
    "t": "ТтΤτ",
    "u": "υս",
    "v": "νѴѵ",
    "w": "ωԜԝ",
    "x": "ХхΧχ",
    "y": "УуΥγҮү",
    "z": "Ζ",
    "3": "Зз",
}
"""Letters of Cyrillic, Greek and Armenian, and digits, beside the Latin letters that they look like."""
_LATIN: Final = str.maketrans({alike: latin for latin, all_alike in _ALIKE.items() for alike in all_alike})
_DIACRITICS: Final = re.compile("[\u0300-\u036f]")
_DROPPED: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"})
_SIGNS: Final = frozenset({"Lm", "Sm", "Sc", "Sk", "So"})
"""Modifier letters and symbols: a name may consist of them, but beside letters they tell nobody apart."""
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class NumberedName(Struct, frozen=True):
    """A peer's name as it is compared, and its number among those that look the same."""

    skeleton: str
    number: int
    """The number, 1 for the first bearer of the name; that one is not shown."""


@lru_cache(maxsize=8192)
def skeleton(name: str) -> str:
    """Return the skeleton of a name, which is equal for names that a hurried reader takes for the same."""
    plain = _DIACRITICS.sub("", unicodedata.normalize("NFKD", name)).translate(_LATIN)
    folded = unicodedata.normalize("NFKD", plain.upper().lower()).translate(_LATIN).replace("ς", "σ")
    folded = _SELECTORS.sub("", _DIACRITICS.sub("", folded))
    signs = "".join(c for c in folded if unicodedata.category(c) not in _DROPPED)
    letters = "".join(c for c in signs if unicodedata.category(c) not in _SIGNS)
    return letters.replace("rn", "m").replace("vv", "w") or signs or folded


def number_names(
    before: Mapping[PeerKey, NumberedName], own: str, peers: Iterable[tuple[PeerKey, str]]
) -> dict[PeerKey, NumberedName]:
    """Return a number for each bearer of a name, from the names as they are shown, in the order of arrival.

    The own name comes first. Whoever keeps a name keeps its number, and a number is not given again while an equal
    name is there.
    """
    compared = [(key, skeleton(name)) for key, name in peers]
    highest = {skeleton(own): 1}
    found: dict[PeerKey, NumberedName] = {}
    for key, bones in compared:
        known = before.get(key)
        if known and known.skeleton == bones and (known.number > 1 or bones != skeleton(own)):
            found[key] = known
            highest[bones] = max(highest.get(bones, 0), known.number)
    for key, bones in compared:
        if key not in found:
            highest[bones] = highest.get(bones, 0) + 1
            found[key] = NumberedName(bones, highest[bones])
    return found

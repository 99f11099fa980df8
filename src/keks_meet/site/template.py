# SPDX-License-Identifier: AGPL-3.0-only
"""Pages with places in double braces, as the server fills them, and as a client reads the values back. Pure."""

import html
import re
from collections.abc import Mapping
from typing import Final

__all__ = ["filled", "values_in"]

_PLACE: Final = re.compile(r"\{\{(\w+)\}\}")
_VALUE: Final = '[^<>"]{0,2000}'
"""An escaped value cannot end the attribute or the text that it stands in."""


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a page: ``values`` by the names of the places, escaped. A place without a value stays as it is."""
    return _PLACE.sub(lambda place: html.escape(values[place[1]]) if place[1] in values else place[0], template)


def values_in(template: str, page: str) -> dict[str, str] | None:
    """Return the values that a page was filled with; None for a page that is not made from this template.

    A place that is there twice has the same value twice.
    """
    found = re.fullmatch(_pattern_of(template), page)
    if found is None:
        return None
    return {name: html.unescape(value) for name, value in found.groupdict().items()}


def _pattern_of(template: str) -> str:
    pattern, end, known = "", 0, set()
    for place in _PLACE.finditer(template):
        name = place[1]
        pattern += re.escape(template[end : place.start()])
        pattern += f"(?P={name})" if name in known else f"(?P<{name}>{_VALUE})"
        end = place.end()
        known.add(name)
    return pattern + re.escape(template[end:])

# SPDX-License-Identifier: AGPL-3.0-only
"""Pages with places: what is filled in is read back, and nothing else passes for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.site.template import filled, values_in

TEMPLATE = '<a href="{{one}}" title="{{two}}">{{one}}</a> {{{{'


@given(one=st.text(max_size=50), two=st.text(max_size=50))
def test_values_are_read_back_as_they_were_filled_in(one: str, two: str) -> None:
    assert values_in(TEMPLATE, filled(TEMPLATE, {"one": one, "two": two})) == {"one": one, "two": two}


def test_a_value_is_not_looked_at_for_places() -> None:
    assert filled("{{one}}", {"one": "{{two}}", "two": "x"}) == "{{two}}"
    assert filled("{{unknown}}", {"one": "x"}) == "{{unknown}}"


@pytest.mark.parametrize(
    "page",
    [
        '<a href="x"><script></script>" title="y">x</a> {{{{',
        '<a href="x" onclick="y" title="y">x</a> {{{{',
        '<a href="x" title="y">another</a> {{{{',
        '<a href="x" title="y">x</a> {{{{ ',
        "",
    ],
)
def test_what_is_not_made_from_the_template_is_none_of_its_pages(page: str) -> None:
    assert values_in(TEMPLATE, page) is None

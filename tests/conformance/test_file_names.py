# SPDX-License-Identifier: AGPL-3.0-only
"""Names of received files: the same in the browser and outside of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.session.file_name import safe_file_name


@pytest.mark.vectors("file-names.json", "names")
def test_file_name(vector: dict[str, str]) -> None:
    assert safe_file_name(vector["name"]) == vector["safe"]


@given(st.text(st.characters(categories=None), max_size=600))
def test_no_name_leaves_the_folder_hides_or_is_too_long(name: str) -> None:
    safe = safe_file_name(name)
    assert safe
    assert not set(safe) & set('/\\<>:"|?*\0\n\x1b')
    assert not safe.startswith(".")
    assert not safe.endswith((".", " "))
    assert len(safe.encode()) <= 241


@pytest.mark.timeout(5)
def test_a_name_made_to_be_slow_is_not() -> None:
    assert safe_file_name(f"{' ' * 1_000_000}a{' ' * 1_000_000}b") == "a"

# SPDX-License-Identifier: AGPL-3.0-only
"""The public address that a check is given."""

import pytest

from keks_meet.errors import UsageError
from keks_meet.server.check.run import read_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://meet.example.org", "https://meet.example.org"),
        ("https://example.org/meet/", "https://example.org/meet"),
        ("http://[::1]:24319/", "http://[::1]:24319"),
    ],
)
def test_an_address(text: str, url: str) -> None:
    assert read_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "meet.example.org",
        "ftp://meet.example.org",
        "https://",
        "https://[::1",
        "https://a:99999",
        "https://ann:secret@a.example",
        "https://a.example/room#secret",
        "https://a.example/?x",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="expected an address such as https://meet"):
        read_url(text)

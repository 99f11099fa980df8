# SPDX-License-Identifier: AGPL-3.0-only
"""A server that answers by what a request says of itself answers the command as it answers a browser."""

import pytest

from keks_meet.site.requests import headers_of_browsers


@pytest.mark.parametrize(
    ("address", "destination", "mode", "site"),
    [
        ("/", "document", "navigate", "none"),
        ("/room", "document", "navigate", "none"),
        ("/assets/room-1.js", "script", "cors", "same-origin"),
        ("/overrides.css", "style", "no-cors", "same-origin"),
        ("/manifest.webmanifest", "manifest", "cors", "same-origin"),
        ("/sw.js", "serviceworker", "same-origin", "same-origin"),
    ],
)
def test_each_part_is_asked_for_as_browsers_do(address: str, destination: str, mode: str, site: str) -> None:
    headers = headers_of_browsers(address, ("gzip", "br"), secure=True)
    assert [headers[f"Sec-Fetch-{name}"] for name in ("Dest", "Mode", "Site")] == [destination, mode, site]
    assert headers["Accept-Encoding"] == "gzip, br"
    assert headers["Accept"].startswith("text/html") == (destination == "document")
    assert ("Service-Worker" in headers) == (address == "/sw.js")


def test_without_encryption_browsers_do_not_say_what_for() -> None:
    assert not [name for name in headers_of_browsers("/", ("gzip",), secure=False) if name.startswith("Sec-")]

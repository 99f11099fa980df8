# SPDX-License-Identifier: AGPL-3.0-only
"""Proxies of the environment, as curl reads it."""

import pytest

from keks_meet.client.signaling.proxies import proxy_for
from keks_meet.errors import UsageError

P = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("url", "environ", "proxy"),
    [
        ("wss://meet.example.org/signaling", {}, None),
        ("wss://meet.example.org/signaling", {"https_proxy": P}, P),
        ("https://meet.example.org/config.json", {"HTTPS_PROXY": P}, P),
        ("wss://meet.example.org/signaling", {"https_proxy": "proxy.example:3128"}, P),
        ("wss://meet.example.org/signaling", {"http_proxy": P}, None),
        ("ws://meet.example.org/signaling", {"http_proxy": P}, P),
        ("ws://meet.example.org/signaling", {"HTTP_PROXY": P}, None),
        ("ws://meet.example.org/signaling", {"ALL_PROXY": P}, P),
        ("wss://meet.example.org/signaling", {"https_proxy": "", "all_proxy": P}, P),
        ("wss://meet.example.org/signaling", {"https_proxy": P, "no_proxy": "*"}, None),
        ("wss://meet.example.org/signaling", {"https_proxy": P, "no_proxy": "other.org, example.org"}, None),
        ("wss://meet.example.org/signaling", {"https_proxy": P, "NO_PROXY": ".example.org"}, None),
        ("wss://meet.example.org/signaling", {"https_proxy": P, "no_proxy": "ample.org meet"}, P),
        ("wss://MEET.example.org:8443/signaling", {"https_proxy": P, "no_proxy": "meet.EXAMPLE.org"}, None),
        ("ws://10.1.2.3:24319/signaling", {"http_proxy": P, "no_proxy": "10.0.0.0/8"}, None),
        ("ws://11.1.2.3:24319/signaling", {"http_proxy": P, "no_proxy": "10.0.0.0/8,11.1.2"}, P),
        ("ws://[::1]:24319/signaling", {"http_proxy": P, "no_proxy": "::1"}, None),
        ("ws://127.0.0.1:24319/signaling", {"http_proxy": P, "no_proxy": "localhost"}, P),
    ],
)
def test_proxy_of_the_environment(url: str, environ: dict[str, str], proxy: str | None) -> None:
    assert proxy_for(url, environ) == proxy


def test_proxies_of_other_kinds_are_refused() -> None:
    with pytest.raises(UsageError, match="neither http nor https"):
        proxy_for("wss://meet.example.org/signaling", {"all_proxy": "socks5://user:password@127.0.0.1:1080"})

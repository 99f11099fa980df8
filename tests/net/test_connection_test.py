# SPDX-License-Identifier: AGPL-3.0-only
"""What the page that tests a connection says of the server's relay."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.e2e.test_connection_test import FAILS, WORKS, expect_step
from tests.net.namespaces import made_network
from tests.net.people import person_in_chromium
from tests.net.servers import SERVER, Turn, start_coturn, start_server

TRUSTING = ["--ignore-certificate-errors"]
PAGES = "tcp dport 24319"
REFUSES = "refuses"
STUN = {WORKS: (WORKS, "a router translates your address"), FAILS: (FAILS, "lets no UDP through")}
RELAY = {
    WORKS: (WORKS, "A connection through it carries data."),
    FAILS: (FAILS, "It cannot be reached this way."),
    REFUSES: (FAILS, "It refuses the server's credentials."),
}
"""What is said of each, in a word and in a sentence."""


@pytest.mark.slow
@pytest.mark.timeout(150)
@pytest.mark.parametrize(
    ("turn", "through", "flags", "said"),
    [
        ("secret", ("",), TRUSTING, {"STUN": WORKS, "UDP": WORKS, "TCP": WORKS, "TLS": WORKS}),
        # Nobody but itself has signed its certificate.
        ("secret", ("",), [], {"UDP": WORKS, "TCP": WORKS, "TLS": FAILS}),
        ("fixed", (PAGES, "tcp dport 5349"), TRUSTING, {"STUN": FAILS, "UDP": FAILS, "TCP": FAILS, "TLS": WORKS}),
        ("wrong", ("",), TRUSTING, {"STUN": WORKS, "UDP": REFUSES, "TCP": REFUSES, "TLS": REFUSES}),
    ],
)
async def test_each_way_to_the_relay_is_tried(
    turn: Turn, through: tuple[str, ...], flags: list[str], said: dict[str, str], tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(made_network("port-preserving", through))
        stack.push_async_callback((await start_coturn(network, tmp_path, turn=turn)).stop)
        stack.push_async_callback((await start_server(network, tmp_path, turn=turn)).stop)
        alice = await stack.enter_async_context(person_in_chromium("alice", network.hosts[0], tmp_path, flags))
        alice.page.set_default_timeout(60_000)
        await alice.page.goto(f"{SERVER}/test")
        await alice.page.get_by_role("button", name="Start the test").click()
        await alice.page.wait_for_function(
            "() => [...document.querySelectorAll('.step')].every((s) => !s.matches('.waiting, .running'))"
        )
        for name, expected in said.items():
            await expect_step(alice, name, *(STUN if name == "STUN" else RELAY)[expected])

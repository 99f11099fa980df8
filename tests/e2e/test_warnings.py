# SPDX-License-Identifier: AGPL-3.0-only
"""What the page warns of, and how it takes a no."""

import re
from urllib.parse import quote, unquote

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, LaunchBrowser, Meet
from tests.e2e.harness import browsers
from tests.e2e.harness.server import Server


async def test_guessable_secret_warns(arrive: Arrive, server: Server) -> None:
    alice = await arrive("alice")
    await alice.join(server.url, "mymeeting")
    await alice.expect_notice(re.compile("guessed"))
    await alice.page.get_by_role("button", name="Dismiss").click()
    await expect(alice.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("secret", "words"),
    [("Password123!", "guessed"), ("a" * 16, "guessed"), ("Calm Otter", "not whole"), ("xK9#qLw2!vPz7$tR4m", None)],
)
async def test_secrets_are_judged(arrive: Arrive, server: Server, secret: str, words: str | None) -> None:
    """[K5]: not by how long they are."""
    alice = await arrive("alice")
    async with alice.page.expect_response(re.compile("estimator")):
        await alice.page.goto(f"{server.url}/room#{quote(secret, safe='')}")
    if words:
        await alice.expect_notice(re.compile(words))
    else:
        await alice.page.wait_for_load_state("networkidle")
        await expect(alice.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("cut", ["Calm%20Otter", f"Standup%23{'0123456789abcdef' * 3}"])
async def test_link_that_was_cut_says_so_instead_of_opening_a_room(arrive: Arrive, server: Server, cut: str) -> None:
    """[K6]: some programs take the second `#` for the end."""
    alice = await arrive("alice")
    link = f"{server.url}/room#{cut}{'#' if 'Calm' in cut else ''}"
    await alice.page.goto(link)
    await alice.expect_notice(re.compile("not whole"))
    await expect(alice.page.get_by_role("article")).to_have_count(0)
    await alice.page.get_by_role("button", name="Enter all the same").click()
    await expect(alice.page.get_by_role("article")).to_have_count(1)


@pytest.mark.parametrize(
    "tail", ["%E2%80%9D,", *(pytest.param(each, marks=pytest.mark.slow) for each in (".", "%20", "%22", ")"))]
)
async def test_what_programs_put_behind_a_link_is_taken_off(
    arrive: Arrive, server: Server, secret: str, tail: str
) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.join(server.url, secret)
    await bob.page.goto(f"{server.url}/room#{quote(secret, safe='')}{tail}")
    await expect(bob.page.get_by_role("article", name="alice")).to_be_visible()


async def test_made_secret_does_not_warn(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await expect(alice.page.get_by_role("alert")).to_have_count(0)


async def test_old_link_redirects_and_warns(arrive: Arrive, server: Server) -> None:
    secret = "Old friends and 2 strangers, since long ago!"
    alice = await arrive("alice")
    await alice.page.goto(f"{server.url}/room/{quote(secret)}")
    await alice.page.wait_for_url(re.compile(r"/room#"))
    await alice.expect_notice(re.compile("server"))
    assert unquote(alice.page.url.partition("#")[2]).startswith(secret)
    assert not [line for line in server.log if "friends" in line]


async def test_old_link_with_a_question_mark_warns(arrive: Arrive, server: Server) -> None:
    """The page cuts at it [K1], so the warning must not stand behind a second one."""
    alice = await arrive("alice")
    await alice.page.goto(f"{server.url}/room/{quote('Old friends? Since long ago!')}")
    await alice.page.wait_for_url(re.compile(r"/room#"))
    await alice.expect_notice(re.compile("server"))


@pytest.mark.timeout(30)
async def test_a_link_with_twenty_thousand_parameters(arrive: Arrive, server: Server, secret: str) -> None:
    """It opens like any other; a few of those that do not fit are named."""
    alice = await arrive("alice")
    many = "".join(f"&nonsense{number}=1" for number in range(20_000))
    await alice.page.goto(f"{server.url}/room#{quote(secret)}?username=alice{many}")
    await alice.expect_joined()
    await alice.expect_notice(re.compile('"…"'))
    await expect(alice.page.get_by_role("alert")).to_have_count(9)


@pytest.mark.parametrize(
    ("devices", "words", "control"),
    [
        (browsers.REFUSED_DEVICES, "refused", "Microphone"),
        pytest.param(browsers.NO_DEVICES, "No .* found", "Camera", marks=pytest.mark.slow),
        pytest.param(browsers.REFUSED_DEVICES, "refused", "Camera", marks=pytest.mark.slow),
        pytest.param(browsers.NO_DEVICES, "No .* found", "Microphone", marks=pytest.mark.slow),
    ],
)
async def test_no_capture(
    arrive: Arrive,
    browser_with: LaunchBrowser,
    server: Server,
    secret: str,
    devices: list[str],
    words: str,
    control: str,
) -> None:
    """The page says why, and nothing else changes."""
    alice = await arrive("alice", await browser_with(devices=devices))
    bob = await arrive("bob")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await alice.press(control)
    await alice.expect_notice(re.compile(f"{words}|{control.lower()}.*{words}"))
    await expect(alice.own_tile.get_by_role("listitem")).to_have_count(0)
    await expect(bob.tile("alice").locator("button:not(.who-is)")).to_have_count(0)
    await alice.expect_joined()
    await bob.press("Microphone")
    await alice.expect_flowing("audio")


async def test_refused_screen(arrive: Arrive, browser_with: LaunchBrowser, server: Server, secret: str) -> None:
    alice = await arrive("alice", await browser_with(devices=browsers.REFUSED_DEVICES))
    await alice.join(server.url, secret)
    await alice.press("Screen")
    await alice.expect_notice(re.compile("refused"))
    await expect(alice.own_tile.get_by_role("listitem")).to_have_count(0)

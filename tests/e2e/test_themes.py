# SPDX-License-Identifier: AGPL-3.0-only
"""The page is dark or light as the system or the person wants, in the colours that the server is configured with."""

from typing import Literal

import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.conftest import Arrive, MakeServer, Meet
from tests.e2e.harness.axe import violations
from tests.e2e.harness.patience import in_the_end
from tests.e2e.harness.server import Server

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")

COLOUR_OF = """(selector) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = getComputedStyle(document.querySelector(selector)).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return "#" + [red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("");
}"""
COLOUR_AROUND = """() => [...document.querySelectorAll("meta[name=theme-color]")]
    .filter(({ media }) => matchMedia(media).matches).map(({ content }) => content)"""
FIRST_FRAME = """
    requestAnimationFrame(() => {
        const { backgroundColor } = getComputedStyle(document.documentElement);
        const wanted = document.querySelector("meta[name=color-scheme]").content;
        globalThis.firstFrame = [wanted, backgroundColor];
    });
"""


async def expect_page(page: Page, colour: str) -> None:
    """See a page of a colour, which the browser was told for what it draws around it."""
    await expect(page.get_by_role("contentinfo")).to_be_visible()

    async def look() -> None:
        assert await page.evaluate(COLOUR_OF, "html") == colour
        assert await page.evaluate(COLOUR_AROUND) == [colour]

    await in_the_end(look)


@pytest.mark.parametrize("path", ["/", "/room#Themes#" + "0123456789abcdef" * 4, "/documentation"])
async def test_page_follows_the_system(arrive: Arrive, server: Server, path: str) -> None:
    alice = await arrive("alice", color_scheme="light")
    await alice.page.goto(server.url + path)
    await expect_page(alice.page, "#f1eef4")
    await alice.page.emulate_media(color_scheme="dark")
    await expect_page(alice.page, "#070707")


async def test_configured_accent_is_in_both_themes(arrive: Arrive, make_server: MakeServer) -> None:
    server = await make_server(appearance={"accent": "#0a7", "background_dark": "#001018"})
    alice = await arrive("alice")
    await alice.page.goto(server.url)
    pages: dict[Theme, str] = {"dark": "#001018", "light": "#e8f7f3"}
    for theme, page in pages.items():
        await alice.page.emulate_media(color_scheme=theme)
        await expect_page(alice.page, page)
        assert await alice.page.evaluate(COLOUR_OF, "button.primary") == "#00aa77"


@pytest.mark.slow
@pytest.mark.parametrize("accent", ["#777777", "#ffd400", "#000000", "#ff0000"])
async def test_words_can_be_read_on_any_accent(arrive: Arrive, make_server: MakeServer, accent: str) -> None:
    server = await make_server(appearance={"accent": accent, "accent_light": accent, "accent_dark": accent})
    alice = await arrive("alice", reduced_motion="reduce")
    await alice.join(server.url, "weak")
    await alice.press("Chat")
    await expect(alice.page.get_by_role("region", name="Chat")).to_be_visible()
    for theme in THEMES:
        await alice.page.emulate_media(color_scheme=theme)
        assert await violations(alice.page, "color-contrast") == [], theme


async def without_new_colours(route: Route) -> None:
    """A style as browsers read it that can neither choose a colour by theme nor make one from another."""
    answer = await route.fetch()
    style = (await answer.text()).replace("light-dark(", "unknown(").replace("color(from ", "unknown(from ")
    await route.fulfill(response=answer, body=style)


async def test_older_browsers_are_dark_and_can_be_read(arrive: Arrive, server: Server) -> None:
    alice = await arrive("alice", color_scheme="light", reduced_motion="reduce")
    await alice.context.route("**/*.css", without_new_colours)
    await alice.join(server.url, "weak")
    await alice.press("Chat")
    chat = alice.page.get_by_role("region", name="Chat")
    await chat.get_by_role("textbox", name="Message").fill("Hello")
    await chat.get_by_role("button", name="Send").click()
    await expect(chat.get_by_text("Hello")).to_be_visible()
    assert await alice.page.evaluate(COLOUR_OF, "html") == "#070707"
    assert await alice.page.evaluate(COLOUR_OF, ".panel") == "#252125"
    assert await violations(alice.page, "color-contrast") == []


async def test_theme_is_chosen_in_the_settings(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await alice.page.emulate_media(color_scheme="dark")
    await alice.press("Settings")
    theme = alice.page.get_by_role("combobox", name="Theme")
    await theme.select_option("light")
    await expect_page(alice.page, "#f1eef4")
    await theme.select_option("like the system")
    await expect_page(alice.page, "#070707")


@pytest.mark.parametrize("path", ["/", "/room#Themes#" + "0123456789abcdef" * 4])
async def test_chosen_theme_is_there_from_the_first_frame(arrive: Arrive, server: Server, path: str) -> None:
    alice = await arrive("alice", color_scheme="dark")
    await alice.context.add_init_script("localStorage.setItem('theme', '\"light\"');" + FIRST_FRAME)
    await alice.page.goto(server.url + path)
    await alice.page.wait_for_function("() => globalThis.firstFrame")
    wanted, colour = await alice.page.evaluate("firstFrame")
    assert wanted == "light"
    assert colour == await alice.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

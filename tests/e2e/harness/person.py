# SPDX-License-Identifier: AGPL-3.0-only
"""A person at a page: what they do and see, in the words of the page, and what really arrives at their browser."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

expect.set_options(timeout=20_000)
PROBE = Path(__file__).with_name("probe.js")
QUICK_KEYS = Path(__file__).with_name("quick_keys.js")
MEDIA_MS = 20_000
"""How long media may take to flow on a busy machine. Nothing waits that long when all is well."""

FLOWING = {"video": ("framesDecoded", 5), "audio": ("totalAudioEnergy", 0.005)}
"""By kind, the figure that proves that a stream is seen or heard, and by more than how much it must grow.

A beep of the fake microphone has an energy of about 0.1; the noise that a receiver makes up of itself, 1e-9.
"""
CONTENT_POLICY = "Content Security Policy"


class Person:
    """One page in a browser context of its own."""

    def __init__(self, name: str, page: Page) -> None:
        """Watch the page for errors and for what it asks for."""
        self.name = name
        self.page = page
        self.errors: list[str] = []
        self.requests: list[Request] = []
        page.on("pageerror", lambda error: self.errors.append(f"{name}: {error.stack or error.message}"))
        page.on("console", self._console)
        page.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108 (Playwright marks what it is given)
        page.on("crash", lambda _: self.errors.append(f"{name}: the page crashed"))

    @classmethod
    async def arrive(cls, name: str, browser: Browser, *, quick_keys: bool = False, **options: Any) -> "Person":
        """A person with an empty page; quick keys are for rooms in which there are no programs."""
        # Motion is drawn sixty times a second, which takes a quarter of what a test costs; tests of motion ask for it.
        context = await browser.new_context(**({"reduced_motion": "reduce"} | options))
        await context.add_init_script(path=PROBE)
        if quick_keys:
            await context.add_init_script(path=QUICK_KEYS)
        context.set_default_timeout(MEDIA_MS)
        return cls(name, await context.new_page())

    @property
    def context(self) -> BrowserContext:
        """Their browser profile."""
        return self.page.context

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and CONTENT_POLICY in message.text:
            self.errors.append(f"{self.name}: {message.text}")

    # What they do

    async def open_room(self, origin: str, secret: str) -> None:
        """Open the room's page, and wait for no more than the page."""
        await self.page.goto(room_address(origin, secret, self.name))

    async def join(self, origin: str, secret: str) -> None:
        """Open the room's page and wait until it has joined."""
        await self.open_room(origin, secret)
        await self.expect_joined()

    async def press(self, control: str) -> None:
        """Press a button of the control bar."""
        await self.page.get_by_role("toolbar", name="Controls").get_by_role("button", name=control, exact=True).click()

    async def enable(self, owner: str, label: str) -> None:
        """Ask for a video that somebody offers."""
        await self.button(self.tile(owner), f'Enable "{label}"').click()

    async def disable(self, owner: str, label: str) -> None:
        """Ask no longer for what somebody offers."""
        await self.described(self.tile(owner), "Disable", label).click()

    async def stop_sharing(self, label: str) -> None:
        """Stop sharing an own stream."""
        await self.press_own("Stop sharing", label)

    async def press_own(self, name: str, label: str) -> None:
        """Press a button of an own stream: over a small picture, they come with the pointer."""
        await self.own_tile.hover()
        await self.described(self.own_tile, name, label).click()

    # What they see

    @property
    def own_tile(self) -> Locator:
        """The tile of oneself."""
        return self.tile(f"{self.name} (you)")

    def tile(self, name: str) -> Locator:
        """The tile of a member."""
        return self.page.get_by_role("article", name=name, exact=True)

    def button(self, where: Locator, name: str) -> Locator:
        """A button by its whole accessible name."""
        return where.get_by_role("button", name=name, exact=True)

    def described(self, where: Locator, name: str, description: str) -> Locator:
        """The button that is described by the stream it acts on (or, for a peer's, the stream and its owner)."""
        whole = re.compile(rf"^{re.escape(description)}( of .*)?$")
        label = self.page.locator(".label").filter(has_text=whole)
        return where.get_by_role("listitem").filter(has=label).get_by_role("button", name=name, exact=True)

    async def expect_joined(self) -> None:
        """See oneself connected."""
        await expect(self.own_tile.locator(".state")).to_have_text("connected")

    async def expect_people(self, *names: str) -> None:
        """See these others, and nobody else."""
        wanted = [self.own_tile, *(self.tile(name) for name in names)]
        for tile in wanted:
            await expect(tile).to_be_visible()
        await expect(self.page.get_by_role("article")).to_have_count(len(wanted))

    async def expect_state(self, name: str, state: str | re.Pattern[str]) -> None:
        """See the state of the connection to somebody."""
        await expect(self.tile(name).locator(".state")).to_have_text(state)

    async def expect_notice(self, text: str | re.Pattern[str]) -> None:
        """See a warning or an error."""
        await expect(self.page.get_by_role("alert").filter(has_text=text)).to_be_visible()

    async def expect_offered(self, owner: str, label: str) -> None:
        """See that somebody offers a stream that nobody asked for yet."""
        await expect(self.button(self.tile(owner), f'Enable "{label}"')).to_be_visible()

    # What really happens

    async def expect_flowing(self, kind: str, streams: int = 1) -> None:
        """Wait until so many different streams of `video` or `audio` bring something new."""
        field, least = FLOWING[kind]
        await self._wait_growing("inbound-rtp", kind, field, least, streams)

    async def expect_sending(self, kind: str, streams: int = 1) -> None:
        """Wait until so many streams are sent."""
        await self._wait_growing("outbound-rtp", kind, "bytesSent", 0, streams)

    async def expect_nothing_sent(self, kind: str) -> None:
        """Wait until, for a second, not a byte of a kind is sent."""
        await self._wait_still("outbound-rtp", kind, "bytesSent", 0)

    async def expect_quiet(self) -> None:
        """Wait until, for a second, nothing is to be heard."""
        await self._wait_still("inbound-rtp", "audio", "totalAudioEnergy", 1e-5)

    async def _wait_growing(self, type_: str, kind: str, field: str, least: float, streams: int) -> None:
        has_grown = await self.page.evaluate(
            "(a) => probe.growing(...a)", [type_, kind, field, least, streams, MEDIA_MS]
        )
        why = "" if has_grown else f"{await self._figures(type_, kind, field)} {await self._connections()}"
        assert has_grown, f"{self.name}: not {streams} {type_} {kind} grew in {field}: {why}"

    async def _wait_still(self, type_: str, kind: str, field: str, most: float) -> None:
        is_still = await self.page.evaluate("(a) => probe.still(...a)", [type_, kind, field, most, MEDIA_MS])
        assert is_still, f"{self.name}: {type_} {kind} goes on: {await self._figures(type_, kind, field)}"

    async def _connections(self) -> object:
        return await self.page.evaluate(
            """() => [
                probe.connections.map((c) => [c.connectionState, c.signalingState, c.getTransceivers().map((t) =>
                    [t.mid, t.currentDirection, t.direction, t.receiver.track.kind].join())]),
                [...document.querySelectorAll("article")].map((tile) => tile.innerText),
            ]"""
        )

    async def _figures(self, type_: str, kind: str, field: str) -> object:
        return await self.page.evaluate("(a) => probe.figures(...a)", [type_, kind, field])

    async def announcements(self) -> list[str]:
        """All that the page ever announced."""
        said: list[str] = await self.page.evaluate("probe.announcements")
        return said


def room_address(origin: str, secret: str, name: str) -> str:
    """The address of a room for a person of this name."""
    return f"{origin}/room#{quote(secret, safe='#')}?username={quote(name)}"

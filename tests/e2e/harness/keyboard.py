# SPDX-License-Identifier: AGPL-3.0-only
"""A person without a mouse who may not see the page: what has the focus, as screen readers tell it; what is said."""

import asyncio
import contextlib
from typing import Any

from playwright.async_api import CDPSession, Page

from tests.e2e.harness.person import Person

MOST_STOPS = 80
"""Of the Tab key. Whatever takes more is out of reach."""

PATIENCE = 20
"""In seconds."""

# A stop that cannot be seen, or is covered, is lost for whoever looks.
WHAT_IS_NOT_SEEN = """async () => {
    const look = () => {
        const focused = document.activeElement;
        if (focused === document.body) return "nothing has the focus";
        // A hidden field is shown by its label.
        const shown = focused.matches(".hidden") ? focused.closest("label") : focused;
        const { outlineStyle, outlineWidth } = getComputedStyle(shown);
        if (outlineStyle === "none" || outlineWidth === "0px") return `${focused.outerHTML}: no outline`;
        const { left, top, right, bottom } = shown.getBoundingClientRect();
        const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
        const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
        const there = document.elementFromPoint(x, y);
        if (!there || !(shown.contains(there) || there.contains(shown))) {
            return `${focused.outerHTML} is covered by ${there?.outerHTML}`;
        }
        return "";
    };
    // What has just opened may be on its way to its place.
    let problem = "";
    await probe.until(() => (problem = look()) === "", 5000);
    return problem;
}"""

TO_THE_TOP = """() => {
    const top = document.createElement("span");
    top.tabIndex = -1;
    document.body.prepend(top);
    top.focus();
    globalThis.passed = new Set([document.body]);
}"""
IS_ROUND = "passed.has(document.activeElement) || !passed.add(document.activeElement)"


class Keyboard:
    """The keys of a person, and their screen reader."""

    def __init__(self, person: Person, session: CDPSession) -> None:
        self.person = person
        self._session = session
        self._heard = 0

    @classmethod
    async def of(cls, person: Person) -> "Keyboard":
        """Take somebody's mouse away."""
        return cls(person, await person.context.new_cdp_session(person.page))

    @property
    def page(self) -> Page:
        """The page in front of them."""
        return self.person.page

    async def focused(self) -> str:
        """Role, name, description and states of what has the focus, from the browser's accessibility tree."""
        found = await self._session.send("Runtime.evaluate", {"expression": "document.activeElement"})
        target = {"objectId": found["result"]["objectId"], "fetchRelatives": False}
        tree = await self._session.send("Accessibility.getPartialAXTree", target)
        return _words(tree["nodes"][0])

    async def tab_to(self, wanted: str, key: str = "Tab") -> None:
        """Press a key until something has the focus that is described so, or begins so; every stop must be seen."""
        passed = []
        for _ in range(MOST_STOPS):
            focused = await self.focused()
            if focused.startswith(wanted):
                await self._expect_seen()
                return
            passed.append(focused)
            await self.page.keyboard.press(key)
        raise AssertionError(f"{wanted!r} cannot be reached with {key}, only {passed}")

    async def expect_at(self, *wanted: str) -> None:
        """Wait until something has the focus that is described so, or in one of these ways."""
        focused = ""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while (focused := await self.focused()) not in wanted:
                    await self.page.evaluate("new Promise(requestAnimationFrame)")
        assert focused in wanted, f"{focused!r} has the focus, not {wanted}"

    async def _expect_seen(self) -> None:
        problem = await self.page.evaluate(WHAT_IS_NOT_SEEN)
        assert not problem, problem

    async def stops(self) -> list[str]:
        """Press Tab all the way round, from the top of the page: all that gets the focus, which must be seen."""
        passed: list[str] = []
        await self.page.evaluate(TO_THE_TOP)
        for _ in range(MOST_STOPS):
            await self.page.keyboard.press("Tab")
            if await self.page.evaluate(IS_ROUND):
                return passed
            passed.append(await self.focused())
            await self._expect_seen()
        raise AssertionError(f"no end: {passed}")

    async def press(self, wanted: str, key: str = "Enter") -> None:
        """Go to something and press a key on it."""
        await self.tab_to(wanted)
        await self.page.keyboard.press(key)

    async def control(self, name: str) -> None:
        """Press a button of the toolbar, which is one stop of Tab; arrows go on from there."""
        await self.page.get_by_role("toolbar", name="Controls").locator("[tabindex='0']").focus()
        await self.tab_to(f"button {name}", "ArrowRight")
        await self.page.keyboard.press("Enter")

    async def hear(self, text: str) -> None:
        """Wait until this is said, after what was heard before."""
        script = """async ([text, since]) => {
            const find = () => probe.announcements.findIndex((said, at) => at >= since && said.includes(text));
            await probe.until(() => find() >= 0, 20000);
            return find();
        }"""
        at = await self.page.evaluate(script, [text, self._heard])
        assert at >= 0, f"{text!r} was not said, only {(await self.person.announcements())[self._heard :]}"
        self._heard = at + 1


def _words(node: dict[str, Any]) -> str:
    states = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
    shown = [f"[{name}={str(states[name]).lower()}]" for name in ("expanded", "pressed", "checked") if name in states]
    parts = [node.get(field, {}).get("value", "") for field in ("role", "name")]
    description = node.get("description", {}).get("value", "")
    return " ".join([*filter(None, parts), *shown, *([f"({description})"] if description else [])])

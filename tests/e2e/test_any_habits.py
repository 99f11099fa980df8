# SPDX-License-Identifier: AGPL-3.0-only
"""Whatever people press and in whatever order, in the end everybody sees what is shared, under its own name."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.conftest import Meet
from tests.e2e.harness.person import Person
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server

NAMES = ("alice", "bob", "carol")
ROUNDS = 5
ACTIONS = 7
DELAY = 0.1
MOST_PICTURES = 2
SECONDS_TO_SETTLE = 40

LOOK = """async () => {
    const shown = (picture) => {
        const video = picture.querySelector("video");
        const track = video.srcObject?.getVideoTracks()[0];
        return { label: picture.getAttribute("aria-label"), stream: video.srcObject?.id, track: track?.id,
            paused: video.paused, drawn: video.getVideoPlaybackQuality().totalVideoFrames };
    };
    // What is not watched may have a still.
    const pictures = [...document.querySelectorAll(".picture[data-key]:has(video)")];
    const isOwn = (picture) => picture.dataset.key.startsWith("own ");
    const [sent, received] = [[], []];
    for (const connection of probe.connections) {
        if (connection.connectionState === "closed") continue;
        const report = await connection.getStats();
        for (const entry of report.values()) {
            if (entry.kind !== "video") continue;
            const source = report.get(entry.mediaSourceId);
            if (entry.type === "outbound-rtp" && source)
                sent.push({ track: source.trackIdentifier, ssrc: entry.ssrc, frames: entry.framesSent,
                    limit: entry.qualityLimitationReason });
            if (entry.type === "inbound-rtp")
                received.push({ track: entry.trackIdentifier, ssrc: entry.ssrc, packets: entry.packetsReceived,
                    frames: entry.framesReceived, decoded: entry.framesDecoded, keys: entry.keyFramesDecoded });
        }
    }
    return { own: pictures.filter(isOwn).map(shown), others: pictures.filter((each) => !isOwn(each)).map(shown),
        sent, received };
}"""
"""The pictures on a page by their names, with the streams and tracks that they show, and what is sent and received."""

NEWEST = """async (known) => {
    const labels = () => [...document.querySelectorAll("article.own .label")].map((each) => each.textContent);
    for (;;) {
        const found = labels().find((label) => !known.includes(label));
        if (found !== undefined) return found;
        await new Promise((done) => setTimeout(done, 50));
    }
}"""
"""Waits for an own stream that was not there, and tells its name."""

Look = dict[str, Any]


@dataclass
class Habits:
    """One person, what they share, and what of others they watch: by owner and name."""

    person: Person
    shared: list[str] = field(default_factory=list)
    watched: set[tuple[str, str]] = field(default_factory=set)

    @property
    def pictures(self) -> list[str]:
        """The pictures that they share."""
        return [label for label in self.shared if not label.startswith("Microphone")]


class Company:
    """The people, and what they may do next."""

    def __init__(self, people: list[Person], drawn: random.Random) -> None:
        self.all = [Habits(person) for person in people]
        self._drawn = drawn

    async def act(self) -> None:
        """Let two people do something at once."""
        await asyncio.gather(*(self._choose(each)() for each in self._drawn.sample(self.all, 2)))

    def _choose(self, one: Habits) -> Callable[[], Awaitable[None]]:
        """Draw what somebody does; nothing changes the plan of the other one who acts at the same time."""
        choices: list[Callable[[], Awaitable[None]]] = []
        if len(one.pictures) < MOST_PICTURES:
            choices += [lambda: self._share(one, "Camera"), lambda: self._share(one, "Screen")]
        if "Microphone" not in one.shared:
            choices.append(lambda: self._share(one, "Microphone"))
        if one.shared:
            label = self._drawn.choice(one.shared)
            choices += [lambda: self._stop(one, label)] * 2
        return self._drawn.choice(choices)

    async def _share(self, one: Habits, source: str) -> None:
        await one.person.press(source)
        label = await one.person.page.evaluate(NEWEST, one.shared)
        one.shared.append(label)

    async def _stop(self, one: Habits, label: str) -> None:
        one.shared.remove(label)
        for other in self.all:
            other.watched.discard((one.person.name, label))
        await one.person.stop_sharing(label)

    async def watch_all(self) -> None:
        """Let everybody ask for every picture that they do not watch yet, and some for one less."""
        for one in self.all:
            for other in self.all:
                for label in other.pictures if other is not one else []:
                    if (other.person.name, label) not in one.watched:
                        await one.person.enable(other.person.name, label)
                        one.watched.add((other.person.name, label))

    async def forgo_some(self) -> None:
        """Let everybody do without one of the pictures that they watch."""
        for one in self.all:
            if one.watched and self._drawn.random() < 0.5:
                owner, label = self._drawn.choice(sorted(one.watched))
                one.watched.remove((owner, label))
                await one.person.disable(owner, label)

    async def expect_all(self) -> None:
        """Wait until everybody sees just what they watch, from those whose pictures these are."""
        end = asyncio.get_running_loop().time() + SECONDS_TO_SETTLE
        first: dict[str, int] = {}
        while faults := self._faults(await self._looks(), first):
            assert asyncio.get_running_loop().time() < end, faults
            await asyncio.sleep(0.5)

    async def _looks(self) -> dict[str, Look]:
        return {each.person.name: await each.person.page.evaluate(LOOK) for each in self.all}

    def _faults(self, now: dict[str, Look], first: dict[str, int]) -> list[str]:
        """Return what is not as it should be; ``first`` keeps the frames of each picture at the first look."""
        faults = []
        for one in self.all:
            name = one.person.name
            pictures = {each["label"]: each for each in now[name]["others"]}
            expected = {f"{label} of {owner}" for owner, label in one.watched}
            if pictures.keys() != expected:
                faults.append(f"{name} sees {sorted(pictures)} in place of {sorted(expected)}")
                continue
            for owner, label in one.watched:
                picture = pictures[f"{label} of {owner}"]
                key = f"{name} {picture['label']} {picture['track']}"
                decoded = sum(each["decoded"] for each in now[name]["received"] if each["track"] == picture["track"])
                first[key] = min(first.get(key, decoded), decoded)
                fault = _fault(picture, now[name], now[owner], label, decoded - first[key])
                if fault:
                    faults.append(f"{name}, {label} of {owner}: {fault}")
        return faults


def _fault(picture: Look, viewer: Look, owner: Look, label: str, news: int) -> str | None:
    """Return what is wrong with a picture that somebody watches, of which so many frames came since the first look."""
    (own,) = [each for each in owner["own"] if each["label"] == label] or [None]
    if own is None:
        return f"not among {[each['label'] for each in owner['own']]}"
    if picture["stream"] != own["stream"]:
        return "another stream"
    received = [each for each in viewer["received"] if each["track"] == picture["track"]]
    sent = [each for each in owner["sent"] if each["track"] == own["track"]]
    if not {each["ssrc"] for each in received} & {each["ssrc"] for each in sent}:
        return f"another one's packets: {received} of {sent}"
    if news <= 0:
        return f"stands still: {picture} {received} of {sent}"
    return None


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_everybody_sees_what_is_shared_whatever_is_pressed(meet: Meet, server: Server) -> None:
    drawn = random.Random()  # noqa: S311 (an order, not a secret)
    seed = drawn.randrange(10**6)
    drawn.seed(seed)
    print("seed", seed)  # noqa: T201 (shown when the test fails)
    async with Relay(server.port, delay=DELAY) as relay:
        company = Company(await meet(*NAMES, origin=relay.url), drawn)
        for _ in range(ROUNDS):
            for _ in range(ACTIONS):
                await company.act()
            await company.watch_all()
            await company.expect_all()
            await company.forgo_some()
            await company.expect_all()

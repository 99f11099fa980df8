# SPDX-License-Identifier: AGPL-3.0-only
"""A call of two over a way that loses packets, and what of it is heard and seen."""

from typing import Any

from msgspec import Struct
from playwright.async_api import Browser

from tests.e2e.harness.lossy import LossyWay
from tests.e2e.harness.person import Person

HEARD_MS = 120_000
"""How long it may take to hear what is to be measured; a machine that is busy plays as fast as any other."""

HEARD = """async ([seconds, ms]) => {
    const look = async () => {
        const [stream] = await probe.streams("inbound-rtp", "audio");
        const { concealedSamples: all, silentConcealedSamples: silent, totalSamplesReceived: played } = stream;
        return { concealed: all - silent, played };
    };
    const before = await look();
    let after = before;
    const isEnough = async () => (after = await look()).played - before.played >= seconds * 48000;
    if (!(await probe.until(isEnough, ms))) throw new Error("hardly anything was heard");
    return (after.concealed - before.concealed) / (after.played - before.played);
}"""
WATCH = """() => {
    const video = document.querySelector("article:not(.own) video");
    window.longestStill = 0;
    let last = performance.now();
    const seen = () => {
        window.longestStill = Math.max(window.longestStill, performance.now() - last);
        last = performance.now();
        video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
}"""
REPEATS = """(wanted) => probe.until(() => {
    const senders = probe.connections.filter(({ connectionState }) => connectionState === "connected")
        .flatMap((connection) => connection.getSenders()).filter(({ track }) => track?.kind === "audio");
    const first = senders.map((sender) => sender.getParameters().codecs[0]?.mimeType);
    return first.length > 0 && first.every((mimeType) => (mimeType === "audio/red") === wanted);
}, 120000)"""


class Call(Struct):
    """Alice speaks, Bob listens; both are in browsers of their own, which share nothing but the way."""

    alice: Person
    bob: Person

    @classmethod
    async def begin(cls, browsers: list[Browser], way: LossyWay, origin: str, secret: str) -> "Call":
        """Let both join, and wait until Bob hears Alice."""
        people = [await Person.arrive(name, each) for name, each in zip(("alice", "bob"), browsers, strict=True)]
        call = cls(*people)
        for person in people:
            await way.lead(person.context)
            await person.join(origin, secret)
            if person is call.alice:
                # Bob wants all sound as soon as he comes: the first offer goes before he has told what he knows.
                await call.alice.press("Microphone")
        await call.bob.expect_flowing("audio")
        return call

    async def show(self) -> None:
        """Let Alice share a camera, and wait until Bob sees it and notes how long the picture stands still."""
        await self.alice.press("Camera")
        await self.bob.enable("alice", "Camera")
        await self.bob.expect_flowing("video")
        await self.bob.page.evaluate(WATCH)

    async def concealed(self, seconds: float) -> float:
        """The part of the sound that Bob's browser makes up, in so many seconds of it; silence does not count."""
        part: float = await self.bob.page.evaluate(HEARD, [seconds, HEARD_MS])
        return part

    async def longest_still(self) -> float:
        """The longest time, in seconds, that the picture stood still since it was shown."""
        milliseconds: float = await self.bob.page.evaluate("window.longestStill")
        return milliseconds / 1000

    async def expect_repeating(self, wanted: bool) -> None:
        """Wait until each packet of Alice's sound repeats the one before, or does not any more."""
        assert await self.alice.page.evaluate(REPEATS, wanted), f"repeating is not {wanted}"

    async def end(self) -> None:
        """Close both pages; neither may have had an error."""
        errors: list[Any] = [*self.alice.errors, *self.bob.errors]
        for person in (self.alice, self.bob):
            await person.context.close()
        assert not errors

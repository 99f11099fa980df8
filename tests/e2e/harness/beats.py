# SPDX-License-Identifier: AGPL-3.0-only
"""The beats by which the ends of a connection tell each other that the way works [N17]."""

from typing import Final

from tests.e2e.harness.person import Person

PROTOCOL: Final = "keks-meet.beat"
_BEATS: Final = 12
"""Said twice, every quarter of a second."""
_HEARD: Final = """([protocol, least, ms]) => probe.until(async () => {
    const reports = await Promise.all(probe.connections.map((each) => each.getStats()));
    const channels = reports.flatMap((report) => [...report.values()]).filter((entry) => entry.protocol === protocol);
    return channels.reduce((sum, { messagesReceived }) => sum + messagesReceived, 0) >= least;
}, ms)"""
_PATIENCE_MS: Final = 10_000


async def expect_beats(person: Person) -> None:
    """Expect that beats come to a page."""
    assert await person.page.evaluate(_HEARD, [PROTOCOL, _BEATS, _PATIENCE_MS])

# SPDX-License-Identifier: AGPL-3.0-only
"""A call goes on while one side changes its network [N15] [N17] [L8]."""

import asyncio
import os
import secrets
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.net.arriving import FILE_BYTES, MEMBER, arrive_over, slow_down
from tests.net.changes import OUTAGE_SECONDS, net, silences_in, talk
from tests.net.namespaces import end
from tests.net.people import person_in_chromium
from tests.net.servers import SERVER, serve

CHANGES = {"soft": 6, "hard": 6, "spare": 2, "renumbered": 2}
"""For each kind of change, see `Mover.change`, how often it happens in a call."""
MOST_STANDSTILL_SECONDS = {"soft": 10, "hard": 10, "spare": 10, "renumbered": 20}
"""Beyond the outage; channels wait twice as long each time before they try again. Before beats, it took 24 s."""
OUTAGES = {"soft": 0, "hard": OUTAGE_SECONDS, "spare": 0, "renumbered": 0}
"""How long there is no way, in seconds."""
MOST_SILENCE_MS = 6_000
"""Beyond the outage; a browser may take three seconds to notice that it has another address. ICE alone took 18 s."""
MOST_STANDING_MS = {"soft": 6_000, "hard": 6_000, "spare": 6_000, "renumbered": 9_000}
"""The same of pictures. A browser that was sent late ones shows the next ones late, see docs/architecture.md."""

MOST_WITHOUT_SOUND_MS = {"soft": 6_000, "hard": 5_000}
"""The same of pictures alone. Without beats it was 5.8 to 9.6 s."""

MOST_UNNOTICED_SECONDS = 10
"""It takes 0.7 to 1.7; without a look at the own address 30."""


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", CHANGES)
async def test_call_goes_on_when_the_network_changes(tmp_path: Path, kind: str) -> None:
    room = secrets.token_hex(32)
    for name in ("ann", "bob"):
        (tmp_path / name).mkdir()
    async with (
        net(kind) as (public, mover, staying),
        serve(public, tmp_path),
        person_in_chromium("ann", mover.host, tmp_path / "ann") as ann,
        person_in_chromium("bob", staying, tmp_path / "bob") as bob,
    ):
        await talk(ann, bob, SERVER, room)
        for each in await silences_in(mover, kind, CHANGES[kind], ann.page.evaluate, bob.page.evaluate):
            assert max(each["audio"]) < OUTAGES[kind] * 1_000 + MOST_SILENCE_MS
            assert max(each["video"]) < OUTAGES[kind] * 1_000 + MOST_STANDING_MS[kind]
        await ann.expect_people("bob")
        await bob.expect_people("ann")


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(200)
@pytest.mark.parametrize(("kind", "changes"), [("soft", 2), ("hard", 2)])
async def test_pictures_without_sound_go_on_when_the_network_changes(tmp_path: Path, kind: str, changes: int) -> None:
    """Pages tell each other by beats that the way works [N17]."""
    room = secrets.token_hex(32)
    for name in ("ann", "bob"):
        (tmp_path / name).mkdir()
    async with (
        net(kind) as (public, mover, staying),
        serve(public, tmp_path),
        person_in_chromium("ann", mover.host, tmp_path / "ann") as ann,
        person_in_chromium("bob", staying, tmp_path / "bob") as bob,
    ):
        await talk(ann, bob, SERVER, room, ["video"])
        pages = (ann.page.evaluate, bob.page.evaluate)
        for each in await silences_in(mover, kind, changes, *pages, tracks=["video"]):
            assert max(each["video"]) < OUTAGES[kind] * 1_000 + MOST_WITHOUT_SOUND_MS[kind]


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("deed", "kind"), [("offer", "soft"), ("take", "hard"), ("offer", "spare"), ("take", "renumbered")]
)
async def test_a_file_goes_on_when_the_network_changes(tmp_path: Path, deed: str, kind: str) -> None:
    """Of who offers it, or of who takes it."""
    offered, taken = tmp_path / "offered", tmp_path / "taken" / "it"
    offered.write_bytes(os.urandom(FILE_BYTES))
    taken.parent.mkdir()
    async with net(kind) as (public, mover, staying), serve(public, tmp_path):
        await slow_down(public, "to-a1", "to-a2", "to-b")
        await slow_down(mover.host, "way1", "way2")
        hosts = {"offer": staying, "take": staying} | {deed: mover.host}
        silences = await arrive_over(hosts, offered, taken, mover, kind)
        print(f"{kind} change of who would {deed}, standstills in s: {silences}")  # noqa: T201
    assert taken.read_bytes() == offered.read_bytes()
    assert max(silences) < OUTAGES[kind] + MOST_STANDSTILL_SECONDS[kind]


@pytest.mark.slow
@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["soft", "renumbered"])
async def test_a_program_that_is_alone_notices_that_its_network_changes(tmp_path: Path, kind: str) -> None:
    """No peer's silence tells it: without a look at its own address it would take three probes, 30 s [L1] [L8]."""
    async with net(kind) as (public, mover, _), serve(public, tmp_path):
        words = mover.host.command(sys.executable, MEMBER, "stay", SERVER, secrets.token_hex(32), "-", "0")
        process = await asyncio.create_subprocess_exec(*words, stdout=PIPE)
        assert process.stdout is not None
        try:
            assert await process.stdout.readline() == b'"joined"\n'
            for _ in range(2):
                await mover.change(kind)
                async with asyncio.timeout(MOST_UNNOTICED_SECONDS):
                    assert await process.stdout.readline() == b'"reconnecting"\n'
                    assert await process.stdout.readline() == b'"joined"\n'
        finally:
            await end(process)

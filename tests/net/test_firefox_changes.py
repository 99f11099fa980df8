# SPDX-License-Identifier: AGPL-3.0-only
"""A call between Chromium and Firefox goes on while the host of one of them changes its network [N9] [N15]."""

import asyncio
import json
import secrets
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness.person import room_address
from tests.net.changes import KINDS, OUTAGE_SECONDS, WATCH, net, silences_in
from tests.net.people import person_in_chromium
from tests.net.servers import SERVER, serve
from tests.net.test_firefox import lines, person_in_firefox

CHANGES = 3
MOST_SILENCE_MS = {"audio": 10_000, "video": 15_000}
"""Beyond the outage. Sound was silent for 6.4 s at most; a second attempt on a busy machine takes more."""


class FirefoxPage:
    """The page of a person in Firefox, who runs scripts one after the other."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def evaluate(self, script: str) -> Any:
        """Run a script of one line; return its value."""
        assert self._process.stdin
        async with self._turn:
            self._process.stdin.write(f"{script}\n".encode())
            [said] = await lines(self._process, 1)
        return json.loads(said)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["soft", "hard"])
@pytest.mark.parametrize("moving", ["chrome", "fox"])
async def test_a_call_with_firefox_goes_on_when_the_network_changes(tmp_path: Path, moving: str, kind: str) -> None:
    room = secrets.token_hex(32)
    outage = 1000 * OUTAGE_SECONDS if kind == "hard" else 0
    async with net(kind) as (public, mover, staying), serve(public, tmp_path):
        of_chrome, of_fox = (mover.host, staying) if moving == "chrome" else (staying, mover.host)
        words = (room_address(SERVER, room, "fox"), "chrome")
        async with (
            person_in_chromium("chrome", of_chrome, tmp_path) as chrome,
            person_in_firefox(of_fox, *words, does="call.js") as process,
        ):
            await chrome.join(SERVER, room)
            for control in ("Camera", "Microphone"):
                await chrome.press(control)
            # On a busy machine, Firefox takes longer to start than anything else may take.
            assert await lines(process, 1) == ["sharing"]
            await chrome.enable("fox", "Camera")
            for track in KINDS:
                await chrome.expect_flowing(track)
            assert await lines(process, 1) == ["talking"]
            fox = FirefoxPage(process)
            for evaluate in (chrome.page.evaluate, fox.evaluate):
                await evaluate(" ".join(WATCH.split()) + ", null")
            for each in await silences_in(mover, kind, CHANGES, chrome.page.evaluate, fox.evaluate):
                for track, longest in each.items():
                    assert max(longest) < outage + MOST_SILENCE_MS[track]
            await chrome.expect_people("fox")

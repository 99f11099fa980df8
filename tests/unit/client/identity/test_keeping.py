# SPDX-License-Identifier: AGPL-3.0-only
"""Whom a stay has met is kept by one write at a time, as of the last name, and to the end."""

import asyncio
import threading
from collections.abc import Mapping

from keks_meet.client.identity.acquaintances import Acquaintances
from keks_meet.client.identity.keeping import Keeping
from keks_meet.client.identity.keys import Change, VisitKeys
from keks_meet.client.tasks import Tasks
from keks_meet.session.people import Person
from keks_meet.session.view import PeerView


class SlowKeys(VisitKeys):
    """People on a disk that takes one write at a time, and each only when it is told to."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.writes = 0
        self._loop = loop
        self.begun = asyncio.Event()
        self.goes_on = threading.Event()

    def change(self, change: Change) -> Mapping[str, Person]:
        self.writes += 1
        self._loop.call_soon_threadsafe(self.begun.set)
        assert self.goes_on.wait(10)
        return super().change(change)


def named(name: str, *features: str, key: int = 1) -> PeerView:
    return PeerView(key, name, "connected", None, (), credential=f"key {key}", features=features)


async def test_ever_new_names_are_two_writes() -> None:
    keys, tasks = SlowKeys(asyncio.get_running_loop()), Tasks()
    keeping = Keeping(Acquaintances(keys, "own"), tasks)
    keeping.meet(named("first", "sas-1"))
    async with asyncio.timeout(10):
        await keys.begun.wait()
    for number in range(1000):
        keeping.meet(named(f"name {number}", *(["roster-1"] if number == 1 else [])))
        await asyncio.sleep(0)
    keeping.meet(named("other", key=2))
    keys.goes_on.set()
    while keeping._running and not keeping._running.done():
        await asyncio.wait([keeping._running])
    assert keys.writes == 2
    known = keys.people()["key 1"]
    assert known.username == "name 999"
    # What a client has guarded against in between is not forgotten.
    assert set(known.protections) == {"sas-1", "roster-1"}
    assert keys.people()["key 2"].username == "other"
    await tasks.close()


async def test_who_leaves_meanwhile_has_met_them_all_the_same() -> None:
    keys, tasks = SlowKeys(asyncio.get_running_loop()), Tasks()
    keeping = Keeping(Acquaintances(keys, "own"), tasks)
    keeping.meet(named("first"))
    async with asyncio.timeout(10):
        await keys.begun.wait()
    keeping.meet(named("second", key=2))
    closing = asyncio.create_task(tasks.close())
    await asyncio.sleep(0)
    keys.goes_on.set()
    await closing
    assert set(keys.people()) == {"key 1", "key 2"}

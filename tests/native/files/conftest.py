# SPDX-License-Identifier: AGPL-3.0-only
"""A file that one offers to the other."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from keks_meet.client.room import Room
from tests.native.files.made import made_file
from tests.native.waiting import offer_in

Offer = Callable[[int], Awaitable[tuple[Path, int]]]


@pytest.fixture
def offer(alice: Room, bob: Room, tmp_path: Path) -> Offer:
    """Alice offers a new file of this size as "it"; return it, and the key by which Bob knows her."""

    async def make(size: int) -> tuple[Path, int]:
        path = made_file(tmp_path, size)
        await alice.provide(path, "it")
        peer, _ = await offer_in(bob)
        return path, peer.key

    return make

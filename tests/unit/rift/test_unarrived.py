# SPDX-License-Identifier: AGPL-3.0-only
"""Files that did not arrive: who makes up for whose try."""

import pytest

from keks_meet.client.events import Resource
from keks_meet.rift import unarrived
from keks_meet.rift.unarrived import Unarrived

FILE = Resource("it", kind="file", label="photo.jpg", size=1000)
SAME = Resource("another id", kind="file", label="photo.jpg", size=1000)
LARGER = Resource("it", kind="file", label="photo.jpg", size=1001)


@pytest.mark.parametrize("has_left", [False, True])
@pytest.mark.parametrize("direction", ["in", "out"])
def test_who_goes_on_with_what_another_one_brought_makes_up_for_it(direction: str, has_left: bool) -> None:
    files = Unarrived()
    files.failed(direction, 1, FILE, is_here=True)
    if has_left:
        files.left(1)
    assert len(files) == 1
    files.arrived(direction, 2, SAME, went_on=True)
    assert len(files) == 0


def test_nobody_else_makes_up_for_it() -> None:
    """Neither who began anew, nor another file, nor the other direction."""
    files = Unarrived()
    files.failed("in", 1, FILE, is_here=False)
    files.arrived("in", 2, SAME, went_on=False)
    files.arrived("in", 2, LARGER, went_on=True)
    files.arrived("out", 2, SAME, went_on=True)
    assert len(files) == 1


def test_one_makes_up_for_one() -> None:
    files = Unarrived()
    for peer in (1, 2, 3):
        files.failed("out", peer, FILE, is_here=peer == 3)
    for left in (2, 1, 0):
        files.arrived("out", 4, FILE, went_on=True)
        assert len(files) == left


def test_the_same_peer_may_begin_anew() -> None:
    files = Unarrived()
    for _ in range(3):
        files.failed("in", 1, FILE, is_here=True)
    files.failed("in", 2, FILE, is_here=False)
    assert len(files) == 2
    files.arrived("in", 1, FILE, went_on=True)
    assert len(files) == 1, "what peer 1 brought makes up for its own tries"


def test_those_who_come_and_go_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unarrived, "_REMEMBERED", 10)
    files = Unarrived()
    for number in range(100):
        files.failed("in", number, Resource("it", kind="file", label=str(number), size=1), is_here=True)
        files.left(number)
    assert len(files) == 100
    assert len(files._gone) <= 11


def test_a_file_that_was_tried_again_while_its_peer_left_is_one() -> None:
    """The first try ends while the peer is here, the next one after it has gone."""
    files = Unarrived()
    files.failed("in", 1, FILE, is_here=True)
    files.left(1)
    files.failed("in", 1, FILE, is_here=False)
    assert len(files) == 1
    files.arrived("in", 2, SAME, went_on=True)
    files.failed("in", 1, FILE, is_here=False)
    assert len(files) == 0


def test_files_of_who_left_are_told_apart() -> None:
    files = Unarrived()
    for resource in (FILE, LARGER, SAME):
        files.failed("in", 1, Resource(resource.label + str(resource.size) + resource.id, kind="file"), is_here=False)
    assert len(files) == 3

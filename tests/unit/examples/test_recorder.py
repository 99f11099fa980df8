# SPDX-License-Identifier: AGPL-3.0-only
"""How the recorder's example fits pictures into a file."""

import os
from fractions import Fraction
from pathlib import Path

import av
import pytest

from examples.recorder import HEIGHT, WIDTH, Fitting, Recording


def test_pictures_of_all_sizes_and_angles_fit_into_one_file(tmp_path: Path) -> None:
    path = tmp_path / "sizes.webm"
    shapes = [(640, 480, 0), (320, 180, 0), (640, 480, 90), (1920, 1080, 180), (2, 2, 270), (641, 361, 0)]
    with av.open(path, "w", format="webm") as container:
        recording = Recording(container)
        for number, (width, height, rotation) in enumerate(shapes):
            # The second of each two comes too early, and is left out.
            for _ in range(2):
                recording.add(picture(width, height), rotation, 1_000_000 + number * 40_000)
        recording.finish()
    with av.open(path) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([number * 0.04 for number in range(len(shapes))], abs=0.001)


def test_a_recording_of_nothing_ends_without_an_error(tmp_path: Path) -> None:
    with av.open(tmp_path / "empty.webm", "w", format="webm") as container:
        Recording(container).finish()


@pytest.mark.parametrize(("rotation", "light"), [(0, "left"), (90, "top"), (180, "right"), (270, "bottom")])
def test_pictures_are_shown_upright(rotation: int, light: str) -> None:
    """A picture that is white on the left, on a phone that is held in all ways."""
    shown = Fitting().fit(white_on_the_left(720, 720), rotation)
    plane = bytes(shown.planes[0])
    line = shown.planes[0].line_size
    edges = {"left": (300, 360), "right": (980, 360), "top": (640, 20), "bottom": (640, 700)}
    brightness = {where: plane[y * line + x] for where, (x, y) in edges.items()}
    assert max(brightness, key=lambda where: brightness[where]) == light
    assert plane[360 * line + 10] < 20, "it is not black beside the picture"
    assert (shown.width, shown.height) == (WIDTH, HEIGHT)


def picture(width: int, height: int) -> av.VideoFrame:
    made = av.VideoFrame(width, height, "rgba")
    made.planes[0].update(os.urandom(4) * (made.planes[0].buffer_size // 4))
    made.time_base = Fraction(1, 1000)
    return made


def white_on_the_left(width: int, height: int) -> av.VideoFrame:
    made = picture(width, height)
    line = b"\xff\xff\xff\xff" * (width // 4) + b"\x00\x00\x00\xff" * (width - width // 4)
    made.planes[0].update(line.ljust(made.planes[0].line_size, b"\0") * height)
    made.pts = 0
    return made

# SPDX-License-Identifier: AGPL-3.0-only
"""What is in a recorded film: pictures that move, and a sound that is heard."""

from pathlib import Path

import av

SOUND = 0.02
"""Far above silence, far below a beep of a fake microphone."""


def film(path: Path) -> tuple[list[av.VideoFrame], float]:
    """All pictures of a film, and how loud its loudest moment is."""
    with av.open(str(path)) as container:
        pictures = list(container.decode(video=0))
    with av.open(str(path)) as container:
        loudest = max(
            max(abs(sample) for sample in memoryview(plane).cast("f"))
            for frame in container.decode(audio=0)
            for plane in frame.planes
        )
    return pictures, loudest


def expect_film(path: Path) -> None:
    """See that a call was recorded whose camera's pictures move, and whose microphone beeps."""
    pictures, loudest = film(path)
    assert len(pictures) > 10
    assert (pictures[-1].width, pictures[-1].height) == (1280, 720)
    assert len({bytes(picture.planes[0]) for picture in pictures}) > 5
    assert loudest > SOUND

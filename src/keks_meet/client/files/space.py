# SPDX-License-Identifier: AGPL-3.0-only
"""Whether a download fits on the disk: told before anything is sent. Blocks."""

import os
from pathlib import Path

from keks_meet.errors import SinkError

__all__ = ["check_space"]


def check_space(target: Path, size: int | None) -> None:
    """Refuse what would take so many more bytes than are free; nobody knows of a size that is None. Raises `SinkError`.

    File systems over a network or of a program may not know how large they are: they say that they have no blocks.
    """
    if size is None:
        return
    found = os.statvfs(target.parent)
    free = found.f_bavail * found.f_frsize
    if found.f_blocks and size > free:
        msg = f"{target} would take {size} bytes, and {free} are free"
        raise SinkError(msg)

# SPDX-License-Identifier: AGPL-3.0-only
"""Flushing to the disk, so that files outlive a loss of power. Everything here blocks."""

import ctypes
import errno
import os
from pathlib import Path

__all__ = ["sync_file_system", "sync_folder"]


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk, where that can be done. Raises `OSError`.

    A folder that takes files but may not be listed, as one where everybody can drop something, cannot be opened.
    """
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:
        return
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS}:
            raise
    finally:
        os.close(fd)


def sync_file_system(fd: int) -> None:
    """Put everything on the disk that was written to the file system of ``fd``. Raises `OSError`.

    One call serves thousands of small files, where an `os.fsync` for each would wait for the disk each time.
    """
    sync = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if sync is None:
        os.sync()  # macOS has no call for one file system alone
    elif sync(fd) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))

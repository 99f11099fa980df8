# SPDX-License-Identifier: AGPL-3.0-only
"""Own files that are on offer."""

from pathlib import Path
from typing import Final

from keks_meet.client.files.sources import FileSource, Source, TextSource
from keks_meet.client.files.tar_write import DirectorySource
from keks_meet.client.rate_limit import RateLimit
from keks_meet.errors import SourceError
from keks_meet.protocol.relay_messages import Provide

__all__ = ["OwnFile", "own_file", "source_of"]

_SPOILING: Final = (SourceError, FileNotFoundError, NotADirectoryError, PermissionError)
"""Errors of reading a file that the next receiver would meet as well."""


class OwnFile:
    """An own file that is on offer."""

    def __init__(self, info: Provide, source: Source, limit: RateLimit | None = None) -> None:
        self.info = info
        self.limit = limit
        self.source = source
        self.is_spoilt = False
        """Whether reading the file failed in a way that stays, so that the file has to be withdrawn."""
        self.is_gone = False
        """Whether the file was missing at the last look."""
        self._is_gone_for_good = False

    @property
    def is_over(self) -> bool:
        """Whether the file has to be withdrawn: it is spoilt, or was missing at two looks in a row.

        One look is not enough: a disk that is mounted again, and a file that is replaced, are away for a moment only.
        """
        return self.is_spoilt or self._is_gone_for_good

    def note(self, error: Exception | None) -> None:
        """Note the error of reading the file, if there was one. A stream that was read already is not spoilt by that.

        Other errors, like too many open files or a disk that does not answer, may be over soon.
        """
        if isinstance(error, _SPOILING) and not self.source.once:
            self.is_spoilt = True
            # In a folder, the missing file may be one inside.
            self.is_gone |= isinstance(error, FileNotFoundError) and isinstance(self.source, FileSource)

    def look(self) -> None:
        """Note whether the file or folder was deleted. Other sources are never missing. Blocks."""
        was_gone = self.is_gone
        self.is_gone = isinstance(self.source, FileSource | DirectorySource) and self.source.is_gone()
        self._is_gone_for_good = was_gone and self.is_gone


def own_file(resource_id: str, source: Source, limit: RateLimit | None) -> OwnFile:
    """Return the offer of a source under an id, with what peers are told of it; it is sent within the ``limit``."""
    show = "text" if isinstance(source, TextSource) else None
    info = Provide(resource_id, kind="file", label=source.label, size=source.size, archive=source.archive, show=show)
    return OwnFile(info, source, limit)


def source_of(path: Path) -> Source:
    """Return what a path is sent as: a folder as an archive. Raises `SourceError` and `OSError`."""
    return DirectorySource(path) if path.is_dir() else FileSource(path)

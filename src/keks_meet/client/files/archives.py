# SPDX-License-Identifier: AGPL-3.0-only
"""What packing and unpacking agree on: which archives, and which links, are accepted.

A link that stays inside is judged by its text, which is safe where its own folder is a real one: it may climb only at
its beginning, never through what it names, since that may be a link as well. So each step of following it starts at or
below the top, whatever the other links are.
"""

__all__ = ["ENCODING", "ERRORS", "MAX_DEPTH", "MAX_MEMBERS", "climb"]

# How names become bytes: any name of a file system, and back to the same.
ENCODING = "utf-8"
ERRORS = "surrogateescape"

# Of one archive.
MAX_MEMBERS = 1_000_000
# Names in one path: each holds a folder open while it is written to.
MAX_DEPTH = 100

# What PATH_MAX leaves for the text of a link.
_LONGEST_LINK = 4095


def climb(link: str) -> int | None:
    """Return how many folders a link climbs above its own before it descends; None when that is not certain."""
    if not link or link.startswith("/") or "\0" in link or len(link.encode(ENCODING, ERRORS)) > _LONGEST_LINK:
        return None
    names = [name for name in link.split("/") if name not in {"", "."}]
    up = next((at for at, name in enumerate(names) if name != ".."), len(names))
    return None if ".." in names[up:] else up

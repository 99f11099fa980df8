# SPDX-License-Identifier: AGPL-3.0-only
"""Rules that making and extracting an archive share: the encoding of names, the limits, and the judging of links.

The text of a link alone decides whether the link stays inside. Such a link may climb only at its beginning, and never
behind a name, since that name may itself be a link. Each step of following the link then starts at or below the top,
whatever the other links are, provided that the link's own folder is a real folder.
"""

__all__ = ["ENCODING", "ERRORS", "MAX_DEPTH", "MAX_MEMBERS", "climb"]

# The encoding of names: it keeps every name that a file system can hold, there and back.
ENCODING = "utf-8"
ERRORS = "surrogateescape"

# The most members of one archive.
MAX_MEMBERS = 1_000_000
# The most names in one path: a folder is held open for each of them.
MAX_DEPTH = 100

# The most bytes of a link's text: PATH_MAX without the zero at the end.
_LONGEST_LINK = 4095


def climb(link: str) -> int | None:
    """Return how many folders a link climbs above its own folder before it descends.

    Return None for a link that is malformed, absolute or too long, or that climbs behind a name.
    """
    if not link or link.startswith("/") or "\0" in link or len(link.encode(ENCODING, ERRORS)) > _LONGEST_LINK:
        return None
    names = [name for name in link.split("/") if name not in {"", "."}]
    up = next((at for at, name in enumerate(names) if name != ".."), len(names))
    return None if ".." in names[up:] else up

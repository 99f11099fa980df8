# SPDX-License-Identifier: AGPL-3.0-only
"""The members of an archive that would make Git or Mercurial run a program, once somebody works in the folder. Pure.

Git and Mercurial run the programs that the hooks and settings of a working copy name, as soon as somebody asks for the
state of the working copy. Nobody looks for such programs in a folder that a peer sent.
"""

from collections.abc import Collection, Sequence
from typing import Final

__all__ = ["BARE_HAZARDS", "is_bare", "is_hazard"]

_GIT: Final = ".git"
_HG: Final = ".hg"
_GIT_HAZARDS: Final = frozenset({"hooks", "config", "config.worktree", "commondir"})
"""Entries of a repository that are run, that say what is run, or that say that the repository is elsewhere."""
_INNER_REPOSITORIES: Final = frozenset({"modules", "worktrees"})
_HG_HAZARDS: Final = frozenset({"hgrc", "hgrc-not-shared", "sharedpath"})
BARE_HAZARDS: Final = ("hooks", "config", "commondir")
"""Such entries of a repository without a working copy, like ``project.git``."""


def is_hazard(names: Sequence[str], *, is_folder: bool) -> bool:
    """Return whether a member with this path could make Git or Mercurial run something.

    A file or a link in the place of a folder of a repository says that this is elsewhere. The case of names does not
    count, since some file systems ignore it.
    """
    folded = [name.casefold() for name in names]
    for at, name in enumerate(folded):
        inside = folded[at + 1 :]
        if name in {_GIT, _HG} and not inside:
            return not is_folder
        if name == _GIT and _is_hazard_of_git(inside, is_folder=is_folder):
            return True
        if name == _HG and inside[0] in _HG_HAZARDS:
            return True
    return False


def _is_hazard_of_git(inside: Sequence[str], *, is_folder: bool) -> bool:
    if inside[0] in _INNER_REPOSITORIES:
        return not _GIT_HAZARDS.isdisjoint(inside[1:]) or (len(inside) == 1 and not is_folder)
    return inside[0] in _GIT_HAZARDS


def is_bare(entries: Collection[str]) -> bool:
    """Return whether Git takes a folder with these entries for a repository without a working copy."""
    folded = {entry.casefold() for entry in entries}
    return "head" in folded and ({"objects", "refs"} <= folded or "commondir" in folded)

# SPDX-License-Identifier: AGPL-3.0-only
"""What version control would run does not arrive unasked."""

from pathlib import Path

import pytest

from keks_meet.errors import ArchiveError
from tests.unit.client.files.directory.unpacking import files_in, receive, unpack
from tests.unit.client.files.tar import END, folder, hard_link, member, symlink

REPOSITORY = [
    (".git/HEAD", "ref: refs/heads/main\n"),
    (".git/config", '[core]\n\tfsmonitor = "touch /tmp/owned"\n'),
    (".git/hooks/pre-commit", "#!/bin/sh\n"),
    (".git/refs/heads/hooks", "0123\n"),
    (".git/objects/ab/config", "x"),
    (".git/modules/sub/hooks/post-checkout", "#!/bin/sh\n"),
    (".git/modules/sub/config", "x"),
    (".git/modules/sub/HEAD", "x"),
    (".git/worktrees/w/config.worktree", "x"),
    (".git/commondir", "../evil"),
    ("sub/.git", "gitdir: ../evil"),
    ("other/.GIT/Hooks/x", "x"),
    ("hg/.hg/hgrc", "[hooks]"),
    ("hg/.hg/store/hgrc", "x"),
    ("config", "x"),
    ("hooks/mine", "x"),
    (".gitignore", "x"),
    ("bare.git/HEAD", "ref: refs/heads/main\n"),
    ("bare.git/config", "x"),
    ("bare.git/hooks/deep/update", "x"),
    ("bare.git/objects/info", "x"),
    ("bare.git/refs/heads/main", "x"),
    ("head/HEAD", "x"),
    ("head/config", "x"),
]
HAZARDS = {
    ".git/config",
    ".git/hooks/pre-commit",
    ".git/modules/sub/hooks/post-checkout",
    ".git/modules/sub/config",
    ".git/worktrees/w/config.worktree",
    ".git/commondir",
    "sub/.git",
    "other/.GIT/Hooks/x",
    "hg/.hg/hgrc",
    "bare.git/config",
    "bare.git/hooks/deep/update",
}


def repository() -> bytes:
    return b"".join(member(f"top/{name}", content.encode()) for name, content in REPOSITORY) + END


def test_what_git_and_mercurial_would_run_does_not_arrive(target: Path) -> None:
    sink = unpack(target, repository())
    assert files_in(target) == {name for name, _ in REPOSITORY} - HAZARDS
    assert sink.left_out_count == len(HAZARDS)
    assert sink.left_out[:2] == ["top/.git/config", "top/.git/hooks/pre-commit"]


def test_a_folder_that_is_left_out_is_told_once(target: Path) -> None:
    hooks = [folder("t/.git/hooks"), member("t/.git/hooks/a", b"1"), folder("t/.git/hooks/b"), member("t/.git/hooksx")]
    sink = unpack(target, b"".join(hooks) + END)
    assert (sink.left_out, sink.left_out_count) == (["t/.git/hooks"], 1)
    assert files_in(target) == {".git/hooksx"}


def test_hooks_arrive_when_they_are_asked_for(target: Path) -> None:
    sink = unpack(target, repository(), keep_hooks=True)
    assert files_in(target) == {name for name, _ in REPOSITORY}
    assert (sink.left_out, sink.left_out_count) == ([], 0)


@pytest.mark.parametrize(
    "archive",
    [
        symlink("t/.git", "x") + folder("t/x") + folder("t/x/hooks"),
        symlink("t/.git/hooks", "../evil"),
        member("t/x", b"1") + hard_link("t/.git/hooks/x", "t/x"),
        member("t/.git/hooks/x", b"1") + hard_link("t/x", "t/.git/hooks/x"),
        member("t/.g\u200dit/ho\u202eoks/x", b"1"),
        folder("t/.git/hooks"),
        symlink("t/.git/modules", "../x"),
        symlink("t/.git/worktrees", "../x"),
        member("t/x", b"1") + symlink("t/.hg", "x"),
        member("t/.HG", b"elsewhere"),
    ],
)
def test_hooks_do_not_come_by_other_ways(target: Path, archive: bytes) -> None:
    sink = unpack(target, folder("t") + archive + END)
    assert sink.left_out_count in {1, 2}
    assert not list(target.rglob(".git/hooks"))
    assert files_in(target) <= {"x"}


def test_an_archive_that_ends_within_what_is_left_out(target: Path) -> None:
    with pytest.raises(ArchiveError):
        receive(target, member("t/.git/config", b"x" * 600)[:600])

# SPDX-License-Identifier: AGPL-3.0-only
"""Folders on offer of which a program leaves something out."""

import io
import tarfile
from pathlib import Path

from keks_meet.client.files.tar_write import DirectorySource
from tests.unit.client.files.test_tar_write import packed


def test_what_a_program_excludes_is_left_out_of_each_pass(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for name in ("keep/deep.o/inside", "keep/a.o", "keep/a.c", "gone/b.c"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "gone.o").symlink_to("gone")
    asked: list[str] = []

    def excludes(path: str) -> bool:
        asked.append(path)
        return path.endswith(".o") or path == "gone/"

    source = DirectorySource(folder, excludes)
    assert source.excluded == 3
    assert asked == ["gone/", "gone.o", "keep/", "keep/a.c", "keep/a.o", "keep/deep.o/", "keep/deep.o/inside"]
    for _ in range(2):
        with tarfile.open(fileobj=io.BytesIO(packed(source))) as archive:
            names = archive.getnames()
        assert names == [f"folder{name}" for name in ("", "/keep", "/keep/a.c", "/keep/deep.o", "/keep/deep.o/inside")]
    assert source.excluded == 3
    assert source.skipped == []

# SPDX-License-Identifier: AGPL-3.0-only
"""deploy/install.sh run for a machine that lies in a folder, where names lead to this one."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs_blocks import ROOT

NAME = "meet.example.org"
SCRIPT = ROOT / "deploy/install.sh"
UNSHARE = ("/usr/bin/unshare", "--mount", "/bin/sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"')
DEBIAN_12 = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'


@dataclass
class Machine:
    """A folder that stands for a machine, and what its system says that it is."""

    folder: Path
    system: str = DEBIAN_12
    environment: dict[str, str] = field(default_factory=dict)
    hosts: str = f"10.0.0.5 {NAME}"
    by: tuple[str, ...] = ()

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def words(self, *words: str) -> list[str]:
        """Return the words of a command for which the name leads to this machine."""
        return self._with_hosts(f"127.0.0.1 {NAME}", words)

    def _with_hosts(self, line: str, words: tuple[str, ...]) -> list[str]:
        hosts = self.folder / "hosts"
        hosts.write_text(f"127.0.0.1 localhost\n{line}\n")
        return [*UNSHARE, str(hosts), *words]

    def pretend(self, program: str, script: str) -> None:
        """Have a program of the system say something else."""
        path = self.folder / "bin" / program
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        self.environment["PATH"] = f"{path.parent}:/usr/sbin:/usr/bin:/sbin:/bin"

    def install(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        release = self.folder / "os-release"
        release.write_text(self.system)
        environment = os.environ | {"OS_RELEASE": str(release)} | self.environment
        command = self._with_hosts(self.hosts, (*self.by, str(SCRIPT), *words))
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    def stage(self, *words: str) -> str:
        """Write the files into the folder; returns what was said."""
        done = self.install("--root", str(self.root), *words, NAME)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Return all that was written, with its mode."""
        return {
            str(path.relative_to(self.root)): (path.stat().st_mode & 0o777, path.read_bytes())
            for path in self.root.rglob("*")
            if path.is_file()
        }

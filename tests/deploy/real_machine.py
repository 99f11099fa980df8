# SPDX-License-Identifier: AGPL-3.0-only
"""deploy/install.sh run for real, where the machine's folders are those of a test, and programs say what they do."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.machine import DEBIAN_12, NAME, SCRIPT

_ENTER = """
for each in etc opt run usr/local var/lib; do mount --bind "$0/$each" "/$each" || exit 99; done
ip link set lo up
exec "$@"
"""
_PROGRAMS = {
    "systemctl": """
        echo "$*" >> {folder}/told
        [ ! -e {folder}/signal ] || {{ kill -TERM $PPID; exit; }}
        case "$*" in "$(cat {folder}/failing)" | *is-active*) exit 3 ;; esac""",
    "dpkg-query": "case $* in *Status*) printf 'ii ' ;; *) cat {folder}/conffiles ;; esac",
    "python3": """
        mkdir -p "$4/bin"; touch "$4/pyvenv.cfg"
        printf '#!/bin/sh\\n[ ! -e {folder}/broken ]\\n' > "$4/bin/pip"
        printf '#!/bin/sh\\n' > "$4/bin/keks-meet-server"
        chmod 755 "$4/bin/"*""",
    "find": "echo a certificate",
    "sed": 'echo "$*" >> {folder}/seen; exec /usr/bin/sed "$@"',
}


@dataclass
class RealMachine:
    """What the script takes for the machine that it runs on."""

    folder: Path

    def __post_init__(self) -> None:
        for name in ("etc", "opt", "etc/alternatives", "run/systemd/system", "usr/local", "var/lib", "bin", "tmp"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "etc/alternatives/awk").symlink_to(Path("/usr/bin/awk").resolve())
        for name, text in {
            "etc/hosts": f"10.0.0.5 {NAME} other.example.org\n",
            "etc/nsswitch.conf": "hosts: files\n",
            "os-release": DEBIAN_12,
            "keks-meet.whl": "a program",
            "told": "",
            "failing": "",
            "conffiles": "",
        }.items():
            (self.folder / name).write_text(text)
        for name, text in _PROGRAMS.items():
            program = self.folder / "bin" / name
            program.write_text(f"#!/bin/sh\n{text.format(folder=self.folder)}\n")
            program.chmod(0o755)

    def install(self, *words: str, name: str = NAME, before: str = "") -> subprocess.CompletedProcess[str]:
        """Run the script, perhaps after something else there."""
        environment = {
            "PATH": f"{self.folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "OS_RELEASE": f"{self.folder}/os-release",
            "TMPDIR": str(self.folder / "tmp"),
        }
        enter = ["/usr/bin/unshare", "--mount", "--net", "/bin/sh", "-c", _ENTER.replace("exec", f"{before}\nexec")]
        wheel = ("--wheel", str(self.folder / "keks-meet.whl"))
        command = [*enter, str(self.folder), str(SCRIPT), *wheel, *words, name]
        (self.folder / "told").write_text("")
        return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, check=False)

    def installed(self, *words: str, name: str = NAME) -> list[str]:
        """Run it to its end; returns what it asked of systemd."""
        done = self.install(*words, name=name)
        assert done.returncode == 0, done.stderr
        return self.told()

    def told(self) -> list[str]:
        return (self.folder / "told").read_text().splitlines()

    def fail_at(self, words: str) -> None:
        """Let systemd fail when it is asked for something."""
        (self.folder / "failing").write_text(words)

    def written(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in (self.folder / "etc").rglob("*") if path.is_file()}

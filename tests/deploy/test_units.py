# SPDX-License-Identifier: AGPL-3.0-only
"""The units of deploy/: systemd finds nothing wrong, and they are shut in as tightly as docs/server.md says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.proxies import deployed
from tests.docs_blocks import ROOT
from tests.e2e.harness.server import COMMAND

ANALYZE = "/usr/bin/systemd-analyze"
COTURN = Path("/lib/systemd/system/coturn.service")
NAME = "meet.example.org"
SERVICES = ("keks-meet.service", "coturn.service", f"keks-meet-turn-certificate@{NAME}.service")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder where the units lie as on a machine that has them, whose programs are there."""
    units = tmp_path / "etc/systemd/system"
    (units / "coturn.service.d").mkdir(parents=True)
    for path in (ROOT / "deploy").glob("keks-meet*"):
        text = path.read_text().replace("/opt/keks-meet/bin/keks-meet-server", str(COMMAND))
        (units / path.name).write_text(text.replace("/usr/local/lib/keks-meet", str(ROOT / "deploy")))
    (units / "coturn.service.d/keks-meet.conf").write_text(deployed("coturn.service.conf"))
    shutil.copy(COTURN, units)
    return tmp_path


def test_nothing_is_wrong_with_them(root: Path) -> None:
    units = root / "etc/systemd/system"
    files = [str(units / name) for name in ("keks-meet.service", "keks-meet.socket", "coturn.service")]
    files += [str(units / f"keks-meet-turn-certificate@{kind}") for kind in ("a.service", "a.timer")]
    for kind in ("service", "timer"):
        template = units / f"keks-meet-turn-certificate@.{kind}"
        template.rename(units / f"keks-meet-turn-certificate@a.{kind}")
    done = subprocess.run([ANALYZE, "verify", "--man=no", *files], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if str(root) in line or "keks-meet" in line or "coturn" in line]
    # Debian's own unit of coturn has one old word, which is none of ours.
    assert [line for line in said if "InaccessibleDirectories" not in line] == []
    assert done.returncode == 0


@pytest.mark.parametrize("service", SERVICES)
def test_they_are_shut_in(root: Path, service: str) -> None:
    done = subprocess.run(
        [ANALYZE, "security", "--offline=true", f"--root={root}", "--no-pager", service],
        capture_output=True,
        text=True,
        check=True,
    )
    score = re.search(r"Overall exposure level for \S+: (\d+\.\d)", done.stdout)
    documented = re.search(
        rf"^\| `{re.escape(service.replace(NAME, ''))}` \| (\d\.\d) \|", (ROOT / "docs/server.md").read_text(), re.M
    )
    assert score
    assert documented
    assert float(score[1]) <= float(documented[1]) < 2


def test_documented_capacity_of_files() -> None:
    """The unit allows as many open files as the clients that are configured by default want, and more."""
    allowed = re.search(r"^LimitNOFILE=(\d+)$", deployed("keks-meet.service"), re.M)
    assert allowed
    assert int(allowed[1]) >= 5000 + 1100

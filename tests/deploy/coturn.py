# SPDX-License-Identifier: AGPL-3.0-only
"""deploy/turn-certificate.sh, run with folders of a test, and a systemd that writes down what it is asked for."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.machine import NAME
from tests.deploy.proxies import make_certificate
from tests.docs_blocks import ROOT


@dataclass
class Coturn:
    """What the script gives certificates to."""

    folder: Path
    script: Path = ROOT / "deploy/turn-certificate.sh"
    systemd: str = ""

    @property
    def has(self) -> Path:
        return self.folder / "turn"

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run what systemd's timer runs."""
        told, tool = self.folder / "told", self.folder / "bin/systemctl"
        tool.parent.mkdir(exist_ok=True)
        tool.write_text(f'#!/bin/sh\necho "$*" >> {told}\n{self.systemd}\n')
        tool.chmod(0o755)
        told.write_text("")
        self.has.mkdir(exist_ok=True)
        environment = {
            "PATH": f"{tool.parent}:/usr/bin:/bin",
            "STATE_DIRECTORY": str(self.has),
            "CADDY_CERTIFICATES": str(self.folder / "caddy/certificates"),
            "CERTBOT_CERTIFICATES": str(self.folder / "certbot"),
            "TURN_OWNER": "root",
        }
        return subprocess.run([str(self.script), NAME], env=environment, check=False, capture_output=True, text=True)

    def give(self) -> str:
        """Run it to its end; returns what it asked of systemd."""
        done = self.run()
        assert done.returncode == 0, done.stderr
        return (self.folder / "told").read_text().strip()

    def renew_by_caddy(self) -> Path:
        """Give Caddy a new certificate; returns that of the key."""
        place = self.folder / f"caddy/certificates/somebody/{NAME}"
        place.mkdir(parents=True, exist_ok=True)
        made = make_certificate(self.folder, NAME)
        (place / f"{NAME}.crt").write_bytes(made.read_bytes())
        (place / f"{NAME}.key").write_bytes((self.folder / "privkey.pem").read_bytes())
        return place / f"{NAME}.key"

# SPDX-License-Identifier: AGPL-3.0-only
"""The real command, with another folder of pages.

When asked to, it has sockets handed over as systemd does, is quick to see changed files, and keeps no numbers.
"""

import os
from pathlib import Path

from keks_meet.server import certificate, command, service
from keks_meet.server.metrics import fresh

service.FOLDER = Path(os.environ["TEST_PAGES"])  # type: ignore[misc]
certificate.LOOK_SECONDS = float(os.environ.get("TEST_LOOK_SECONDS", "2"))  # type: ignore[misc]
fresh.FRESH_SECONDS = float(os.environ.get("TEST_FRESH_SECONDS", "0"))  # type: ignore[misc]
for place, descriptor in enumerate(filter(None, os.environ.get("TEST_HAND_OVER", "").split(",")), start=3):
    os.dup2(int(descriptor), place)
    os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(place - 2)}
command.main()

# SPDX-License-Identifier: AGPL-3.0-only
"""The real command, with another folder of pages, and with sockets handed over as systemd does when asked to."""

import os
from pathlib import Path

from keks_meet.server import command, service

service.FOLDER = Path(os.environ["TEST_PAGES"])  # type: ignore[misc]
for place, descriptor in enumerate(filter(None, os.environ.get("TEST_HAND_OVER", "").split(",")), start=3):
    os.dup2(int(descriptor), place)
    os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(place - 2)}
command.main()

# SPDX-License-Identifier: AGPL-3.0-only
"""deploy/turn-certificate.sh: coturn gets the newest certificate whole, and is told, also after a run cut short."""

import os
import time
from pathlib import Path

import pytest

from tests.deploy.coturn import Coturn
from tests.deploy.machine import NAME
from tests.deploy.proxies import make_certificate

RELOAD = "kill --kill-who=main --signal=SIGUSR2 coturn.service"
RESTART = "try-restart coturn.service"


@pytest.fixture
def coturn(tmp_path: Path) -> Coturn:
    return Coturn(tmp_path)


def test_a_renewed_certificate_is_taken_without_a_restart(coturn: Coturn) -> None:
    """That of whoever got the newest: Caddy, or certbot."""
    assert coturn.give() == ""
    coturn.renew_by_caddy()
    assert coturn.give() == RESTART
    assert coturn.give() == "", "it has that one already"
    by_certbot = coturn.folder / f"certbot/{NAME}"
    by_certbot.mkdir(parents=True)
    newest = make_certificate(by_certbot, NAME)
    os.utime(newest, (time.time() + 60, time.time() + 60))
    assert coturn.give() == RELOAD
    assert (coturn.has / "fullchain.pem").read_bytes() == newest.read_bytes()
    assert {path.name: path.stat().st_mode & 0o777 for path in coturn.has.iterdir()} == {
        "fullchain.pem": 0o600,
        "privkey.pem": 0o600,
    }


def test_coturn_is_told_by_the_next_run(coturn: Coturn) -> None:
    """When systemd could not tell it, in the way that it has to be told."""
    coturn.renew_by_caddy()
    for expected in (RESTART, RELOAD):
        coturn.systemd = "case $1 in is-active | --quiet) ;; *) exit 1 ;; esac"
        assert coturn.run().returncode != 0
        coturn.systemd = ""
        assert coturn.give() == expected
        assert coturn.give() == ""
        coturn.renew_by_caddy()


def test_a_coturn_that_does_not_run(coturn: Coturn) -> None:
    """It reads the new one when it starts."""
    coturn.renew_by_caddy()
    coturn.give()
    coturn.renew_by_caddy()
    coturn.systemd = "exit 3"
    coturn.give()
    coturn.systemd = ""
    assert coturn.give() == ""


def test_copies_of_a_run_that_was_cut_short(coturn: Coturn) -> None:
    """They are coturn's already, which root without the right to write others' files cannot write."""
    coturn.renew_by_caddy()
    coturn.has.mkdir()
    for name in ("fullchain", "privkey"):
        # Nobody can write this one, not even root.
        (coturn.has / f".{name}.new").symlink_to("/proc/version")
    assert coturn.give() == RESTART
    assert {path.name for path in coturn.has.iterdir()} == {"fullchain.pem", "privkey.pem"}


def test_a_certificate_in_the_middle_of_a_renewal(coturn: Coturn) -> None:
    """It is left alone as long as its key is another one's, and coturn keeps what fits."""
    key = coturn.renew_by_caddy()
    coturn.give()
    before = {path.name: path.read_bytes() for path in coturn.has.iterdir()}
    old = key.read_bytes()
    coturn.renew_by_caddy()
    new = key.read_bytes()
    key.write_bytes(old)
    assert coturn.give() == ""
    assert {path.name: path.read_bytes() for path in coturn.has.iterdir()} == before
    key.write_bytes(new)
    assert coturn.give() == RELOAD

# SPDX-License-Identifier: AGPL-3.0-only
"""When changed files are taken for settled, and that what was loaded is a pair."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from keks_meet.server.certificate import Certificate, Changes
from tests.integration.conftest import write_certificate

OLD, HALF, NEW = ((1, 1), (1, 1)), ((2, 2), (1, 1)), ((2, 2), (2, 2))
MISSING = (None, (1, 1))


def test_files_that_stay_are_not_taken_again() -> None:
    changes = Changes(OLD)
    assert not any(changes.have_settled(OLD) for _ in range(3))


def test_changed_files_are_taken_once_and_only_when_they_have_settled() -> None:
    changes = Changes(OLD)
    assert [changes.have_settled(stamp) for stamp in (HALF, NEW, NEW, NEW)] == [False, False, True, False]


def test_a_file_that_is_not_there_is_waited_for() -> None:
    changes = Changes(OLD)
    assert [changes.have_settled(stamp) for stamp in (MISSING, MISSING, OLD, OLD)] == [False] * 4
    assert [changes.have_settled(stamp) for stamp in (MISSING, MISSING, NEW, NEW)] == [False, False, False, True]


def test_what_was_taken_for_another_reason_is_not_taken_again() -> None:
    changes = Changes(OLD)
    changes.take(NEW)
    assert not changes.have_settled(NEW)


def shown(context: ssl.SSLContext) -> bytes:
    """Shake hands in memory, and return the certificate that a client is shown."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client, server = trusting.wrap_bio(back, there), context.wrap_bio(there, back, server_side=True)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client.getpeercert(binary_form=True) or b""


@pytest.mark.parametrize("half", ["cert.pem", "key.pem"])
def test_files_that_change_while_they_are_loaded_break_nothing(
    half: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Certificate and key are taken together, and the end that is told is that of the certificate in use."""
    made = Certificate(str(write_certificate(tmp_path)), str(tmp_path / "key.pem"))
    write_certificate(tmp_path)
    (tmp_path / "later").mkdir()
    write_certificate(tmp_path / "later")
    load = ssl.SSLContext.load_cert_chain

    def load_and_change(*arguments: Any) -> None:
        load(*arguments)
        (tmp_path / half).write_bytes((tmp_path / "later" / half).read_bytes())

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", load_and_change)
    made.reload()
    assert shown(made.context) == ssl.PEM_cert_to_DER_cert(made._pair.pem.decode())

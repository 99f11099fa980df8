# SPDX-License-Identifier: AGPL-3.0-only
"""deploy/install.sh on a machine that has something already: what it began, what others put there, another name."""

from pathlib import Path

import pytest

from tests.deploy.machine import NAME
from tests.deploy.real_machine import RealMachine

DROP_IN = "etc/systemd/system/coturn.service.d/keks-meet.conf"
PENDING = "etc/keks-meet/.pending"
LISTEN = """/usr/bin/python3 -c '
import socket, subprocess, sys
sock = socket.socket(type=socket.%s)
sock.bind(("127.0.0.1", %d))
getattr(sock, "listen", print)() if sock.type == socket.SOCK_STREAM else None
sys.exit(subprocess.run(sys.argv[1:]).returncode)' "$@"; exit
"""


@pytest.fixture
def machine(tmp_path: Path) -> RealMachine:
    return RealMachine(tmp_path)


@pytest.mark.parametrize(
    "step", ["restart keks-meet.service", pytest.param("restart coturn.service", marks=pytest.mark.slow)]
)
def test_a_run_that_was_cut_short_is_finished_by_the_next(machine: RealMachine, step: str) -> None:
    """Each service that runs already takes over what was written, and none a second time."""
    machine.fail_at(step)
    assert machine.install().returncode != 0
    began = machine.told()
    machine.fail_at("")
    told = machine.installed()
    for service in ("keks-meet.socket", "keks-meet.service", "coturn.service"):
        restart = f"restart {service}"
        assert (restart in began and restart != step) != (restart in told), service
    assert not (machine.folder / PENDING).exists()
    assert [words for words in machine.installed() if "restart" in words or "reload-" in words] == []


def test_a_program_that_cannot_be_built_leaves_nothing(machine: RealMachine) -> None:
    before = machine.written()
    (machine.folder / "broken").touch()
    assert machine.install().returncode != 0
    assert machine.written() == before
    (machine.folder / "broken").unlink()
    assert "restart keks-meet.service" in machine.installed()


def test_folders_of_others_stay(machine: RealMachine) -> None:
    """Only versions of its own go away, but for the last two."""
    opt = machine.folder / "opt"
    for name in ("keks-meet-src", "keks-meet-0123456789abcdef", "keks-meet-0123456789abcdeg", "keks-meet-old"):
        (opt / name).mkdir()
    (opt / "keks-meet-old/pyvenv.cfg").touch()
    others = set(opt.iterdir())
    for version in ("1", "2", "3"):
        (machine.folder / "keks-meet.whl").write_text(version)
        machine.installed()
    assert others <= set(opt.iterdir())
    ours = [path for path in set(opt.iterdir()) - others if not path.is_symlink()]
    assert len(ours) == 2
    assert Path(*(opt / "keks-meet").readlink().parts[-1:]) in {Path(path.name) for path in ours}


def test_a_program_that_was_put_there_by_hand(machine: RealMachine) -> None:
    (machine.folder / "opt/keks-meet").mkdir()
    before = machine.written()
    done = machine.install()
    assert (done.returncode, done.stdout) == (1, "")
    assert "/opt/keks-meet is there, and not made by this script: move it away first" in done.stderr
    assert machine.written() == before


def test_a_coturn_that_serves_something_else(machine: RealMachine) -> None:
    (machine.folder / "etc/turnserver.conf").write_text("realm=another\n")
    before = machine.written()
    done = machine.install()
    assert (done.returncode, done.stdout) == (1, "")
    assert "/etc/turnserver.conf is not Debian's any more" in done.stderr
    assert machine.written() == before
    assert not [words for words in machine.installed("--no-turn") if "coturn" in words]


@pytest.mark.slow
def test_a_coturn_that_debian_brought(machine: RealMachine) -> None:
    (machine.folder / "etc/turnserver.conf").write_text("")
    (machine.folder / "conffiles").write_text(" /etc/turnserver.conf d41d8cd98f00b204e9800998ecf8427e\n")
    assert "restart coturn.service" in machine.installed()


@pytest.mark.parametrize(
    ("kind", "port"),
    [("DGRAM", 3478), *(pytest.param("STREAM", port, marks=pytest.mark.slow) for port in (443, 3478, 5349))],
)
def test_a_port_that_another_program_has(machine: RealMachine, kind: str, port: int) -> None:
    done = machine.install(before=LISTEN % (f"SOCK_{kind}", port))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"port {port} is taken by another program" in done.stderr


def test_another_name(machine: RealMachine) -> None:
    """The certificate of the old one is no longer looked for."""
    wants = machine.folder / "etc/systemd/system/timers.target.wants"
    machine.installed()
    wants.mkdir()
    for name in (NAME, "other.example.org"):
        (wants / f"keks-meet-turn-certificate@{name}.timer").symlink_to("/dev/null")
    told = machine.installed(name="other.example.org")
    disabled = [words for words in told if words.startswith("disable")]
    assert disabled == [f"disable --quiet --now keks-meet-turn-certificate@{NAME}.timer"]


def test_no_turn_any_more(machine: RealMachine) -> None:
    machine.installed()
    assert (machine.folder / DROP_IN).exists()
    told = machine.installed("--no-turn")
    assert "disable --quiet --now coturn.service" in told
    assert told.index("disable --quiet --now coturn.service") < told.index("daemon-reload")
    assert not (machine.folder / DROP_IN).exists()
    assert "restart coturn.service" in machine.installed()


def test_no_process_has_the_secret_among_its_words(machine: RealMachine) -> None:
    machine.installed()
    secret = (machine.folder / "etc/keks-meet/turn-secret").read_text()
    seen = (machine.folder / "seen").read_text()
    assert seen
    assert secret not in seen


def test_a_signal_leaves_no_folder_behind(machine: RealMachine) -> None:
    (machine.folder / "signal").touch()
    assert machine.install().returncode == 130
    assert list((machine.folder / "tmp").iterdir()) == []

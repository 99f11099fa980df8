# SPDX-License-Identifier: AGPL-3.0-only
"""deploy/install.sh: what it writes, that it can be run again, and what it refuses."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.deploy.machine import DEBIAN_12, NAME, Machine
from tests.docs_blocks import ROOT

CONFIG = "etc/keks-meet/config.toml"
CADDYFILE = "etc/caddy/Caddyfile"
SECRET_FILES = {"etc/keks-meet/turn-secret", "etc/keks-meet/turnserver.conf", CONFIG}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_it_writes(machine: Machine) -> None:
    """Both servers get the same secret, which nobody else can read, and which is not said."""
    said = machine.stage()
    files = machine.files()
    config = tomllib.loads(files[CONFIG][1].decode())
    secret = config["webrtc"]["turn_secret"]
    assert re.fullmatch("[0-9a-f]{64}", secret)
    assert config["server"]["names"] == [NAME]
    turn = files["etc/keks-meet/turnserver.conf"][1].decode()
    assert f"static-auth-secret={secret}\n" in turn
    assert f"realm={NAME}\n" in turn
    assert "the same long secret" not in turn
    assert secret not in said
    with_secret = {name for name, (_, text) in files.items() if secret.encode() in text}
    assert with_secret == SECRET_FILES
    assert {files[name][0] for name in SECRET_FILES} == {0o600}
    assert f"\n{NAME} {{\n" in files[CADDYFILE][1].decode()


def test_it_can_be_run_again(machine: Machine) -> None:
    """Nothing is written a second time, and the secret stays."""
    assert "wrote: /etc/keks-meet/config.toml" in machine.stage()
    before = machine.files()
    said = machine.stage()
    assert machine.files() == before
    assert "wrote" not in said
    assert "restart" not in said


def test_what_somebody_changed_is_kept(machine: Machine) -> None:
    """What it would be lies beside it, and what was not touched follows an update."""
    machine.stage()
    config = machine.root / CONFIG
    config.write_text(config.read_text() + "# mine\n")
    said = machine.stage("--no-turn")
    assert config.read_text().endswith("# mine\n")
    assert "kept, since it was changed: /etc/keks-meet/config.toml" in said
    assert "turn_secret" not in config.with_name("config.toml.new").read_text()
    assert config.with_name("config.toml.new").stat().st_mode & 0o777 == 0o600


def test_an_update_is_written(machine: Machine) -> None:
    machine.stage()
    said = machine.stage("--no-turn")
    assert "wrote: /etc/keks-meet/config.toml" in said
    assert "restart keks-meet.service" in said
    assert "webrtc" not in tomllib.loads((machine.root / CONFIG).read_text())


def test_a_dry_run_does_nothing(machine: Machine) -> None:
    done = machine.install("--dry-run", "--root", str(machine.root), NAME)
    assert done.returncode == 0, done.stderr
    assert "would write: /etc/keks-meet/config.toml (mode 600)\n" in done.stdout
    assert "would run: systemctl enable --quiet keks-meet.service\n" in done.stdout
    assert not re.search("[0-9a-f]{32}", done.stdout), "no secret is shown"
    assert not machine.root.exists()


def test_a_web_server_that_is_there_stays(machine: Machine) -> None:
    caddyfile = machine.root / CADDYFILE
    caddyfile.parent.mkdir(parents=True)
    caddyfile.write_text("example.org {\n}\n")
    done = machine.install("--root", str(machine.root), NAME)
    assert (done.returncode, done.stdout) == (1, "")
    assert "install.sh: /etc/caddy/Caddyfile is not Debian's any more" in done.stderr
    assert list(machine.files()) == [CADDYFILE]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--root", "{root}", "nowhere.invalid"], "nowhere.invalid has no address"),
        (["--root", "{root}", "192.0.2.1"], "needs a name such as meet.example.org, and not 192.0.2.1"),
        (["--root", "{root}", "localhost"], "needs a name such as"),
        (["--root", "{root}", "https://meet.example.org"], "is no name of a machine"),
        (["--root", "{root}", "a b.example"], "is no name of a machine"),
        (["--root"], "--root needs a folder"),
        (["--root", "", "nowhere.invalid"], "--root needs a folder"),
        (["--root", "/", "nowhere.invalid"], "--root needs a folder that is not this machine itself"),
        (["--root", "{root}"], "usage: "),
        (["--root", "{root}", NAME, NAME], "usage: "),
        (["--no-such-thing", NAME], "usage: "),
    ],
)
def test_what_it_refuses(machine: Machine, words: list[str], said: str) -> None:
    done = machine.install(*(word.format(root=machine.root) for word in words))
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert not machine.root.exists()


@pytest.mark.parametrize(
    "system", [DEBIAN_12.replace('"12"', '"11"'), DEBIAN_12.replace("debian", "ubuntu"), "ID=debian\n", ""]
)
def test_other_systems(machine: Machine, system: str) -> None:
    machine.system = system
    done = machine.install("--root", str(machine.root), NAME)
    assert done.returncode == 1
    assert "is for Debian 12 or 13" in done.stderr


def test_somebody_who_is_not_root(machine: Machine) -> None:
    machine.pretend("id", "echo 1000")
    done = machine.install(NAME)
    assert done.returncode == 1
    assert "has to be run as root" in done.stderr


@pytest.mark.parametrize(("public", "is_translated"), [("203.0.113.9", True), ("10.0.0.5", False)])
def test_a_machine_whose_address_a_router_translates(machine: Machine, public: str, is_translated: bool) -> None:
    """There coturn has to know both addresses, and people who are both relayed meet at the inner one."""
    machine.hosts = f"{public} {NAME}"
    machine.pretend(
        "ip", "echo '192.0.2.1 via 10.0.0.1 dev eth0 src 10.0.0.5 uid 0'; echo '2: eth0 inet 10.0.0.5/24 x'"
    )
    machine.stage()
    said = machine.files()["etc/keks-meet/turnserver.conf"][1].decode()
    assert ("\nexternal-ip=203.0.113.9/10.0.0.5\nallowed-peer-ip=10.0.0.5\n" in said) == is_translated
    assert ("external-ip" in said) == is_translated


@pytest.mark.parametrize(("asked", "is_known"), [("203.0.113.9", True), ("", False), ("127.0.1.1", False)])
def test_a_name_that_leads_to_the_machine_itself(machine: Machine, asked: str, is_known: bool) -> None:
    """As installers write it into /etc/hosts: others find the machine by what DNS says."""
    machine.pretend("getent", f'[ "$1" = -s ] && echo "{asked} STREAM" || echo "127.0.1.1 STREAM {NAME}"')
    machine.pretend("ip", "echo '192.0.2.1 via 10.0.0.1 dev eth0 src 10.0.0.5 uid 0'")
    if is_known:
        machine.stage()
        assert b"\nexternal-ip=203.0.113.9/10.0.0.5\n" in machine.files()["etc/keks-meet/turnserver.conf"][1]
        return
    done = machine.install("--root", str(machine.root), NAME)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{NAME} leads to 127.0.1.1 here" in done.stderr
    machine.stage("--no-turn")


def test_a_secret_with_signs_that_mean_something(machine: Machine) -> None:
    """One that somebody chose reaches both servers as it is."""
    secret = r'a|b&c"d\e #$f'
    path = machine.root / "etc/keks-meet/turn-secret"
    path.parent.mkdir(parents=True)
    path.write_text(secret)
    machine.stage()
    assert tomllib.loads((machine.root / CONFIG).read_text())["webrtc"]["turn_secret"] == secret
    assert f"\nstatic-auth-secret={secret}\n" in path.with_name("turnserver.conf").read_text()
    path.write_text(f'"{secret}')
    done = machine.install("--root", str(machine.root), NAME)
    assert done.returncode == 1
    assert "begins with a quotation mark, which coturn takes away" in done.stderr


def test_a_dry_run_that_may_not_read(machine: Machine) -> None:
    """It says a sentence of its own."""
    machine.stage()
    (machine.root / "etc/keks-meet/turn-secret").chmod(0)
    machine.by = ("/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search")
    done = machine.install("--dry-run", "--root", str(machine.root), NAME)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == f"install.sh: only root can read what is there already: sudo deploy/install.sh --dry-run {NAME}\n"
    )


@pytest.mark.slow
def test_shells_find_nothing_wrong() -> None:
    scripts = [*(ROOT / "deploy").glob("*.sh"), ROOT / "tools/setup.sh"]
    done = subprocess.run(["/usr/bin/shellcheck", *scripts], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")

# SPDX-License-Identifier: AGPL-3.0-only
"""Configuration files and their mistakes."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from keks_meet.errors import ConfigError
from keks_meet.server import config
from keks_meet.server.config import Config, load

SHIPPED = Path(__file__).resolve().parents[3] / "config" / "default.toml"

ORIGINAL = """
[server]
bind = "127.0.0.1:24319"
[features]
room_watches = true
[webrtc]
stun = "stun:example.org:16900"
# turn = "turn:example.org:16900"
[appearance]
accent = "#5e3f84"
accent_dark = "#2d0d52"
accent_light = "#7c43bd"
background = "#252125"
background_dark = "#070707"
background_light = "#211c21"
"""


@pytest.fixture(autouse=True)
def without_builtin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(config, "BUILTIN", tmp_path / "builtin.toml")


def written(folder: Path, text: str) -> Path:
    path = folder / "test.toml"
    path.write_text(text)
    return path


def test_a_file_of_windows_is_read(tmp_path: Path) -> None:
    """Editors there put a mark before the first character, and end lines in another way."""
    path = tmp_path / "windows.toml"
    path.write_bytes('[server]\r\nbind = "127.0.0.1:1"\r\n'.encode("utf-8-sig"))
    assert load(path, {}).server.bind == "127.0.0.1:1"


def test_the_shipped_file_says_the_defaults() -> None:
    assert load(SHIPPED, {}) == Config() == load(None, {})


def test_the_shipped_file_names_every_key() -> None:
    text = SHIPPED.read_text()
    for section in msgspec.structs.fields(Config):
        assert f"[{section.name}]" in text
        for key in msgspec.structs.fields(section.type):
            assert re.search(rf"^(# )?{key.name} = ", text, re.MULTILINE), key.name


def test_what_the_shipped_file_shows_works(tmp_path: Path) -> None:
    """Every line that is commented out is right as well, but for the one of two kinds of credentials."""
    text = re.sub(r"^# (?=\w+ = )", "", SHIPPED.read_text(), flags=re.MULTILINE)
    text = re.sub(r"^(?:turn_secret|token) = .*", "", text, flags=re.MULTILINE)
    assert tomllib.loads(text)["webrtc"]["turn_cred"]
    load(written(tmp_path, text), {})


def test_a_file_of_the_original_works(tmp_path: Path) -> None:
    assert load(written(tmp_path, ORIGINAL), {}).webrtc.stun == "stun:example.org:16900"


def test_the_builtin_file_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "builtin.toml").write_text("[features]\nroom_watches = false")
    assert not load(None, {}).features.room_watches


def test_bind_overrides(tmp_path: Path) -> None:
    path = written(tmp_path, "[server]\nbind = '127.0.0.1:1'")
    assert str(load(path, {"BIND": "[::1]:2"}).server.address) == "[::1]:2"
    assert str(load(path, {"BIND": ""}).server.address) == "127.0.0.1:1"


def test_paths_are_taken_from_the_files_folder(tmp_path: Path) -> None:
    path = written(tmp_path, "[server]\ntls_cert = 'a.pem'\ntls_key = '/b.pem'")
    server = load(path, {}).server
    assert (server.tls_cert, server.tls_key) == (str(tmp_path / "a.pem"), "/b.pem")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bind = 'x'", "bind: there is no such key; expected one of server, features"),
        ("[sever]", "sever: there is no such key; did you mean server?"),
        ("[server]\nbnd = 'x'", "server.bnd: there is no such key; did you mean server.bind?"),
        ("[limits]\nmembers = 3", "limits.members: there is no such key; did you mean limits.members_per_room?"),
        ("server = 3", "server: expected `object`, got `int`"),
        ("[server]\nbind = 3", "server.bind: expected `str`, got `int`"),
        ("[server]\nbind = 'here'", "server.bind: expected an address and a port such as"),
        ("[server]\nstun_bind = 'here'", "server.stun_bind: expected an address and a port such as"),
        ("[server]\ntls_key = 'x'", "server: tls_cert and tls_key are given together or not at all"),
        (
            "[server]\norigins = ['https://a.example/']",
            "server.origins[0]: expected an origin such as https://example.org, got 'https://a.example/'",
        ),
        (
            "[server]\nnames = ['https://a.example']",
            "server.names[0]: expected a name in lower case such as meet.example.org",
        ),
        ("[server]\nnames = ['A.example']", "server.names[0]: expected a name in lower case"),
        ("[server]\nnames = ['a.example:443']", "server.names[0]: expected a name in lower case"),
        ("[server]\ntrusted_proxies = ['10.0.0.1/8']", "server.trusted_proxies: expected addresses and networks such"),
        ("[server]\nsource_url = 'javascript:1'", "server.source_url: expected an address such as"),
        ("[features]\nroom_watches = 'no'", "features.room_watches: expected `bool`, got `str`"),
        ("[webrtc]\nstun = 'example.org'", "webrtc.stun: expected an address such as stun:example.org:3478"),
        ("[webrtc]\nturn = []", "webrtc.turn: expected `array` of length >= 1"),
        ("[webrtc]\nturn = ['turn:a:1', 'a']", "webrtc.turn[1]: expected an address such as turn:example.org:3478"),
        ("[webrtc]\nturn = 'turn:a:99999'", "webrtc.turn: expected an address such as turn:example.org:3478"),
        (f"[webrtc]\nturn = 'turn:a:{'9' * 5000}'", "webrtc.turn: expected an address such as turn:example.org:3478"),
        ("[webrtc]\nstun = 'stun:a:abc'", "webrtc.stun: expected an address such as stun:example.org:3478"),
        ("[cluster]\nnats = 'nats://me:sesame@a:1'", "cluster.nats: expected an address such as nats://127.0.0.1:4222"),
        ("[server]\nworkers = '2'", "server.workers: expected a number from 1 to 256, or \"auto\", got '2'"),
        ("[server]\nforwarded_header = 'X-Real-IP'", "server.forwarded_header: expected X-Forwarded-For or Forwarded"),
        ("[webrtc]\nturn_user = 'x'", "webrtc: credentials are set, but turn is not"),
        (
            "[webrtc]\nturn = 'turn:a:1'\nturn_user = 'x'\nturn_secret = 'y'",
            "webrtc: turn_secret makes the credentials",
        ),
        ("[appearance]\naccent = 'purple'", "appearance.accent: expected a colour such as #5e3f84, got 'purple'"),
        ("[appearance]\naccent = '#12345'", "appearance.accent: expected a colour such as #5e3f84, got '#12345'"),
        ("[limits]\nidle_seconds = 60", "limits.idle_seconds: expected `float` >= 75.0"),
        ("[limits]\nqueued_bytes = 1000000", "limits: queued_bytes must be at least twice message_bytes"),
        ("[server", "not TOML"),
    ],
)
def test_mistakes_name_the_file_the_key_and_what_was_expected(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert str(caught.value).startswith(f"{path}: {said}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[webrtc]\nturn = 'turn:me:sesame@a:1'", "'turn:…@a:1'"),
        ("[webrtc]\nturn = ['turn:sesame@a:1']", "'turn:…@a:1'"),
        ("[cluster]\nnats = 'nats://me:ses@me@a:1'", "'nats:…@a:1'"),
        ("[cluster]\nnats = 'sesame:me@a'", "'…@a'"),
    ],
)
def test_mistakes_show_no_password(tmp_path: Path, text: str, shown: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text), {})
    assert str(caught.value).endswith(f"got {shown}")

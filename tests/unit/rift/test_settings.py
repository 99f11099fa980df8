# SPDX-License-Identifier: AGPL-3.0-only
"""Options, environment, file and defaults."""

from pathlib import Path

import pytest

from keks_meet.errors import ConfigError, UsageError
from keks_meet.rift.config import config_path, load_settings, made_name


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "rift.toml"
    path.write_text("")
    return {"KEKS_RIFT_CONFIG": str(path)}


def written(environ: dict[str, str], text: str) -> None:
    Path(environ["KEKS_RIFT_CONFIG"]).write_text(text)


def test_defaults(environ: dict[str, str]) -> None:
    settings = load_settings(environ=environ)
    assert settings.server.signaling == "ws://127.0.0.1:24319/signaling"
    assert settings.username is None
    assert settings.download_folder == Path()


def test_a_name_is_made_of_the_own_key() -> None:
    assert made_name(bytes(32)) == "rift-babab"
    assert made_name(b"\xff" * 32) == "rift-zuzuz"


def test_the_file_is_the_persons_own(environ: dict[str, str]) -> None:
    assert config_path(environ) == Path(environ["KEKS_RIFT_CONFIG"])
    assert config_path({}).parts[-2:] == ("keks-meet", "rift.toml")


def test_no_file_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda _name: tmp_path)
    assert load_settings(environ={}).server.signaling == "ws://127.0.0.1:24319/signaling"
    (tmp_path / "rift.toml").write_text("username = 'me'")
    assert load_settings(environ={}).username == "me"


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_settings(environ={"KEKS_RIFT_CONFIG": str(tmp_path / "other.toml")})


def test_precedence(environ: dict[str, str]) -> None:
    """Option, environment, file, default."""
    written(environ, "signaling_uri = 'ws://file:1'\nusername = 'file'")
    environ |= {"KEKS_SIGNALING_URI": "", "KEKS_USERNAME": ""}
    settings = load_settings(environ=environ)
    assert (settings.server.authority, settings.username) == ("file:1", "file")
    environ |= {"KEKS_SIGNALING_URI": "ws://environ:1", "KEKS_USERNAME": "environ"}
    settings = load_settings(environ=environ)
    assert (settings.server.authority, settings.username) == ("environ:1", "environ")
    settings = load_settings(signaling_uri="option:1", username="option", environ=environ)
    assert (settings.server.authority, settings.username) == ("option:1", "option")


def test_the_folder_is_taken_from_the_files_own(environ: dict[str, str], tmp_path: Path) -> None:
    written(environ, "download_folder = 'files'")
    assert load_settings(environ=environ).download_folder == tmp_path / "files"
    written(environ, "download_folder = '~/files'")
    assert load_settings(environ=environ).download_folder == Path.home() / "files"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("user_name = 'x'", "user_name: there is no such key; did you mean username?"),
        ("secret = 'hunter2'", "secret: there is no such key; expected one of signaling_uri, username"),
        ("username = 3", "username: expected `str | null`, got `int`"),
        ("username = ''", "username: expected `str` of length >= 1"),
        ("signaling_uri = 'ftp://hunter2'", "signaling_uri: the address of the server begins with something else"),
        ("= nonsense", "not TOML"),
    ],
)
def test_mistakes_in_the_file(environ: dict[str, str], text: str, said: str) -> None:
    written(environ, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(environ=environ)
    assert str(caught.value).startswith(f"{environ['KEKS_RIFT_CONFIG']}: {said}")
    assert "hunter2" not in str(caught.value)


def test_the_address_is_hidden_by_any_of_them(environ: dict[str, str]) -> None:
    assert not load_settings(environ=environ).hide_address
    assert load_settings(hide_address=True, environ=environ | {"KEKS_HIDE_ADDRESS": "no"}).hide_address
    written(environ, "hide_address = true")
    assert load_settings(environ=environ).hide_address
    assert not load_settings(environ=environ | {"KEKS_HIDE_ADDRESS": "0"}).hide_address
    with pytest.raises(UsageError, match="KEKS_HIDE_ADDRESS: expected one of 1, true, yes"):
        load_settings(environ=environ | {"KEKS_HIDE_ADDRESS": "please"})


def test_a_name_that_is_too_long(environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="longer than 100"):
        load_settings(username="x" * 101, environ=environ)

# SPDX-License-Identifier: AGPL-3.0-only
"""The configuration that counts, as text."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.protocol.limits import Limits
from keks_meet.server import command, config_text
from keks_meet.server.config import Config, Metrics, Server, WebRtc, load
from keks_meet.server.config_text import MASK, as_toml

FULL = Config(
    server=Server(bind="[::]:443", tls_cert="/a.pem", tls_key="/b.pem", names=("a.example", "b.example")),
    webrtc=WebRtc(turn=("turn:a:1", "turn:b:2?transport=tcp"), turn_user="ann"),
    limits=Limits(joins_per_second=0.5),
    metrics=Metrics(bind="127.0.0.1:9464"),
)


@pytest.mark.parametrize("config", [Config(), FULL])
def test_what_is_shown_is_a_file_that_means_the_same(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "shown.toml"
    path.write_text(as_toml(config, "x"))
    assert load(path, {}) == config


def test_every_key_is_shown() -> None:
    text = as_toml(Config(), "x")
    for section in msgspec.structs.fields(Config):
        for key in msgspec.structs.fields(section.type):
            assert re.search(rf"^(# )?{key.name} (= |is not set)", text, re.MULTILINE), key.name


def test_secrets_are_masked() -> None:
    for webrtc in (WebRtc(turn="turn:a:1", turn_secret="sesame"), WebRtc(turn="turn:a:1", turn_cred="sesame")):
        text = as_toml(Config(webrtc=webrtc), "x")
        assert "sesame" not in text
        assert MASK in text


def test_every_key_that_sounds_like_a_secret_is_declared_as_one() -> None:
    for section in msgspec.structs.fields(Config):
        for key in msgspec.structs.fields(section.type):
            sounds_so = bool(re.search("secret|cred|password|token", key.name))
            assert config_text._is_secret(key.type) == sounds_so, key.name


def test_a_file_whose_name_is_no_text_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / b"caf\xe9.toml".decode("utf-8", "surrogateescape")
    path.touch()
    assert command._print(path) == 0
    assert "caf\\udce9.toml\n" in capsys.readouterr().out


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    config = Config(webrtc=WebRtc(turn="turn:a:1", turn_user=text))
    assert tomllib.loads(as_toml(config, text))["webrtc"]["turn_user"] == text

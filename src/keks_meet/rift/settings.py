# SPDX-License-Identifier: AGPL-3.0-only
"""What `rift` runs with: the server, the own name and the folder for downloads. Room secrets are `secret`'s business.

An option beats the environment, the environment beats the configuration file, and the file beats the default.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import platformdirs
from msgspec import Meta, Struct

from keks_meet.client.signaling.addresses import DEFAULT_SERVER, ServerAddress
from keks_meet.config_file import Section, read_config
from keks_meet.errors import ConfigError, UsageError
from keks_meet.protocol.limits import NAME_CHARACTERS
from keks_meet.rift.code import make_syllables
from keks_meet.rift.terminal import check_text

__all__ = ["Settings", "config_path", "load_settings"]


class Settings(Struct, frozen=True):
    """What has been settled before anything is done."""

    server: ServerAddress
    is_server_named: bool
    """Whether the server was named for this very command, and not by the file or by default."""
    username: str
    """What others see."""
    download_folder: Path
    """Where files go when the command does not say."""


class _File(Section, frozen=True):
    """The configuration file."""

    signaling_uri: Annotated[str, Meta(min_length=1)] | None = None
    username: Annotated[str, Meta(min_length=1, max_length=NAME_CHARACTERS)] | None = None
    download_folder: Annotated[str, Meta(min_length=1)] | None = None


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the configuration file is looked for: ``KEKS_RIFT_CONFIG``, or the person's own folder for such."""
    given = environ.get("KEKS_RIFT_CONFIG")
    return Path(given) if given else platformdirs.user_config_path("keks-meet") / "rift.toml"


def load_settings(
    *, signaling_uri: str | None = None, username: str | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Settle everything from options, environment and file.

    The file need not be there, unless ``KEKS_RIFT_CONFIG`` names it. Empty variables count as not set. Raises
    `ConfigError` for the file and `UsageError` for the rest.
    """
    path = config_path(environ)
    file = read_config(path, _File) if environ.get("KEKS_RIFT_CONFIG") or path.exists() else _File()
    named = signaling_uri or environ.get("KEKS_SIGNALING_URI")
    return Settings(
        server=_server(named, file, path),
        is_server_named=bool(named),
        username=_username(username or environ.get("KEKS_USERNAME")) or file.username or _made_name(),
        download_folder=_folder(file, path),
    )


def _server(given: str | None, file: _File, path: Path) -> ServerAddress:
    if given or not file.signaling_uri:
        return ServerAddress.parse(given or DEFAULT_SERVER)
    try:
        return ServerAddress.parse(file.signaling_uri)
    except UsageError as error:
        msg = f"{path}: signaling_uri: {error}"
        raise ConfigError(msg) from error


def _username(given: str | None) -> str | None:
    if given and len(given) > NAME_CHARACTERS:
        msg = f"the user name is longer than {NAME_CHARACTERS} characters"
        raise UsageError(msg)
    if given:
        check_text(given, "the user name")
    return given


def _made_name() -> str:
    """Make a name that tells two of us apart; the login name is nobody else's business."""
    return f"rift-{make_syllables()}"


def _folder(file: _File, path: Path) -> Path:
    """Return the folder; a relative one in the file is taken from where the file is, as paths of the server are."""
    if file.download_folder is None:
        return Path()
    return path.resolve().parent / Path(file.download_folder).expanduser()

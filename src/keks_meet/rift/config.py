# SPDX-License-Identifier: AGPL-3.0-only
"""What `rift` runs with: the server, the own name, the folder for downloads and the room secret.

An option beats the environment, the environment beats the configuration file, and the file beats the default. Secrets
are in no file of ours; they may be asked for, or made as a code. No secret ever stands in an error or a warning.

A code is a secret to say over the phone and to type by hand: four quintuplets such as ``lusab-babad-gutih-tugad``,
consonants and vowels in turn, 16 bits each, 64 in all.
"""

import os
import re
import secrets
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, get_args

import platformdirs
from msgspec import Meta, Struct

from keks_meet.client.identity.key_files import KeyFiles
from keks_meet.client.signaling.addresses import DEFAULT_SERVER, ServerAddress
from keks_meet.config_file import Section, read_config
from keks_meet.crypto.made_secrets import is_cut, is_made, without_tail
from keks_meet.crypto.room_keys import parse_fragment
from keks_meet.crypto.spoken import spoken
from keks_meet.crypto.strength import is_guessable
from keks_meet.errors import ConfigError, UsageError
from keks_meet.protocol.wire_limits import NAME_CHARACTERS
from keks_meet.rift.standard_streams import is_typed
from keks_meet.rift.terminal import check_text

__all__ = [
    "Secret",
    "Settings",
    "ask_for_code",
    "clean_code",
    "config_path",
    "given_secret",
    "linked_server",
    "load_settings",
    "made_name",
    "make_code",
    "make_syllables",
    "recognise",
    "resolve_secret",
]

_WAYS: Final = "give it with KEKS_SECRET, --secret-file or --secret"
_WORDS: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_MAX_BYTES: Final = 64 * 1024
"""More than any secret, so that a wrong file, or one without an end, is not read whole."""

_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aiou"
_QUINTUPLETS: Final = 4
"""The room can be tried out by whoever runs the server, so it takes the 60 bits of [K5]."""

_QUINTUPLET: Final = f"[{_CONSONANTS}](?:[{_VOWELS}][{_CONSONANTS}]){{2}}"
_CODE: Final = re.compile(rf"{_QUINTUPLET}(?:-{_QUINTUPLET}){{{_QUINTUPLETS - 1}}}")
_BETWEEN: Final = re.compile(r"[\s_\-\u2010-\u2015]+")
"""What people and their programs make of a hyphen."""
_LINK: Final = re.compile(
    r"[<(\[\"'\u201c\u2018]*(?P<server>https?://[^\s#]+)/room#(?P<fragment>.*)", re.IGNORECASE | re.DOTALL
)
"""A link to a room, perhaps between brackets or quotes."""
_LABEL: Final = re.compile(r"\s*(?:code|link)\s*:\s*", re.IGNORECASE)
"""What `send` writes before a code and a link."""
_AROUND: Final = " \t\r\n<>(){}\"'`\u201c\u201d\u2018\u2019\u00ab\u00bb.,;:"
"""What people and their programs write around a code."""
_PLACED: Final = re.compile(r"(?P<code>[^@]*\S)\s*@\s*(?P<server>[^@\s]+)")
"""A code, and the server that it belongs to."""
_AT_A_SERVER: Final = re.compile(r"@[\w.\[\]:/-]+\Z")


Scope: TypeAlias = Literal["everywhere", "room", "visit"]
"""Where one can be recognised: in all rooms, in each room by itself, or nowhere the next time."""


class Settings(Struct, frozen=True):
    """What has been settled before anything is done."""

    server: ServerAddress
    is_server_named: bool
    """Whether the server was named for this very command, and not by the file or by default."""
    username: str | None
    """What others see; None without a wish, see `made_name`."""
    download_folder: Path
    """Where files go when the command does not say."""
    identity_scope: Scope = "everywhere"
    """Where others can recognise this person."""
    hide_address: bool = False
    """Whether peers learn no network address: only TURN servers are used."""
    direct: bool = True
    """Whether files may go over TCP between programs that reach each other."""

    @property
    def keys(self) -> KeyFiles:
        """The place of the own key and of the people that are known."""
        return KeyFiles(platformdirs.user_state_path("keks-meet") / "identity", by_room=self.identity_scope == "room")


class _File(Section, frozen=True):
    """The configuration file."""

    signaling_uri: Annotated[str, Meta(min_length=1)] | None = None
    username: Annotated[str, Meta(min_length=1, max_length=NAME_CHARACTERS)] | None = None
    download_folder: Annotated[str, Meta(min_length=1)] | None = None
    identity_scope: Scope | None = None
    hide_address: bool = False
    direct: bool = True


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the configuration file is looked for: ``KEKS_RIFT_CONFIG``, or the person's own folder for such."""
    given = environ.get("KEKS_RIFT_CONFIG")
    return Path(given) if given else platformdirs.user_config_path("keks-meet") / "rift.toml"


def load_settings(
    *,
    signaling_uri: str | None = None,
    username: str | None = None,
    hide_address: bool = False,
    no_direct: bool = False,
    environ: Mapping[str, str] = os.environ,
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
        username=_username(username or environ.get("KEKS_USERNAME")) or file.username,
        download_folder=_folder(file, path),
        identity_scope=_scope(environ.get("KEKS_IDENTITY_SCOPE")) or file.identity_scope or "everywhere",
        hide_address=hide_address or _flag("KEKS_HIDE_ADDRESS", environ, otherwise=file.hide_address),
        direct=not (no_direct or _flag("KEKS_NO_DIRECT", environ, otherwise=not file.direct)),
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


def _scope(given: str | None) -> Scope | None:
    found = next((scope for scope in get_args(Scope) if scope == given), None)
    if given and found is None:
        msg = f"KEKS_IDENTITY_SCOPE: expected one of {', '.join(get_args(Scope))}"
        raise UsageError(msg)
    return found


def _flag(name: str, environ: Mapping[str, str], *, otherwise: bool) -> bool:
    """Return what a variable says, which is refused when it is unclear: it must not reveal anything by mistake."""
    given = environ.get(name)
    if given and given.lower() not in _WORDS:
        msg = f"{name}: expected one of {', '.join(_WORDS)}"
        raise UsageError(msg)
    return _WORDS[given.lower()] if given else otherwise


def made_name(fingerprint: bytes) -> str:
    """Make a name of the own key, so that it stays as long as that; the login name is nobody else's business."""
    return f"rift-{spoken(fingerprint[:2])}"


def _folder(file: _File, path: Path) -> Path:
    """Return the folder; a relative one in the file is taken from where the file is, as paths of the server are."""
    if file.download_folder is None:
        return Path()
    return path.resolve().parent / Path(file.download_folder).expanduser()


# The room secret


class Secret(Struct, frozen=True):
    """A room secret, and what its owner should know about it."""

    text: str
    warnings: tuple[str, ...] = ()
    server: str | None = None
    """The address of the server, when the secret came in a link, or as a code that names one."""

    def __repr__(self) -> str:
        """Keep the secret out of logs and tracebacks."""
        return f"Secret(…, warnings={self.warnings!r})"


def resolve_secret(
    option: str | None,
    secret_file: Path | None,
    prompt: Callable[[], str],
    environ: Mapping[str, str] = os.environ,
) -> Secret:
    """Return the secret that was given, else what ``prompt`` returns, cleaned as `clean_code` does.

    Raises `UsageError`, `MalformedFragment`, and what ``prompt`` raises.
    """
    given = given_secret(option, secret_file, environ)
    if given is not None:
        return given
    typed = prompt()
    secret = clean_code(typed)
    is_own = bool(secret) and recognise(typed) is None
    if is_own and _AT_A_SERVER.search(secret):
        msg = f"this is no whole code: {_QUINTUPLETS} groups of five letters stand before the @"
        raise UsageError(msg)
    warnings = ("this is no code of rift send, and counts as a secret of your own",) if is_own else ()
    return _checked(secret, warnings, linked_server(typed))


def given_secret(
    option: str | None, secret_file: Path | None, environ: Mapping[str, str] = os.environ
) -> Secret | None:
    """Return the secret of ``--secret``, else of ``--secret-file``, else of ``KEKS_SECRET``; None without any.

    Taken as it is, unless it is a code of ours or a link. An empty one is refused and never falls through to the next
    way: it is most likely the trace of a mistake. Raises `UsageError` and `MalformedFragment`.
    """
    if option is not None:
        return _known(option)
    if secret_file is not None:
        return _known(_first_line(secret_file), _file_warnings(secret_file))
    if "KEKS_SECRET" in environ:
        return _known(environ["KEKS_SECRET"])
    return None


def ask_for_code() -> str:
    """Ask on the terminal, where the code can be seen as it is typed: codes are to be read out, not hidden.

    The question goes to stderr, as stdout may carry data. Raises `UsageError` when there is nobody to ask.
    """
    if not is_typed():
        msg = f"no room secret: {_WAYS}"
        raise UsageError(msg)
    if sys.stderr is not None:
        sys.stderr.write("Code: ")
        sys.stderr.flush()
    return sys.stdin.readline()


def _known(text: str, warnings: tuple[str, ...] = ()) -> Secret:
    recognised = recognise(text)
    return _checked(text if recognised is None else recognised, warnings, linked_server(text))


def _checked(text: str, warnings: tuple[str, ...] = (), server: str | None = None) -> Secret:
    """Refuse what cannot be a secret, and add what is to be said about it."""
    if not text:
        msg = f"the room secret is empty: {_WAYS}"
        raise UsageError(msg)
    try:
        text.encode()
    except UnicodeEncodeError:
        msg = "the room secret is not valid text"
        raise UsageError(msg) from None  # the cause would quote it
    return Secret(text, (*warnings, *_secret_warnings(text)), server)


def _secret_warnings(text: str) -> list[str]:
    warnings = []
    if is_guessable(text):
        warnings.append("the room secret can be guessed; a code of rift send cannot")
    if is_cut(text):
        warnings.append("the room secret looks like one that is not whole: has it lost some of its random digits?")
    if "?" in text:
        warnings.append("the room secret has a ? in it: browsers cannot enter this room")
    return warnings


def _first_line(path: Path) -> str:
    """Return the first line without its end; the rest of the file is of no interest."""
    try:
        with path.open("rb") as file:
            line = file.readline(_MAX_BYTES)
        return line.decode().rstrip("\r\n")
    except OSError as error:
        msg = f"{path}: the secret cannot be read: {error.strerror}"
        raise UsageError(msg) from error
    except UnicodeDecodeError:
        msg = f"{path}: the secret is not UTF-8 text"
        raise UsageError(msg) from None


def _file_warnings(path: Path) -> tuple[str, ...]:
    """Warn of a file that others may read; systems without such permissions have nothing to say."""
    if os.name != "posix":
        return ()
    try:
        mode = path.stat().st_mode
    except OSError:
        return ()
    shared = stat.S_ISREG(mode) and mode & (stat.S_IRGRP | stat.S_IROTH)
    return (f"{path}: others can read this secret; chmod 600 keeps it to you",) if shared else ()


# Codes


def make_code() -> str:
    """Make a code of 64 random bits."""
    return "-".join(make_syllables() for _ in range(_QUINTUPLETS))


def make_syllables() -> str:
    """Make five letters that can be said, of 16 random bits."""
    return spoken(secrets.token_bytes(2))


def clean_code(text: str) -> str:
    """Return the room secret that a person meant who typed or pasted ``text``.

    Codes of ours may be in any case, with spaces or underscores, and with a server behind an ``@``; a link to a room
    stands for its secret. Anything else is a secret as it is, without the whitespace around it. Raises
    `MalformedFragment` for a broken link, and `UsageError` for one that was cut.
    """
    recognised = recognise(text)
    return text.strip() if recognised is None else recognised


def recognise(text: str) -> str | None:
    """Return the secret that a code of ours, a link or a made secret stands for; None for anything else.

    Raises as `clean_code`.
    """
    bare = _bare(text)
    if (link := _LINK.fullmatch(bare)) is not None:
        return _linked_secret(link["fragment"])
    if is_made(made := without_tail(bare)):
        return made
    code = bare.strip(_AROUND)
    return _code_in(placed["code"] if (placed := _PLACED.fullmatch(code)) else code)


def linked_server(text: str) -> str | None:
    """Return the address of the server that a link leads to, or that a code names; None for anything else."""
    bare = _bare(text)
    if (link := _LINK.fullmatch(bare)) is not None:
        return link["server"]
    placed = _PLACED.fullmatch(bare.strip(_AROUND))
    return placed["server"] if placed and _code_in(placed["code"]) else None


def _bare(text: str) -> str:
    label = _LABEL.match(text)
    return text[label.end() if label else 0 :].strip()


def _code_in(text: str) -> str | None:
    code = _BETWEEN.sub("-", text).lower()
    return code if _CODE.fullmatch(code) else None


def _linked_secret(fragment: str) -> str:
    address = parse_fragment(fragment)
    if address.is_cut:
        raise UsageError("the link is not whole: its secret has lost some of its random digits, or got more")
    return address.secret

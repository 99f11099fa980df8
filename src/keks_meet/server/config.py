# SPDX-License-Identifier: AGPL-3.0-only
"""The server's configuration: what can be set, and its defaults. `config_file` reads it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta, field

from keks_meet.config_file import Section, read_config, shown
from keks_meet.errors import ConfigError
from keks_meet.protocol.limits import Limits
from keks_meet.server.addresses import Address
from keks_meet.server.client_address import ForwardedHeader, Network, read_network

__all__ = [
    "BUILTIN",
    "HIDDEN",
    "Appearance",
    "Cluster",
    "Config",
    "Features",
    "Metrics",
    "Server",
    "WebRtc",
    "load",
    "source_of",
]

BUILTIN: Final = Path(__file__).with_name("builtin.toml")
"""The built-in configuration, made when the wheel is built; the server runs on it without a file of its own."""

HIDDEN: Final = "hidden"
"""What marks keys whose values must not be shown."""
_SECRET: Final = {HIDDEN: True}

Colour: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^#(?:[0-9a-fA-F]{3}){1,2}\Z",
        description="a colour such as #5e3f84",
    ),
]
_PORT: Final = r"(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
"""A port, or none. A browser that reads another one takes none of the servers that it is told of."""
_HOST: Final = r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)"
StunUrl: TypeAlias = Annotated[
    str, Meta(pattern=rf"^stuns?:{_HOST}{_PORT}\Z", description="an address such as stun:example.org:3478")
]
_TURN_URL: Final = Meta(
    pattern=rf"^turns?:{_HOST}{_PORT}(?:\?transport=(?:udp|tcp))?\Z",
    description="an address such as turn:example.org:3478, without credentials",
)
TurnUrl: TypeAlias = Annotated[str, _TURN_URL]
PageUrl: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(?:https?://\S*|/\S*|[\w.-]+(?:/[\w.-]*)*)$",
        description="an address such as https://example.org/, /a/path, or one relative to the pages",
    ),
]
Origin: TypeAlias = Annotated[
    str, Meta(pattern=r"^https?://[^\s/?#]+$", description="an origin such as https://example.org")
]
HostName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]*[a-z0-9_-])\Z",
        description="a name in lower case such as meet.example.org, or an address such as 192.0.2.1 or [2001:db8::1]",
    ),
]


_NATS_URL: Final = Meta(
    pattern=rf"^(?:nats|tls)://(?:{_HOST}|\[[0-9A-Fa-f:.]+%[^\s\]]+\]){_PORT}\Z",
    description="an address such as nats://127.0.0.1:4222, or with TLS tls://…, without credentials",
)
NatsUrl: TypeAlias = Annotated[str, _NATS_URL]
ClusterName: TypeAlias = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z", description="up to 64 letters, digits, _ and -")
]


class Server(Section, frozen=True):
    """The addresses that the server listens on, and what the server says of itself."""

    bind: str = "127.0.0.1:24319"
    stun_bind: str | None = None
    tls_cert: str | None = None
    tls_key: str | None = None
    origins: tuple[Origin, ...] = ()
    names: tuple[HostName, ...] = ()
    workers: Annotated[int, Meta(ge=1, le=256, description='a number from 1 to 256, or "auto"')] | Literal["auto"] = 1
    drain_seconds: Annotated[float, Meta(ge=0, le=3600)] = 0.0
    trusted_proxies: tuple[str, ...] = ("127.0.0.0/8", "::1")
    forwarded_header: Annotated[ForwardedHeader, Meta(description="X-Forwarded-For or Forwarded")] = "X-Forwarded-For"
    source_url: PageUrl = "source.tar.gz"
    documentation_url: PageUrl = "documentation"

    def __post_init__(self) -> None:
        """Refuse addresses that cannot be read and half a TLS set-up."""
        _check_address("bind", self.bind)
        if self.stun_bind:
            _check_address("stun_bind", self.stun_bind)
        for text in self.trusted_proxies:
            _check_network(text)
        if (self.tls_cert is None) != (self.tls_key is None):
            msg = "tls_cert and tls_key are given together or not at all"
            raise ValueError(msg)

    @property
    def trusted_networks(self) -> list[Network]:
        """The proxies that are believed when they tell for whom they ask."""
        return [read_network(text) for text in self.trusted_proxies]

    @property
    def address(self) -> Address:
        """The address that HTTP listens on."""
        return Address.parse(self.bind)

    @property
    def stun_address(self) -> Address | Literal["off", "same"]:
        """The address that STUN listens on: none, or the address and port number of HTTP, or another one."""
        if self.stun_bind is None:
            return "same"
        return Address.parse(self.stun_bind) if self.stun_bind else "off"


class Features(Section, frozen=True):
    """The features that clients may use."""

    room_watches: bool = True


class WebRtc(Section, frozen=True):
    """The STUN and TURN servers that clients are told of."""

    stun: StunUrl | None = None
    # One alone is looked at below: msgspec 0.22 frees wrong memory for a text of a pattern that may be an array, too.
    turn: str | Annotated[tuple[TurnUrl, ...], Meta(min_length=1, max_length=8)] | None = None
    turn_user: str | None = None
    turn_cred: Annotated[str, Meta(extra=_SECRET)] | None = None
    turn_secret: Annotated[str, Meta(min_length=1, extra=_SECRET)] | None = None
    turn_valid_seconds: Annotated[int, Meta(ge=60, le=31_536_000)] = 3600

    def __post_init__(self) -> None:
        """Refuse two kinds of credentials at once, and credentials for nothing."""
        _check_form("turn", self.turn, _TURN_URL)
        if self.turn_secret is not None and (self.turn_user is not None or self.turn_cred is not None):
            msg = "turn_secret makes the credentials, so turn_user and turn_cred must not be set"
            raise ValueError(msg)
        if self.turn is None and (self.turn_secret or self.turn_user or self.turn_cred):
            msg = "credentials are set, but turn is not"
            raise ValueError(msg)

    @property
    def turn_urls(self) -> tuple[str, ...]:
        """The addresses of the TURN server: one for each way to it."""
        return (self.turn,) if isinstance(self.turn, str) else self.turn or ()


class Appearance(Section, frozen=True):
    """The colours of the pages."""

    accent: Colour = "#5e3f84"
    accent_dark: Colour = "#2d0d52"
    accent_light: Colour = "#7c43bd"
    background: Colour = "#252125"
    background_dark: Colour = "#070707"
    background_light: Colour = "#211c21"


class Cluster(Section, frozen=True):
    """The nodes that this server is one of. It is alone, and needs no NATS, unless that is set."""

    nats: str | Annotated[tuple[NatsUrl, ...], Meta(min_length=1, max_length=16)] | None = None
    name: ClusterName = "keks-meet"
    user: str | None = None
    password: Annotated[str, Meta(extra=_SECRET)] | None = None
    token: Annotated[str, Meta(extra=_SECRET)] | None = None
    tls_ca: str | None = None

    def __post_init__(self) -> None:
        """Refuse two kinds of credentials at once, and what is for nothing."""
        _check_form("nats", self.nats, _NATS_URL)
        if self.nats is None and (self.user or self.password or self.token or self.tls_ca):
            msg = "credentials or a certificate are set, but nats is not"
            raise ValueError(msg)
        if self.token is not None and (self.user is not None or self.password is not None):
            msg = "token is given instead of user and password"
            raise ValueError(msg)
        if self.tls_ca is not None and not self.wants_tls:
            msg = "tls_ca: addresses that begin with tls:// use it, and nats has none"
            raise ValueError(msg)

    @property
    def servers(self) -> tuple[str, ...]:
        """The addresses of NATS: any of them will do."""
        return (self.nats,) if isinstance(self.nats, str) else self.nats or ()

    @property
    def wants_tls(self) -> bool:
        """Whether NATS is spoken to through TLS alone."""
        return any(url.startswith("tls://") for url in self.servers)


class Metrics(Section, frozen=True):
    """The address of its own that tells the server's numbers; there is none unless it is set."""

    bind: str | None = None

    def __post_init__(self) -> None:
        """Refuse an address that cannot be read."""
        if self.bind:
            _check_address("bind", self.bind)

    @property
    def address(self) -> Address | None:
        """The address to listen on, if metrics are on."""
        return Address.parse(self.bind) if self.bind else None


class Config(Section, frozen=True):
    """The whole configuration."""

    server: Server = field(default_factory=Server)
    features: Features = field(default_factory=Features)
    webrtc: WebRtc = field(default_factory=WebRtc)
    appearance: Appearance = field(default_factory=Appearance)
    metrics: Metrics = field(default_factory=Metrics)
    cluster: Cluster = field(default_factory=Cluster)
    limits: Limits = field(default_factory=Limits)


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Config:
    """Read a file, or without one the built-in one or the defaults; ``BIND`` overrides the address.

    Paths in the file are taken from where it is. Raises `ConfigError`.
    """
    source = _file(path)
    config = Config() if source is None else _with_absolute_paths(read_config(source, Config), source)
    if environment.get("BIND"):
        config = _bound_to(config, environment["BIND"])
    return config


def source_of(path: Path | None, environment: Mapping[str, str] = os.environ) -> str:
    """Tell in words where `load` takes its values from."""
    file = _file(path)
    where = "The defaults" if file is None else f"What counts by {file.resolve()}"
    return f"{where}, and by BIND of the environment" if environment.get("BIND") else where


def _file(path: Path | None) -> Path | None:
    if path is not None:
        return path
    return BUILTIN if BUILTIN.is_file() else None


def _with_absolute_paths(config: Config, path: Path) -> Config:
    server, cluster, folder = config.server, config.cluster, path.resolve().parent
    if server.tls_cert is not None and server.tls_key is not None:
        cert, key = str(folder / server.tls_cert), str(folder / server.tls_key)
        server = msgspec.structs.replace(server, tls_cert=cert, tls_key=key)
    if cluster.tls_ca is not None:
        cluster = msgspec.structs.replace(cluster, tls_ca=str(folder / cluster.tls_ca))
    return msgspec.structs.replace(config, server=server, cluster=cluster)


def _bound_to(config: Config, bind: str) -> Config:
    try:
        Address.parse(bind)
    except ValueError as error:
        msg = f"environment variable BIND: {error}"
        raise ConfigError(msg) from error
    return msgspec.structs.replace(config, server=msgspec.structs.replace(config.server, bind=bind))


def _check_form(key: str, value: object, form: Meta) -> None:
    if isinstance(value, str) and not re.search(form.pattern or "", value):
        msg = f"{key}: expected {form.description}, got {shown(value)}"
        raise ValueError(msg)


def _check_address(key: str, text: str) -> None:
    try:
        Address.parse(text)
    except ValueError as error:
        msg = f"{key}: {error}"
        raise ValueError(msg) from error


def _check_network(text: str) -> None:
    try:
        read_network(text)
    except ValueError as error:
        msg = f"trusted_proxies: expected addresses and networks such as 127.0.0.1 or 10.0.0.0/8: {error}"
        raise ValueError(msg) from error

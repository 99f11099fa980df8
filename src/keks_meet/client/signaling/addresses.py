# SPDX-License-Identifier: AGPL-3.0-only
"""Addresses of servers: from what people type to the addresses of a server's parts. Pure."""

import ipaddress
import re
from typing import Final, Self
from urllib.parse import quote

from msgspec import Struct

from keks_meet.errors import UsageError

__all__ = ["DEFAULT_SERVER", "ServerAddress"]

DEFAULT_SERVER: Final = "ws://127.0.0.1:24319"
"""A server of one's own, on this machine."""

_SCHEMES: Final = {"ws": False, "http": False, "wss": True, "https": True}
_SCHEME: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_REST: Final = re.compile(
    r"(?P<host>\[(?P<v6>[0-9a-fA-F:.]+)\]|\w(?:[\w.-]{0,252}))(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:/[!$-.0-;=@-Z_a-z~/]*)?)",
)
_PORTS: Final = range(1, 65536)
_HTTPS_PORT: Final = "443"
_UNESCAPED: Final = "!~*'()"
"""Characters that the browser client leaves as they are, beside letters, digits and what `quote` always leaves."""


class ServerAddress(Struct, frozen=True):
    """A server of keks-meet, perhaps below a path of another site."""

    secure: bool
    """Whether the server speaks TLS."""
    authority: str
    """The host name and, unless it is the usual one, the port."""
    prefix: str
    """The path before the paths of keks-meet: nothing, or such as ``/meet``."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed, such as ``ws://127.0.0.1:24319`` or ``https://example.org/meet/``.

        Schemes are ws, wss, http and https. Without one, a name alone is taken to speak TLS, as web sites do, and one
        with another port than 443 not to, as the server does by itself. Raises `UsageError`, which never quotes it.
        """
        found = _SCHEME.fullmatch(text.strip())
        scheme, rest = (found["scheme"].lower(), found["rest"]) if found else ("", text.strip())
        if found and scheme not in _SCHEMES:
            raise _wrong("begins with something else")
        parts = _REST.fullmatch(rest)
        if parts is None:
            raise _wrong(_fault(rest))
        _check(parts["host"], parts["v6"], parts["port"])
        secure = _SCHEMES[scheme] if scheme else parts["port"] in {None, _HTTPS_PORT}
        authority = parts["host"] + (f":{parts['port']}" if parts["port"] else "")
        return cls(secure, authority, parts["path"].rstrip("/").removesuffix("/signaling").rstrip("/"))

    @property
    def signaling(self) -> str:
        """The address of the WebSocket."""
        return f"{'wss' if self.secure else 'ws'}://{self.authority}{self.prefix}/signaling"

    @property
    def config(self) -> str:
        """The address at which the server says what clients need to know."""
        return f"{self.site}/config.json"

    def room_link(self, secret: str) -> str:
        """Return the link that takes a browser to the room, written as the browser client writes it [K1]."""
        return f"{self.site}/room#{quote(secret, safe=_UNESCAPED)}"

    @property
    def spoken(self) -> str:
        """The shortest text that `parse` takes for this address; empty for the server that is meant without any."""
        if self == self.parse(DEFAULT_SERVER):
            return ""
        short = f"{self.authority}{self.prefix}"
        return short if self.parse(short) == self else self.site

    @property
    def site(self) -> str:
        """The beginning of the addresses of the server's pages."""
        return f"{'https' if self.secure else 'http'}://{self.authority}{self.prefix}"


def _check(host: str, v6: str | None, port: str | None) -> None:
    """Refuse what only looks like an address."""
    if v6 is None:
        try:
            host.encode("idna")  # as the system's look-up does, with an error of no words for people
        except UnicodeError:
            raise _wrong("has a host name with an empty part, or one that is too long") from None
    if port is not None and int(port) not in _PORTS:
        raise _wrong("has a port that does not exist")
    if v6 is not None:
        try:
            ipaddress.IPv6Address(v6)
        except ValueError:
            raise _wrong("has something in brackets that is not an IPv6 address") from None


def _fault(rest: str) -> str:
    """Say what is wrong with what follows the scheme. It may hold a password or a room secret: no word of it."""
    if "#" in rest:
        return "has a # in it (give the address of the server, not of a room)"
    if "?" in rest:
        return "has a ? in it"
    if "@" in rest.partition("/")[0]:
        return "has a user name in it"
    return "cannot be read" if rest else "is empty"


def _wrong(fault: str) -> UsageError:
    return UsageError(f"the address of the server {fault}; expected one such as ws://127.0.0.1:24319")

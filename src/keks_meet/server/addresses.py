# SPDX-License-Identifier: AGPL-3.0-only
"""Addresses as the configuration writes them, and host names as browsers send them. Pure."""

import ipaddress
import re
from typing import Final, Self

from msgspec import Struct

__all__ = ["Address", "HostHeader", "is_loopback"]

_ADDRESS = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<name>[A-Za-z0-9._-]+)):(?P<port>[0-9]{1,5})")
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,253})(?::(?P<port>[0-9]{1,5}))?")
_MAX_PORT: Final = 65535


class Address(Struct, frozen=True):
    """A host and a port to listen on."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``127.0.0.1:24319``, ``[::1]:24319`` or ``localhost:24319``. Raises `ValueError`."""
        found = _ADDRESS.fullmatch(text)
        if found is None or int(found["port"]) > _MAX_PORT:
            msg = f"expected an address and a port such as 127.0.0.1:24319 or [::]:24319, got {text!r}"
            raise ValueError(msg)
        if found["v6"]:
            ipaddress.IPv6Address(found["v6"])
        return cls(found["v6"] or found["name"], int(found["port"]))

    def __str__(self) -> str:
        """Write the address as `parse` reads it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def to_open(self) -> "Address":
        """Return an address that a browser on this machine can open, also when listening on all of them."""
        instead = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened on
        return Address(instead.get(self.host, self.host), self.port)


class HostHeader(Struct, frozen=True):
    """A host name, IPv6 in brackets, in lower case, and the port if one was given."""

    name: str
    port: int | None

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a ``Host`` header or the same part of an origin; None when it is not one."""
        found = _HOST.fullmatch(text)
        if found is None:
            return None
        port = int(found["port"]) if found["port"] else None
        return cls(found["name"].lower(), port)


def is_loopback(host: str) -> bool:
    """Tell whether a host name, or an address with or without brackets, means this very machine."""
    bare = host.strip("[]").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False

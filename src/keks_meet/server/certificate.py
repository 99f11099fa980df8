# SPDX-License-Identifier: AGPL-3.0-only
"""The server's own certificate and key, loaded again when told to, and when their files have changed.

New connections get the new one, and nobody is disconnected. A pair that cannot be used leaves the old one in place.
"""

import asyncio
import ssl
from collections.abc import Sequence
from functools import lru_cache
from logging import getLogger
from pathlib import Path
from typing import Final, NamedTuple, NoReturn, TypeAlias

from keks_meet.errors import ConfigError
from keks_meet.server.config import Server

__all__ = ["Certificate", "Changes", "certificate_of"]

_logger = getLogger(__name__)

LOOK_SECONDS: Final = 2.0
"""The time between two looks at the files."""

Stamp: TypeAlias = tuple[tuple[int, ...] | None, ...]
"""What tells that files are still the same: times, sizes and places on the disk; None of one that is not there."""


class Changes:
    """Tells when files have changed and settled: certificate and key are two, and nobody writes both at once. Pure."""

    def __init__(self, taken: Stamp) -> None:
        """Begin with the files that were taken."""
        self._taken = taken
        self._seen = taken

    def have_settled(self, stamp: Stamp) -> bool:
        """Look at the files; True, once, when they are others than those taken, and all there as at the last look."""
        has_settled = stamp == self._seen != self._taken and None not in stamp
        self._seen = stamp
        if has_settled:
            self._taken = stamp
        return has_settled

    def take(self, stamp: Stamp) -> None:
        """Take note that these were taken for another reason."""
        self._taken = self._seen = stamp


class Certificate:
    """The context of TLS, and the files that it comes from."""

    def __init__(self, cert: str, key: str) -> None:
        """Load certificate and key. Raises `ConfigError`."""
        self._files = (cert, key)
        self._changes = Changes(_stamp(self._files))
        self._pair = _load(cert, key)

    @property
    def context(self) -> ssl.SSLContext:
        """The context for the next connection."""
        return self._pair.context

    @property
    def end(self) -> float | None:
        """When the certificate in use ends, in seconds since 1970; None if it cannot be told.

        The first time takes longer, since what reads certificates is loaded then.
        """
        return _end_of(self._pair.pem)

    def reload(self) -> None:
        """Take the files as they are now for new connections, if they can be used, and log whether."""
        self._changes.take(_stamp(self._files))
        try:
            self._pair = _load(*self._files)
        except ConfigError as error:
            _logger.warning("the certificate stays as it was: %s", error)
        else:
            _logger.info("the certificate was loaded again")

    async def watch(self) -> None:
        """Load the files again when they have changed; runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._changes.have_settled(_stamp(self._files)):
                self.reload()


class _Pair(NamedTuple):
    """A context whose certificate and key fit, and the certificates in it."""

    context: ssl.SSLContext
    pem: bytes


def _load(cert: str, key: str) -> _Pair:
    """Load a certificate with its chain, and its key. Raises `ConfigError`."""
    pem = _read("tls_cert", cert, b"CERTIFICATE-----", "certificate")
    _read("tls_key", key, b"PRIVATE KEY-----", "private key")
    try:
        context = _context(cert, key)
        is_same = Path(cert).read_bytes() == pem
    except (OSError, ssl.SSLError) as error:
        is_other = isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH"
        why = f"{key} is the key of another certificate than {cert}" if is_other else str(error)
        msg = f"server.tls_cert and server.tls_key: expected a certificate and its key as PEM: {why}"
        raise ConfigError(msg) from error
    if not is_same:
        msg = f"server.tls_cert: {cert} is being written"
        raise ConfigError(msg)
    return _Pair(context, pem)


def _read(name: str, path: str, mark: bytes, what: str) -> bytes:
    """Read a file that is to hold something as PEM. Raises `ConfigError`, which names the file."""
    try:
        data = Path(path).read_bytes() if Path(path).is_file() else None
    except OSError as error:
        msg = f"server.{name}: {path} cannot be read: {error.strerror}"
        raise ConfigError(msg) from error
    if data is None:
        msg = f"server.{name}: there is no file {path}"
        raise ConfigError(msg)
    if mark not in data:
        msg = f"server.{name}: expected a certificate and its key as PEM: {path} holds no {what}"
        raise ConfigError(msg)
    return data


def _context(cert: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(cert, key, _refuse_passphrase)
    return context


def _refuse_passphrase() -> NoReturn:
    """Refuse a key that is encrypted: OpenSSL would ask at the terminal, and everything would wait for an answer."""
    msg = "server.tls_key: the key has a passphrase; give one without, as `openssl pkey -in KEY -out NEW` makes it"
    raise ConfigError(msg)


@lru_cache(maxsize=1)
def _end_of(pem: bytes) -> float | None:
    # Only here, since what reads certificates takes time to load, and memory.
    from keks_meet.server.x509 import read_certificates  # noqa: PLC0415

    try:
        return read_certificates(pem).end
    except ValueError:
        return None


def certificate_of(server: Server) -> Certificate | None:
    """Load the configured certificate, if there is one. Raises `ConfigError`."""
    if server.tls_cert is None or server.tls_key is None:
        return None
    return Certificate(server.tls_cert, server.tls_key)


def _stamp(files: Sequence[str]) -> Stamp:
    return tuple(map(_stamp_of, files))


def _stamp_of(file: str) -> tuple[int, ...] | None:
    """Look at what a name leads to: tools that renew certificates leave links to the newest ones."""
    try:
        found = Path(file).stat()
    except (OSError, ValueError):  # the latter for what can be no name
        return None
    # The change time tells of rights, too, for which a load may have failed.
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)

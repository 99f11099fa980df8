# SPDX-License-Identifier: AGPL-3.0-only
"""The server's own certificate and key, loaded again when told to, and when their files have changed.

New connections get the new one, and nobody is disconnected. A pair that cannot be used leaves the old one in place.
"""

import asyncio
import ssl
from collections.abc import Sequence
from logging import getLogger
from pathlib import Path
from typing import Final, TypeAlias

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
        self.context: Final = _tls_context(cert, key)
        self._pem = Path(cert).read_bytes()

    @property
    def end(self) -> float | None:
        """When the certificate in use ends, in seconds since 1970; None if it cannot be told."""
        # Only here, since what reads certificates takes time to load, and memory.
        from keks_meet.server.x509 import read_certificates  # noqa: PLC0415

        try:
            return read_certificates(self._pem).end
        except ValueError:
            return None

    def reload(self) -> None:
        """Take the files as they are now for new connections, if they can be used, and log whether."""
        self._changes.take(_stamp(self._files))
        try:
            # A pair that does not fit would leave the context with half of it.
            _tls_context(*self._files)
            _load(self.context, *self._files)
            self._pem = Path(self._files[0]).read_bytes()
        except (ConfigError, OSError) as error:
            _logger.warning("the certificate stays as it was: %s", error)
        else:
            _logger.info("the certificate was loaded again")

    async def watch(self) -> None:
        """Load the files again when they have changed; runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._changes.have_settled(_stamp(self._files)):
                self.reload()


def _tls_context(cert: str, key: str) -> ssl.SSLContext:
    """Load a certificate with its chain, and its key. Raises `ConfigError`."""
    for name, path in (("tls_cert", cert), ("tls_key", key)):
        if not Path(path).is_file():
            msg = f"server.{name}: there is no file {path}"
            raise ConfigError(msg)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    _load(context, cert, key)
    return context


def certificate_of(server: Server) -> Certificate | None:
    """Load the configured certificate, if there is one. Raises `ConfigError`."""
    if server.tls_cert is None or server.tls_key is None:
        return None
    return Certificate(server.tls_cert, server.tls_key)


def _load(context: ssl.SSLContext, cert: str, key: str) -> None:
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        msg = f"server.tls_cert and server.tls_key: expected a certificate and its key as PEM: {error}"
        raise ConfigError(msg) from error


def _stamp(files: Sequence[str]) -> Stamp:
    return tuple(map(_stamp_of, files))


def _stamp_of(file: str) -> tuple[int, ...] | None:
    """Look at what a name leads to: tools that renew certificates leave links to the newest ones."""
    try:
        found = Path(file).stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)

# SPDX-License-Identifier: AGPL-3.0-only
"""The key and certificate of one transfer, for TLS between two ends that know each other's certificate [F14]."""

import datetime
import os
import secrets
import ssl
import tempfile
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

__all__ = ["TlsIdentity"]

_NAME: Final = x509.Name([])
"""No name: whoever connects to a listener is shown its certificate, whoever that is."""
_BEGIN: Final = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
_END: Final = datetime.datetime(2120, 1, 1, tzinfo=datetime.UTC)
"""The times say nothing: a certificate is for one transfer, and told over an authentic channel. Clocks may be wrong."""


class TlsIdentity:
    """A key that nobody else has, and its certificate. Making one takes some milliseconds."""

    def __init__(self) -> None:
        """Draw the key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            x509.CertificateBuilder(_NAME, _NAME, key.public_key(), x509.random_serial_number(), _BEGIN, _END)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.certificate = certificate.public_bytes(serialization.Encoding.DER)
        """The certificate as DER."""
        self._password = secrets.token_hex(32)
        encryption = serialization.BestAvailableEncryption(self._password.encode())
        self._pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )

    def context(self, peer: bytes, *, listens: bool) -> ssl.SSLContext:
        """Return the context for one other end, which has the certificate ``peer``, in DER. Touches the disk.

        Raises `ssl.SSLError` for what is no certificate, and `OSError`.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if listens else ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        # There is no name to check: the certificate itself is known.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=peer)
        if listens:
            # Nobody comes back, and whoever only writes would never read a ticket.
            context.num_tickets = 0
        self._load_into(context)
        return context

    def _load_into(self, context: ssl.SSLContext) -> None:
        """Give the key to a context. `ssl` reads keys from files alone, so one is there for a moment, encrypted."""
        file, name = tempfile.mkstemp(prefix="keks-meet-")
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(self._pem)
            context.load_cert_chain(name, password=self._password)
        finally:
            Path(name).unlink()

# SPDX-License-Identifier: AGPL-3.0-only
"""What certificates say. The library that reads them is large, so this is loaded by those alone who need it. Pure."""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from msgspec import Struct

__all__ = ["CertificateFacts", "read_certificates"]

_ODD = (x509.DuplicateExtension, x509.InvalidVersion, x509.UnsupportedGeneralNameType, UnsupportedAlgorithm)
"""What the library raises beside `ValueError`; these have no kind in common."""


class CertificateFacts(Struct, frozen=True):
    """A certificate, and the chain behind it."""

    names: tuple[str, ...]
    """The names and addresses that it is for."""
    begin: float
    end: float
    """The time within which it is valid, in seconds since 1970."""
    is_self_signed: bool
    chain_length: int
    """How many certificates there are, this one included."""


def read_certificates(pem: bytes) -> CertificateFacts:
    """Read certificates as PEM, the server's own one first. Raises `ValueError`."""
    try:
        return _read(pem)
    except _ODD as error:
        msg = f"this certificate cannot be read: {error}"
        raise ValueError(msg) from error


def _read(pem: bytes) -> CertificateFacts:
    found = x509.load_pem_x509_certificates(pem)
    own = found[0]
    return CertificateFacts(
        names=_names(own),
        begin=own.not_valid_before_utc.timestamp(),
        end=own.not_valid_after_utc.timestamp(),
        is_self_signed=own.issuer == own.subject,
        chain_length=len(found),
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the alternative names: browsers look at nothing else."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = (str(address) for address in found.get_values_for_type(x509.IPAddress))
    return (*(name.lower() for name in found.get_values_for_type(x509.DNSName)), *addresses)

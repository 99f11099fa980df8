# SPDX-License-Identifier: AGPL-3.0-only
"""What is read of certificates."""

import datetime
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from keks_meet.server.x509 import read_certificates

KEY = ec.generate_private_key(ec.SECP256R1())
BEGIN = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def made(subject: str, issuer: str, *names: x509.GeneralName) -> bytes:
    builder = x509.CertificateBuilder(
        named(issuer), named(subject), KEY.public_key(), x509.random_serial_number(), BEGIN, END
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_a_chain() -> None:
    names = (x509.DNSName("A.example"), x509.DNSName("*.example"), x509.IPAddress(ipaddress.ip_address("::1")))
    facts = read_certificates(made("a", "ca", *names) + made("ca", "root"))
    assert facts.names == ("a.example", "*.example", "::1")
    assert (facts.begin, facts.end) == (BEGIN.timestamp(), END.timestamp())
    assert (facts.is_self_signed, facts.chain_length) == (False, 2)


def test_one_that_is_signed_by_itself_and_for_no_name() -> None:
    facts = read_certificates(made("a", "a"))
    assert (facts.names, facts.is_self_signed, facts.chain_length) == ((), True, 1)


def test_an_extension_that_is_there_twice() -> None:
    """Which the library takes for an error of a kind of its own."""
    kinds = [x509.UnrecognizedExtension(x509.ObjectIdentifier(f"1.2.3.4.{end}"), b"x") for end in (5, 6)]
    builder = x509.CertificateBuilder(named("a"), named("a"), KEY.public_key(), 1, BEGIN, END)
    for kind in kinds:
        builder = builder.add_extension(kind, critical=False)
    der = builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    doubled = der.replace(b"\x2a\x03\x04\x06", b"\x2a\x03\x04\x05")
    assert doubled != der
    with pytest.raises(ValueError, match="cannot be read"):
        read_certificates(ssl.DER_cert_to_PEM_cert(doubled).encode())


def test_nonsense() -> None:
    with pytest.raises(ValueError, match="PEM"):
        read_certificates(b"nonsense")

"""A certificate authority of the tests' own: roots, intermediates, carriers' signing certificates, servers' for TLS.

authority = Authority()
signer = authority.signer("Carrier", RSA)       key and chain of a carrier
signer.sign(payload, "PS256")                   a compact JWS
"""

import itertools
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from ebl_service.trust.signatures import sign_text

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
RSA, P256, P384, P521 = "RSA", "P-256", "P-384", "P-521"
ALGORITHMS = {
    RSA: ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    P256: ("ES256",),
    P384: ("ES384",),
    P521: ("ES512",),
}
YEAR = timedelta(days=365)
_curves = {P256: ec.SECP256R1(), P384: ec.SECP384R1(), P521: ec.SECP521R1()}
_fresh = itertools.count()


@lru_cache(maxsize=64)
def key(kind: str, number: int = 0) -> Key:
    """The same key for the same kind and number: making RSA keys is slow."""
    return rsa.generate_private_key(65537, 2048) if kind == RSA else ec.generate_private_key(_curves[kind])


def base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Signer:
    """A private key with its chain, PEM."""

    key: Key
    chain: str

    @property
    def private_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, payload: dict[str, Any], algorithm: str | None = None) -> str:
        kind = "RS256" if isinstance(self.key, rsa.RSAPrivateKey) else "ES256"
        return sign_text(payload, self.private_pem, algorithm or kind)


class Authority:
    """A root with one intermediate."""

    def __init__(self, name: str = "Root of the tests") -> None:
        self._root_key, self._key = key(P256, next(_fresh) + 1000), key(P256, next(_fresh) + 1000)
        self.root = certificate(name, self._root_key, name, self._root_key, is_authority=True)
        self.intermediate = certificate(f"{name} 2", self._key, name, self._root_key, is_authority=True)
        self._name = f"{name} 2"

    @property
    def root_pem(self) -> str:
        return pem(self.root)

    def signer(self, subject: str = "Carrier", kind: str = P256, **changes: Any) -> Signer:
        """A new signing certificate, with its intermediate."""
        own = changes.pop("own_key", None) or key(kind, next(_fresh) if kind != RSA else 0)
        leaf = certificate(subject, own, self._name, self._key, **changes)
        return Signer(own, pem(leaf) + pem(self.intermediate))

    def server(self, *names: str) -> Signer:
        """A certificate for a TLS server of these names or addresses."""
        alternatives = [_alternative(name) for name in names]
        return self.signer(names[0], extensions=[(x509.SubjectAlternativeName(alternatives), False)])


def self_signed(subject: str = "Carrier", kind: str = P256, **changes: Any) -> Signer:
    own = changes.pop("own_key", None) or key(kind, next(_fresh) if kind != RSA else 0)
    return Signer(own, pem(certificate(subject, own, subject, own, **changes)))


def pem(*certificates: x509.Certificate) -> str:
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in certificates)


def certificate(
    subject: str,
    own: Any,
    issuer: str,
    issuer_key: Any,
    *,
    is_authority: bool = False,
    begins: datetime | None = None,
    ends: datetime | None = None,
    extensions: Any = (),
    usage: x509.KeyUsage | None = None,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins or now - YEAR)
        .not_valid_after(ends or now + YEAR)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(usage or key_usage(is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def key_usage(is_authority: bool, signs: bool = True) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs and not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)

"""Reads a carrier's certificate and decides whether to trust it: by a configured root, or pinned after a person looked.

Leaves to others: from when to when it counts (`domain.signing_certificate`), keeping it (`store`), revocation lists
(an operator revokes; nothing is fetched because a certificate names an address).

Rules kept: the leaf is no authority, may sign, and has a key that the nine JWS algorithms take (RSA of at least 2048
bits, P-256, P-384, P-521); a chain holds at the time of registration (RFC 5280); no private key is taken.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, SECP521R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from ebl_service.domain.signing_certificate import SigningCertificate
from ebl_service.domain.terms import Seconds
from ebl_service.errors import InvalidRequest
from ebl_service.errors.trust import CertificateNotTrusted, NotACertificate

MOST_PEM = 64 * 1024
"""Characters."""
MOST_CERTIFICATES = 6
LEAST_RSA_BITS = 2048
SIGNING_CURVES = (SECP256R1, SECP384R1, SECP521R1)
PRIVATE = "PRIVATE KEY"
Kind = TypeVar("Kind", bound=x509.ExtensionType)


class Roots:
    """The authorities whose chains are trusted; none: every certificate must be pinned."""

    def __init__(self, pem: str = "") -> None:
        """`pem`: certificates of roots. Raises: NotACertificate."""
        self._roots = _certificates(pem, "A root") if pem.strip() else []

    @classmethod
    def of_file(cls, path: Path | None) -> "Roots":
        """Those in a PEM file; none where none is named. Raises: InvalidRequest."""
        if path is None:
            return cls()
        try:
            return cls(path.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError) as fault:
            raise InvalidRequest(f"Cannot read {path}: {fault}", {"file": str(path)}) from fault

    def registered(self, pem: str, now: Seconds, *, is_pinned: bool = False) -> SigningCertificate:
        """The certificate that `pem` begins with, trusted from `now` on: pinned, or by the chain to a root.

        Raises: NotACertificate, CertificateNotTrusted.
        """
        leaf, *above = _certificates(pem, "The certificate")
        _require_signer(leaf)
        begins, ends = (_seconds(at) for at in (leaf.not_valid_before_utc, leaf.not_valid_after_utc))
        if not begins <= now <= ends:
            told = f"{leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d}"
            raise CertificateNotTrusted(f"The certificate is valid from {told}, not now")
        if not is_pinned:
            self._require_chain(leaf, above, now)
        return SigningCertificate(
            fingerprint=_fingerprint(leaf),
            subject=leaf.subject.rfc4514_string(),
            chain="".join(each.public_bytes(Encoding.PEM).decode() for each in (leaf, *above)),
            valid_from=begins,
            valid_until=ends,
            registered_at=now,
            is_pinned=is_pinned,
        )

    def _require_chain(self, leaf: x509.Certificate, above: Sequence[x509.Certificate], now: Seconds) -> None:
        if not self._roots:
            raise CertificateNotTrusted("No root is configured here, so the certificate must be pinned")
        # What a signing certificate's extensions must say, web authorities do not define: `_require_signer` does.
        policies = {
            "ca_policy": ExtensionPolicy.webpki_defaults_ca(),
            "ee_policy": ExtensionPolicy.permit_all(),
        }
        builder = PolicyBuilder().store(Store(self._roots)).time(datetime.fromtimestamp(now, UTC))
        try:
            builder.extension_policies(**policies).build_client_verifier().verify(leaf, list(above))
        except VerificationError as fault:
            raise CertificateNotTrusted(f"The certificate does not lead to a trusted root: {fault}") from fault


def public_key_of(certificate: SigningCertificate) -> RSAPublicKey | EllipticCurvePublicKey:
    """Its key."""
    return _signing_key(x509.load_pem_x509_certificates(certificate.chain.encode())[0])


def _certificates(pem: str, what: str) -> list[x509.Certificate]:
    if len(pem) > MOST_PEM:
        raise NotACertificate(f"{what} has more than {MOST_PEM} characters", {"most_characters": MOST_PEM})
    if PRIVATE in pem:
        raise NotACertificate(f"{what} comes with a private key, which nobody else may have: replace that key")
    try:
        found = x509.load_pem_x509_certificates(pem.encode("ascii"))
    except ValueError as fault:
        raise NotACertificate(f"{what} is not X.509 in PEM: {fault}") from fault
    if len(found) > MOST_CERTIFICATES:
        raise NotACertificate(f"{what} comes in a chain of more than {MOST_CERTIFICATES}", {"most": MOST_CERTIFICATES})
    return found


def _require_signer(leaf: x509.Certificate) -> None:
    _signing_key(leaf)
    try:
        constraints = _extension(leaf, x509.BasicConstraints)
        usage = _extension(leaf, x509.KeyUsage)
    except (ValueError, x509.DuplicateExtension) as fault:
        raise NotACertificate(f"The certificate's extensions cannot be read: {fault}") from fault
    if constraints is not None and constraints.ca:
        raise NotACertificate("The certificate is an authority's, which signs certificates, not manifests")
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise NotACertificate("The certificate's key usage allows neither digitalSignature nor nonRepudiation")


def _signing_key(leaf: x509.Certificate) -> RSAPublicKey | EllipticCurvePublicKey:
    try:
        key = leaf.public_key()
    except ValueError as fault:
        raise NotACertificate(f"The certificate's key cannot be read: {fault}") from fault
    if isinstance(key, RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SIGNING_CURVES):
        return key
    raise NotACertificate("The certificate's key is neither RSA of at least 2048 bits nor P-256, P-384 or P-521")


def _extension(leaf: x509.Certificate, kind: type[Kind]) -> Kind | None:
    try:
        return leaf.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def _seconds(at: datetime) -> Seconds:
    return int(at.timestamp())

"""A JWS in compact form, and which of a carrier's certificates made it (RFC 7515, RFC 7518).

Leaves to others: what the payload must say (`domain.issuance_manifest`, `domain.custody`).

Rules kept
- The key is a registered one of the carrier's, never one that the JWS brings or points to: `jwk`, `jku`, `x5u`, `x5c`
  and `kid` are not looked at. `none` and HMAC are no algorithms here; a header that demands extensions (`crit`) is
  refused.
- A JWS has one form: base64url without padding and with no stray bits, so that a signed text that was changed anywhere
  is another text, and its digest can stand for it.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from ebl_service.domain.signing_certificate import SigningCertificate
from ebl_service.domain.terms import Seconds
from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.errors import InvalidRequest
from ebl_service.errors.trust import AlgorithmNotAllowed, MalformedSignature, SignatureNotCarriers
from ebl_service.trust.certificates import public_key_of

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
MOST_CHARACTERS = 64 * 1024
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class SignedText:
    """What a carrier signed. `digest`: SHA-256 of the compact JWS, 64 hexadecimal digits."""

    payload: dict[str, Any]
    digest: str
    certificate: SigningCertificate


def signed_text(compact: str, certificates: Iterable[SigningCertificate], received_at: Seconds) -> SignedText:
    """The JWS's payload, signed by the key of one of these certificates that counted when it was received.

    Raises: MalformedSignature, AlgorithmNotAllowed, SignatureNotCarriers; of the payload as `parsed`.
    """
    header, payload = _parts(compact)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise AlgorithmNotAllowed(f"The JWS names the algorithm {str(algorithm)[:20]!r}", {"alg": str(algorithm)[:20]})
    if "crit" in header:
        raise MalformedSignature("The JWS demands extensions (crit) that are not known here")
    counting = [each for each in certificates if each.counts_at(received_at)]
    signer = next((each for each in counting if _made_by(each, compact, algorithm)), None)
    if signer is None:
        raise SignatureNotCarriers(
            f"None of the carrier's {len(counting)} certificates that count made this signature",
            {"certificates": [each.fingerprint for each in counting]},
        )
    return SignedText(parsed(payload), hashlib.sha256(compact.encode()).hexdigest(), signer)


def _parts(compact: str) -> tuple[dict[str, Any], bytes]:
    if len(compact) > MOST_CHARACTERS:
        raise MalformedSignature(f"The JWS has more than {MOST_CHARACTERS} characters", {"most": MOST_CHARACTERS})
    match = _COMPACT.fullmatch(compact)
    if match is None:
        raise MalformedSignature("The text is not header, payload and signature in base64url, joined by dots")
    header, payload, _ = (_decoded(part) for part in match.groups())
    try:
        return parsed(header), payload
    except InvalidRequest as fault:
        raise MalformedSignature(f"The JWS's header is not one JSON object: {fault.message}") from fault


def _decoded(part: str) -> bytes:
    try:
        content = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as fault:
        raise MalformedSignature("A part of the JWS is not base64url") from fault
    if urlsafe_b64encode(content).rstrip(b"=").decode() != part:
        raise MalformedSignature("A part of the JWS has stray bits at its end")
    return content


def _made_by(certificate: SigningCertificate, compact: str, algorithm: str) -> bool:
    public = public_key_of(certificate)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key = RSAKey.import_key(pem) if isinstance(public, RSAPublicKey) else ECKey.import_key(pem)
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    registry.max_header_length = registry.max_payload_length = registry.max_signature_length = MOST_CHARACTERS
    try:
        jws.deserialize_compact(compact, key, registry=registry)
    except (JoseError, ValueError):
        return False
    return True


def sign_text(payload: dict[str, Any], private_pem: bytes, algorithm: str) -> str:
    """The compact JWS over `payload` by a private key in PEM: a carrier's side, for its tools and the demo.

    Raises: AlgorithmNotAllowed.
    """
    if algorithm not in ALGORITHMS:
        raise AlgorithmNotAllowed(f"{algorithm} is no algorithm for it", {"alg": algorithm})
    kind = RSAKey if algorithm.startswith(("RS", "PS")) else ECKey
    said = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS))
    return jws.serialize_compact({"alg": algorithm}, said, kind.import_key(private_pem), registry=registry)

"""Signs the requests that this service makes, so that a receiver knows them and their time (RFC 9421, RFC 9530).

    Content-Digest    SHA-256 of the body
    Signature-Input   what is covered: method, address, content digest, callback id; when; by which key
    Signature         ECDSA P-256 with SHA-256

Rules kept: what is covered is everything that a receiver acts on; `created` lets it refuse what is old; the key is the
service's own and is shown to nobody (its public half is).
"""

import hashlib
import os
import secrets
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ebl_service.domain.terms import Seconds
from ebl_service.errors import InvalidRequest
from ebl_service.private_file import read_private

ID = "EBL-Callback-Id"
_COVERED = ("@method", "@target-uri", "content-digest", ID.lower())
_WORD = 32


class RequestSigner:
    """The service's key for requests. `key_id`: SHA-256 of its public half, 16 hexadecimal digits."""

    def __init__(self, key: EllipticCurvePrivateKey) -> None:
        self._key = key
        public = key.public_key()
        self.public_pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key_id = hashlib.sha256(der).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"RequestSigner({self.key_id})"

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """The key in a PEM file, made there (for its owner only) where there is none.

        Raises: InvalidRequest, SecretExposed.
        """
        try:
            if not path.exists():
                _write(path, generate_private_key(SECP256R1()))
            key = load_pem_private_key(read_private(path), None)
        except (OSError, ValueError, TypeError) as fault:
            raise InvalidRequest(
                f"{path} cannot be read as a key: {type(fault).__name__}", {"file": str(path)}
            ) from fault
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise InvalidRequest(f"{path} holds no P-256 key", {"file": str(path)})
        return cls(key)

    def headers(self, method: str, url: str, body: bytes, callback_id: str, now: Seconds) -> Mapping[str, str]:
        """The headers of a signed request."""
        digest = f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"
        parameters = " ".join(f'"{name}"' for name in _COVERED)
        covered = f'({parameters});created={now};keyid="{self.key_id}";alg="ecdsa-p256-sha256"'
        values = (method, url, digest, callback_id)
        lines = [f'"{name}": {value}' for name, value in zip(_COVERED, values, strict=True)]
        text = "\n".join([*lines, f'"@signature-params": {covered}'])
        r, s = decode_dss_signature(self._key.sign(text.encode(), ECDSA(SHA256())))
        signature = b64encode(r.to_bytes(_WORD, "big") + s.to_bytes(_WORD, "big")).decode()
        return {
            ID: callback_id,
            "Content-Digest": digest,
            "Signature-Input": f"ebl={covered}",
            "Signature": f"ebl=:{signature}:",
        }


def _write(path: Path, key: EllipticCurvePrivateKey) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")  # a killed one's draft is in nobody's way
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process of this folder was first: its key serves
    finally:
        draft.unlink()

"""What a title holds of a transport document and of its number: digests that tell nothing without the bill's salt.

    checksum          SHA-256 of the document's canonical form (RFC 8785): DCSA's documentChecksum
    commitment        keccak-256 of salt and SHA-256 of the record (`record`)
    reference digest  keccak-256 of the bill's number and its salt, HMAC-SHA256(carrier's secret, number)

Rules kept: the JSON that was received is what is hashed, unknown properties included; the same number gives the same
reference digest for one carrier, so that it cannot be issued twice; numbers cannot be found by trying them; a number is
looked for and reserved whatever the case of its letters, by which people do not tell bills apart.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping

import rfc8785

from ebl_service.domain.keccak import keccak
from ebl_service.domain.terms import CertificateId, Digest, TitleId
from ebl_service.errors import InvalidRequest

SALT_BYTES = 32
_SAFE_INTEGER = 2**53 - 1

TransportDocument = Mapping[str, object]
"""As received: nothing added, dropped or put in another form."""


def canonical_form(content: TransportDocument) -> bytes:
    """The document in RFC 8785's one form. Raises: InvalidRequest where it has none (NaN, integers above 2^53)."""
    written: list[str] = []
    try:
        _write(content, written.append)
        return "".join(written).encode()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as fault:
        raise InvalidRequest(f"The document has no canonical form: {fault}") from fault


_text = json.JSONEncoder(ensure_ascii=False).encode
"""A text as RFC 8785 writes it (3.2.2.2): Python's own encoder escapes the same characters, and no others."""


def _write(value: object, write: Callable[[str], None]) -> None:
    """Numbers are rfc8785's; it writes texts with a call for each escape, which made 4 MiB of line ends cost 0.4 s."""
    if isinstance(value, str):
        write(_text(value))
    elif isinstance(value, Mapping):
        write("{")
        for at, key in enumerate(sorted(value, key=_utf_16)):
            write(f"{',' if at else ''}{_text(key)}:")
            _write(value[key], write)
        write("}")
    elif isinstance(value, list | tuple):
        write("[")
        for at, inner in enumerate(value):
            if at:
                write(",")
            _write(inner, write)
        write("]")
    elif type(value) is int and -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
        write(str(value))
    else:
        write(rfc8785.dumps(value).decode())  # type: ignore[arg-type]  # a fraction, a truth value or null


def _utf_16(key: str) -> bytes:
    """By which RFC 8785 (3.2.3) sorts keys."""
    return key.encode("utf-16-be")


def checksum(document: TransportDocument) -> str:
    """DCSA's documentChecksum: SHA-256 of the canonical form, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_form(document)).hexdigest()


def commitment(salt: bytes, record_bytes: bytes) -> Digest:
    """What the title holds of the record. `salt`: 32 bytes, the bill's own secret."""
    _check_salt(salt)
    return _keccak(salt + hashlib.sha256(record_bytes).digest())


def reference_salt(carrier_secret: bytes, reference: str) -> bytes:
    """The salt of a bill's number, 32 bytes, which only the carrier can make again."""
    return hmac.digest(carrier_secret, reference.encode(), "sha256")


def document_salt(
    secret: bytes, title_id: TitleId, document_checksum: str, certificate_id: CertificateId | None = None
) -> bytes:
    """The salt of a document's commitment, 32 bytes: the same document prepared again for one title has the same.

    `certificate_id`: of an insurance document; the same one prepared for another certificate has another salt.
    """
    owner = f"title {title_id}" + (f" and certificate {certificate_id}" if certificate_id else "")
    return hmac.digest(secret, f"salt of document {document_checksum} of {owner}".encode(), "sha256")


def reference_digest(reference: str, salt: bytes) -> Digest:
    """What the title's id is made with. `salt`: from `reference_salt`."""
    _check_salt(salt)
    return _keccak(reference.encode() + salt)


def number_salt(carrier_secret: bytes, reference: str) -> bytes:
    """The salt of a bill's number in the carrier's own lists, 32 bytes: one for all spellings in capitals and not."""
    return reference_salt(carrier_secret, reference.upper())


def number_digest(carrier_secret: bytes, reference: str) -> Digest:
    """By which a bill is found by its number and its number is reserved, whoever made the salt of its title."""
    return reference_digest(reference.upper(), number_salt(carrier_secret, reference))


def _check_salt(salt: bytes) -> None:
    if len(salt) != SALT_BYTES:
        raise InvalidRequest(f"A salt has {SALT_BYTES} bytes, not {len(salt)}")


def _keccak(content: bytes) -> Digest:
    return Digest("0x" + keccak(content).hex())

"""A document as it was received: its bytes, what they say, and the checksum of their canonical form.

Leaves to others: what the document must say (`check`), what a title keeps of it (`commitment`, `record`).

Rules kept: what is hashed is the JSON that was received, unknown properties and the order of arrays included; every
reader of the bytes sees the same document (RFC 7493): each key once, whole characters, numbers that a double holds.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from ebl_service.domain.strict_json import Reading
from ebl_service.domain.transport_document.commitment import canonical_form
from ebl_service.errors.documents import (
    DocumentTooDeep,
    DocumentTooLarge,
    NotADocument,
    NumberNotKept,
    RepeatedKey,
)

MOST_BYTES = 4 * 1024 * 1024
"""Some forty times the longest terms and conditions that the definition allows."""

MOST_DEPTH = 64
"""Objects and arrays in each other; the deepest field of the definition that does not repeat itself stands at 10."""

MOST_VALUES = 50_000
"""Texts, numbers, objects and arrays; a thousand containers with their goods take some 40,000."""

_DOCUMENT = Reading("document", NotADocument, RepeatedKey, DocumentTooDeep, NumberNotKept, MOST_DEPTH, MOST_VALUES)


@dataclass(frozen=True, slots=True)
class Received:
    """A document with the bytes that said it. `checksum`: DCSA's documentChecksum, 64 hexadecimal digits."""

    content: bytes = field(repr=False)
    document: dict[str, Any] = field(repr=False)
    canonical: bytes = field(repr=False)
    checksum: str


def received(content: bytes) -> Received:
    """The document that `content` says, kept byte for byte. Raises: as `parsed`."""
    document = parsed(content)
    canonical = canonical_form(document)
    return Received(content, document, canonical, hashlib.sha256(canonical).hexdigest())


def parsed(content: bytes) -> dict[str, Any]:
    """The JSON object in `content`, read strictly.

    Raises: NotADocument, RepeatedKey, LoneSurrogate, NumberNotKept, TooManyValues, DocumentTooLarge,
    DocumentTooDeep.
    """
    if len(content) > MOST_BYTES:
        raise DocumentTooLarge(f"The document has more than {MOST_BYTES} bytes", {"most_bytes": MOST_BYTES})
    said = _DOCUMENT.read(content)
    if not isinstance(said, dict):
        raise NotADocument("The document is not a JSON object")
    return said

"""Checks copies of bills for anybody: reads what a file shows, asks the titles, answers genuine, altered or unknown.

Leaves to others: the verdict itself (`domain.verification`), what a PDF of ours is made of (`printing.appendix`), where
titles are read (`services.indexed_titles`, `chain.title_reading`).

Rules kept: files are bounded before they are read, and read beside the event loop; a file without salt and record is
refused, whatever it is, so that nothing is found out by guessing; nothing of a file is kept or logged.
"""

import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field

from ebl_service.domain.terms import Address, TitleId
from ebl_service.domain.transport_document.canonical import parsed, received
from ebl_service.domain.transport_document.commitment import SALT_BYTES
from ebl_service.domain.transport_document.document_parties import issuer_codes
from ebl_service.domain.verification import Evidence, Finding, Titles, verify
from ebl_service.errors.documents import BadOpening, CopyTooLarge
from ebl_service.errors.requests import BadValue
from ebl_service.printing.appendix import is_pdf, parts_of
from ebl_service.services.bounded_work import untrusted

_WORD = re.compile(r"0x[0-9a-f]{64}")
MOST_BYTES = 12 * 1024 * 1024
"""Of a file: a print of the largest document that is taken, and its attachments."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a title, given beside a file. `salt`: 32 bytes; `record`: canonical JSON."""

    title_id: TitleId
    salt: bytes = field(repr=False)
    record: bytes = field(repr=False)

    @classmethod
    def read(cls, said: Mapping[str, str]) -> "Opening":
        """The opening that a file says by titleId, salt and record. Raises: BadOpening."""
        title_id, salt = said["titleId"].lower(), said["salt"].lower()
        if not _WORD.fullmatch(title_id) or not _WORD.fullmatch(salt):
            raise BadOpening("titleId and salt of an opening are 0x and 64 hexadecimal digits each")
        return cls(TitleId(title_id), bytes.fromhex(salt[2:]), said["record"].encode())


class Verification:
    """Checks copies against the titles of one ledger."""

    def __init__(self, titles: Titles, chain_id: int, registry: Address) -> None:
        self._titles = titles
        self._chain_id = chain_id
        self._registry = registry

    async def verify(self, content: bytes, opening: Opening | None = None) -> Finding:
        """The verdict over a file: a PDF of ours alone, or any PDF or document with its opening.

        Raises: BadOpening, CopyTooLarge; what `canonical.received` raises for a file that is no document.
        """
        return await self._found(await untrusted.run(evidence_of, content, opening))

    async def verify_text(self, base64: str, opening: Opening | None = None) -> Finding:
        """As `verify`, over a file in base64. Raises: as that; BadValue where it is not base64."""
        return await self._found(await untrusted.run(_evidence_of_text, base64, opening))

    async def _found(self, evidence: Evidence) -> Finding:
        return await verify(evidence, self._titles, self._chain_id, self._registry)


def _evidence_of_text(base64: str, opening: Opening | None) -> Evidence:
    try:
        content = b64decode(base64, validate=True)
    except ValueError as fault:  # binascii.Error among them
        raise BadValue(f"file: is not base64: {fault}", {"at": "file"}) from fault
    return evidence_of(content, opening)


def evidence_of(content: bytes, opening: Opening | None) -> Evidence:
    """What a file shows. Raises: as `Verification.verify`."""
    if len(content) > MOST_BYTES:
        raise CopyTooLarge(f"The file has more than {MOST_BYTES} bytes", {"most_bytes": MOST_BYTES})
    if opening is not None and len(opening.salt) != SALT_BYTES:
        raise BadOpening(f"A salt has {SALT_BYTES} bytes, not {len(opening.salt)}")
    if not is_pdf(content):
        if opening is None:
            raise BadOpening("A document is checked with its salt and record, and none were given")
        got = received(content)
        codes = issuer_codes(got.document)
        return Evidence(opening.title_id, opening.salt, opening.record, got.checksum, issuer_codes=codes)
    if opening is None:
        return _printed(content)
    digest = hashlib.sha256(content).hexdigest()
    try:
        printed = _printed(content)
    except BadOpening:  # the carrier's own picture, or the pages of a print without their appendix
        return Evidence(opening.title_id, opening.salt, opening.record, pictures=(digest,))
    return Evidence(
        opening.title_id,
        opening.salt,
        opening.record,
        printed.document_checksum,
        (digest, *printed.pictures),
        printed.is_whole and (printed.title_id, printed.salt) == (opening.title_id, opening.salt),
        printed.chain_id,
        printed.registry,
        printed.issuer_codes,
    )


def _printed(content: bytes) -> Evidence:
    parts = parts_of(content)
    return Evidence(
        parts.code.title_id,
        parts.code.salt,
        parts.record,
        # Of what is not whole nothing else counts, and its document may not even be one.
        # It is in canonical form where the file is whole, so that its digest is its checksum.
        hashlib.sha256(parts.document).hexdigest() if parts.is_whole else None,
        (parts.base_digest,),
        parts.is_whole,
        parts.code.chain_id,
        parts.code.registry,
        issuer_codes(parsed(parts.document)) if parts.is_whole else frozenset(),
    )

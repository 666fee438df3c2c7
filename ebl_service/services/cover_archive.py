"""Insurance documents and terms of sale, kept encrypted and read again by their commitment.

Left to others: what they must say (`services.insurance_desk`), who may read (`services.cover`).

Rules kept here
- A certificate's document is the one whose commitment equals the certificate's; what is opened is compared with it once
  more (SealBroken).
- What is answered is what was sent, byte for byte. Terms of sale are sealed like documents: they tell prices.
"""

import json
import secrets
from collections.abc import Iterable, Sequence

from ebl_service.domain.insurance_document.statement import TermsStatement
from ebl_service.domain.terms import Address, Digest, Seconds, TitleId
from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.domain.transport_document.commitment import SALT_BYTES, checksum, commitment
from ebl_service.domain.transport_document.record import read_record
from ebl_service.domain.transport_document.title_terms import Secrets
from ebl_service.errors.vault import KeyDestroyed, SealBroken
from ebl_service.services.covers import KeptCover, KeptTerms, PreparedCover
from ebl_service.services.drafts import DOCUMENT, OPENING
from ebl_service.store.documents import DocumentRow, Documents, owner_of
from ebl_service.store.insurance import Insurance, InsuranceRow, TermsRow
from ebl_service.vault.envelope import OwnersKey, Vault
from ebl_service.vault.master_keys import Wrapped

TERMS, SIGNATURE = "terms of sale", "signature"


class CoverArchive:
    """What is kept about cover."""

    def __init__(self, vault: Vault, documents: Documents, insurance: Insurance) -> None:
        self._vault = vault
        self._documents = documents
        self._insurance = insurance

    async def keep(self, prepared: Sequence[PreparedCover], now: Seconds) -> None:
        """Store these, encrypted, all or none; durable when this returns. Raises: LedgerUnavailable."""
        rows = []
        for made in prepared:
            opening = {
                "record": made.secrets.record.decode(),
                "salt": made.secrets.salt.hex(),
                "referenceSalt": made.secrets.reference_salt.hex(),
            }
            parts = {DOCUMENT: made.received.content, OPENING: json.dumps(opening).encode()}
            sealed = await self._sealed(made.commitment, made.title_id, made.insurer, now, parts)
            rows.append((sealed, InsuranceRow(made.commitment, made.certificate_id, made.title_id, made.insurer)))
        await self._insurance.add_documents(rows)

    async def kept(self, commitments: Iterable[Digest]) -> dict[Digest, KeptCover]:
        """Those of these insurance documents that are kept here. Raises: KeyDestroyed, SealBroken."""
        rows = await self._insurance.documents(commitments)
        sealed = await self._documents.many(rows, (DOCUMENT, OPENING))
        return {digest: await self._opened(rows[digest], sealed[digest]) for digest in rows}

    async def keep_terms(self, statement: TermsStatement, content: bytes, now: Seconds) -> None:
        """Store terms of sale as their giver signed them. Raises: LedgerUnavailable."""
        digest = commitment(secrets.token_bytes(SALT_BYTES), content)
        parts = {TERMS: content, SIGNATURE: statement.signature}
        sealed = await self._sealed(digest, statement.title_id, statement.signer, now, parts)
        await self._insurance.add_terms(sealed, TermsRow(digest, statement.title_id, statement.signer, now))

    async def terms(self, title_id: TitleId) -> KeptTerms | None:
        """The terms of sale that count for a title. Raises: KeyDestroyed, SealBroken."""
        row = await self._insurance.last_terms(title_id)
        if row is None:
            return None
        sealed = (await self._documents.many([row.commitment], (TERMS,)))[row.commitment]
        content = (await self._key(sealed)).open(TERMS, sealed.parts.get(TERMS, b""))
        return KeptTerms(parsed(content), row.account, row.given_at)

    async def _sealed(
        self, digest: Digest, title_id: TitleId, issuer: Address, now: Seconds, parts: dict[str, bytes]
    ) -> DocumentRow:
        key = await self._vault.new_key(owner_of(digest, title_id))
        sealed = {name: key.seal(name, content) for name, content in parts.items()}
        wrapped = key.wrapped
        return DocumentRow(digest, title_id, issuer, (), now, wrapped.master_key_id, wrapped.content, sealed)

    async def _opened(self, row: InsuranceRow, sealed: DocumentRow) -> KeptCover:
        key = await self._key(sealed)
        content = key.open(DOCUMENT, sealed.parts.get(DOCUMENT, b""))
        said = json.loads(key.open(OPENING, sealed.parts.get(OPENING, b"")))
        opened = Secrets(said["record"].encode(), *(bytes.fromhex(said[name]) for name in ("salt", "referenceSalt")))
        record, document = read_record(opened.record), parsed(content)
        is_its_own = commitment(opened.salt, opened.record) == row.commitment
        if not is_its_own or checksum(document) != record.document_checksum:
            raise SealBroken(f"What is kept as {sealed.owner} is another document", {"owner": sealed.owner})
        return KeptCover(
            row.commitment, row.certificate_id, row.title_id, row.insurer, content, document, record, opened
        )

    async def _key(self, row: DocumentRow) -> OwnersKey:
        if row.master_key_id is None or row.wrapped_key is None:
            raise KeyDestroyed(f"The key of {row.owner} was destroyed", {"title_id": row.title_id})
        return await self._vault.open_key(row.owner, Wrapped(row.master_key_id, row.wrapped_key))

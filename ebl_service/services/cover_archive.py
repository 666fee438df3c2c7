"""Insurance documents and terms of sale, kept encrypted and read again by their commitment.

Left to others: what they must say (`services.insurance_desk`), who may read (`services.cover`).

Rules kept here
- A certificate's document is the one whose commitment equals the certificate's; what is opened is compared with it once
  more (SealBroken).
- What is answered is what was sent, byte for byte. Terms of sale are sealed like documents: they tell prices.
"""

import secrets
from collections.abc import Iterable, Sequence

from ebl_service.domain.insurance_document.statement import TermsStatement
from ebl_service.domain.terms import Digest, Seconds, TitleId
from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.domain.transport_document.commitment import SALT_BYTES, commitment
from ebl_service.services.covers import KeptCover, KeptTerms, PreparedCover
from ebl_service.services.drafts import DOCUMENT, OPENING
from ebl_service.services.sealed_documents import key_of, opened, opening, sealed_row
from ebl_service.store.documents import DocumentRow, Documents
from ebl_service.store.insurance import Insurance, InsuranceRow, TermsRow
from ebl_service.vault.envelope import Vault

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
            parts = {DOCUMENT: made.received.content, OPENING: opening(made.secrets)}
            sealed = await sealed_row(self._vault, made.commitment, made.title_id, made.insurer, now, parts)
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
        sealed = await sealed_row(self._vault, digest, statement.title_id, statement.signer, now, parts)
        await self._insurance.add_terms(sealed, TermsRow(digest, statement.title_id, statement.signer, now))

    async def terms(self, title_id: TitleId) -> KeptTerms | None:
        """The terms of sale that count for a title. Raises: KeyDestroyed, SealBroken."""
        row = await self._insurance.last_terms(title_id)
        if row is None:
            return None
        sealed = (await self._documents.many([row.commitment], (TERMS,)))[row.commitment]
        content = (await key_of(self._vault, sealed)).open(TERMS, sealed.parts.get(TERMS, b""))
        return KeptTerms(parsed(content), row.account, row.given_at)

    async def _opened(self, row: InsuranceRow, sealed: DocumentRow) -> KeptCover:
        found = await opened(self._vault, sealed)
        about = (row.commitment, row.certificate_id, row.title_id, row.insurer)
        return KeptCover(*about, found.content, found.document, found.record, found.secrets)

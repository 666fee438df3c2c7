"""Insurance documents and terms of sale, kept encrypted and read again by what they belong to.

Left to others: what they must say (`services.insurance_desk`), who may read (`services.cover`).

Rules kept here
- A certificate's document is the one that was taken in for this certificate on this title, by its insurer; what is
  opened is compared with the certificate's commitment once more (SealBroken).
- What is answered is what was sent, byte for byte. Terms of sale are sealed like documents: they tell prices.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence

from ebl_service.domain.bindings import CoverBinding, DocumentBinding
from ebl_service.domain.insurance_document.statement import TermsStatement
from ebl_service.domain.terms import Seconds, TitleId
from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.domain.transport_document.commitment import SALT_BYTES, commitment
from ebl_service.services.covers import KeptCover, KeptTerms, PreparedCover
from ebl_service.services.drafts import DOCUMENT, OPENING
from ebl_service.services.sealed_documents import key_of, opened, opening, sealed_row
from ebl_service.store.documents import DocumentRow, Documents
from ebl_service.store.insurance import Insurance, TermsRow
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
            rows.append((await sealed_row(self._vault, made.binding.document, now, parts), made.binding))
        await self._insurance.add_documents(rows)

    async def kept(self, bindings: Iterable[CoverBinding]) -> dict[CoverBinding, KeptCover]:
        """Those of these insurance documents that are kept here. Raises: KeyDestroyed, SealBroken."""
        here = await self._insurance.documents(bindings)
        sealed = await self._documents.many((each.document for each in here), (DOCUMENT, OPENING))
        return {each: await self._opened(each, sealed[each.document]) for each in here if each.document in sealed}

    async def of_others(self, bindings: Iterable[CoverBinding]) -> Mapping[CoverBinding, CoverBinding]:
        """Those whose commitment is a copy of another certificate's, with that one's binding; nothing is opened."""
        return await self._insurance.of_others(bindings)

    async def keep_terms(self, statement: TermsStatement, content: bytes, now: Seconds) -> None:
        """Store terms of sale as their giver signed them. Raises: LedgerUnavailable."""
        digest = commitment(secrets.token_bytes(SALT_BYTES), content)
        binding = DocumentBinding(statement.title_id, digest, statement.signer)
        parts = {TERMS: content, SIGNATURE: statement.signature}
        sealed = await sealed_row(self._vault, binding, now, parts)
        await self._insurance.add_terms(sealed, TermsRow(binding, now))

    async def terms(self, title_id: TitleId, given_by: Seconds | None = None) -> KeptTerms | None:
        """The terms of sale that count for a title, or counted at a time. Raises: KeyDestroyed, SealBroken."""
        row = await self._insurance.last_terms(title_id, given_by)
        if row is None:
            return None
        sealed = (await self._documents.many([row.binding], (TERMS,)))[row.binding]
        content = (await key_of(self._vault, sealed)).open(TERMS, sealed.parts.get(TERMS, b""))
        return KeptTerms(parsed(content), row.binding.given_by, row.given_at)

    async def _opened(self, binding: CoverBinding, sealed: DocumentRow) -> KeptCover:
        found = await opened(self._vault, sealed)
        return KeptCover(binding, sealed.prepared_at, found.content, found.document, found.record, found.secrets)

"""Documents: prepared and kept, and read again by the title that stands for them.

Left to others: the checks (`services.preparation`), the act that issues (`services.issue_gate`), who may read
(`services.rights`), changes between versions (`services.amendments`).

Rules kept here
- A title's document is the one that was taken in for this very title, by its carrier, and that its commitment opens. A
  title with a copy of another's commitment has no document.
- What is answered is what was sent, byte for byte; what was altered at rest is not answered at all (SealBroken), and
  what is opened is compared with its commitment once more.
- A document whose act is never signed does no harm: nobody can reach it by a title.
"""

import asyncio
import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.terms import Address, Digest, Seconds, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors import LedgerUnavailable, NotFound
from ebl_service.errors.vault import KeyDestroyed, SealBroken
from ebl_service.services.drafts import (
    CARRIERS_PICTURE,
    DOCUMENT,
    MANIFEST,
    OPENING,
    PICTURE,
    Draft,
    Kept,
    OldTitle,
    Prepared,
)
from ebl_service.services.policy import Clock, Failpoint, no_failpoint, wall_clock
from ebl_service.services.preparation import Preparation
from ebl_service.services.sealed_documents import key_of, opened, opening, sealed_row
from ebl_service.store import documents as rows
from ebl_service.store.documents import DocumentRow
from ebl_service.store.history import History
from ebl_service.vault.envelope import OwnersKey, Vault

log = logging.getLogger(__name__)


class Documents:
    """The door for documents, and what is kept behind it."""

    def __init__(
        self,
        preparation: Preparation,
        vault: Vault,
        store: rows.Documents,
        history: History,
        clock: Clock = wall_clock,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._preparation = preparation
        self._vault = vault
        self._store = store
        self._history = history
        self._clock = clock
        self._failpoint = failpoint

    async def prepare(self, draft: Draft, old: Sequence[OldTitle] = ()) -> Prepared:
        """Check a draft and make its title's particulars; nothing is kept. Raises: as `Preparation.prepare`."""
        cursor = await self._history.cursor()
        if cursor is None:
            raise LedgerUnavailable("The index has not read its first block yet.")
        return await self._preparation.prepare(draft, cursor.time, old)

    async def keep(self, prepared: Sequence[tuple[Draft, Prepared]], replaces: Sequence[TitleId] = ()) -> None:
        """Store what was prepared, encrypted, all or none; durable when this returns. Raises: LedgerUnavailable."""
        now = self._clock()
        sealed = [await self._sealed(draft, made, tuple(replaces), now) for draft, made in prepared]
        await self._store.add(sealed)
        self._failpoint("documents.kept")

    async def kept(self, title: Title) -> Kept:
        """The document that this title stands for. Raises: NotFound, KeyDestroyed, SealBroken."""
        binding = DocumentBinding.of(title)
        found = await self.many([binding])
        if binding not in found:
            raise no_document(title.title_id)
        return found[binding]

    async def many(self, bindings: Iterable[DocumentBinding]) -> dict[DocumentBinding, Kept]:
        """Those of these documents that are kept here. Raises: KeyDestroyed, SealBroken."""
        found = await self._store.many(bindings, (DOCUMENT, OPENING))
        return {binding: await self._opened(row) for binding, row in found.items()}

    async def of_others(self, bindings: Iterable[DocumentBinding]) -> Mapping[DocumentBinding, DocumentBinding]:
        """Those whose commitment is a copy of another title's document, with that one's binding; nothing is opened."""
        return await self._store.of_others(bindings)

    async def of_number(self, carrier: Address, number: Digest) -> list[Title]:
        """The carrier's titles of this number whose documents are kept here, whoever made the number's salt.

        `number`: its digest under the salt that this service derives.
        """
        documents = await self._store.of_number(carrier, number)
        titles = await self._history.titles.many({each.title_id for each in documents})
        return [title for title in titles.values() if DocumentBinding.of(title) in documents]

    async def of_numbers(self, numbers: Mapping[Address, Digest]) -> set[DocumentBinding]:
        """The documents of these carriers' numbers, each bound to the title, issued or not, it was prepared for."""
        return await self._store.of_numbers(numbers)

    async def numbers(self, titles: Iterable[Title]) -> dict[TitleId, str]:
        """The numbers of those of these titles' bills whose documents are kept here and can be opened."""
        rows = await self._store.many([DocumentBinding.of(title) for title in titles], (DOCUMENT,))
        found = {binding.title_id: await self._number(row) for binding, row in rows.items()}
        return {title_id: number for title_id, number in found.items() if number is not None}

    async def _number(self, row: DocumentRow) -> str | None:
        try:
            key = await key_of(self._vault, row)
            number = await asyncio.to_thread(_number_in, key, row.parts[DOCUMENT])
        except KeyDestroyed:
            return None
        except SealBroken:
            log.exception("the document of title %s does not open", row.binding.title_id)
            return None
        return number

    async def prepared_for(self, numbers: Mapping[Address, Digest]) -> set[TitleId]:
        """The titles, issued or not, that documents of these numbers, by carrier, were prepared for: as `of_number`."""
        return {each.title_id for each in await self.of_numbers(numbers)}

    async def part(self, title: Title, names: Collection[str]) -> dict[str, bytes]:
        """Those parts of the title's document that there are. Raises: as `kept`."""
        binding = DocumentBinding.of(title)
        row = (await self._store.many([binding], names)).get(binding)
        if row is None:
            raise no_document(title.title_id)
        key = await key_of(self._vault, row)
        return {name: key.open(name, sealed) for name, sealed in row.parts.items()}

    async def old_titles(self, title_ids: Sequence[TitleId]) -> tuple[OldTitle, ...]:
        """Titles that are to be replaced, with their documents where they are here. Raises: NotFound."""
        titles = await self._history.titles.many(title_ids)
        for title_id in title_ids:
            if title_id not in titles:
                raise NotFound(f"There is no title {title_id}.", {"title_id": title_id})
        found = await self.many(DocumentBinding.of(title) for title in titles.values())
        return tuple(_old(title, found.get(DocumentBinding.of(title))) for title in map(titles.__getitem__, title_ids))

    async def _sealed(self, draft: Draft, made: Prepared, replaces: tuple[TitleId, ...], now: Seconds) -> DocumentRow:
        parts = {
            DOCUMENT: made.received.content,
            OPENING: opening(made.secrets, holder=made.holder),
            PICTURE: made.picture,
            CARRIERS_PICTURE: draft.picture,
            MANIFEST: draft.manifest.encode() if draft.manifest else None,
        }
        row = await sealed_row(self._vault, made.binding, now, parts, replaces)
        return replace(row, number=made.number)

    async def _opened(self, row: DocumentRow) -> Kept:
        found = await opened(self._vault, row)
        return Kept(
            commitment=row.binding.commitment,
            title_id=row.binding.title_id,
            carrier=row.binding.given_by,
            replaces=row.replaces,
            prepared_at=row.prepared_at,
            content=found.content,
            document=found.document,
            record=found.record,
            secrets=found.secrets,
            holder=Address(found.said["holder"]) if found.said["holder"] else None,
            number=row.number,
        )


def _number_in(key: OwnersKey, sealed: bytes) -> str | None:
    number = json.loads(key.open(DOCUMENT, sealed)).get("transportDocumentReference")
    return number if isinstance(number, str) else None


def no_document(title_id: TitleId) -> NotFound:
    """There is no document of this title here."""
    return NotFound(f"The document of title {title_id} is not kept here.", {"title_id": title_id})


def _old(title: Title, kept: Kept | None) -> OldTitle:
    if kept is None:
        return OldTitle(title, None, None)
    return OldTitle(title, kept.document, kept.secrets)

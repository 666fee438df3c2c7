"""Documents at rest: one row for each that was prepared, keyed by its title and commitment, and its sealed parts.

Left to others: sealing and opening (`vault`), what a document must be (`services.documents`), master keys
(`store.sealed_keys`), destroying keys (`store.holds`).

Rules kept here
- A row is looked up by its whole binding (title, commitment, who gave it) or by its carrier's number, in no other way:
  a commitment is public, and a copy of it opens nothing.
- A row is written whole, key and all parts in one transaction; the same document prepared again is the same row.
- Nothing is overwritten: a part never changes once it is there.
- The store sees what is sealed, never what it says.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.terms import Address, Digest, Seconds, TitleId
from ebl_service.store.database import Database
from ebl_service.store.document_tables import document_parts, documents
from ebl_service.store.titles import portions


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as stored. `replaces`: the titles it was prepared to take the place of.

    `number`: the digest of the bill's number under the salt that this service derives, whichever the title has.
    `master_key_id`, `wrapped_key`: its key, None once destroyed. `parts`: sealed content by name, those asked for.
    """

    binding: DocumentBinding
    replaces: tuple[TitleId, ...]
    prepared_at: Seconds
    master_key_id: str | None
    wrapped_key: bytes | None = field(repr=False)
    parts: Mapping[str, bytes] = field(repr=False)
    number: Digest | None = None


class Documents:
    """Writes and reads documents' rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, rows: Sequence[DocumentRow]) -> None:
        """Store these, all or none; what is stored already stays as it is."""
        async with self._database.writing() as connection:
            for row in rows:
                await add_row(self._database, connection, row)

    async def many(
        self, bindings: Iterable[DocumentBinding], parts: Collection[str] = ()
    ) -> dict[DocumentBinding, DocumentRow]:
        """Those of these documents that are here, with these of their parts."""
        columns, found = documents.c, dict[DocumentBinding, DocumentRow]()
        whole = tuple_(columns.title_id, columns.commitment, columns.given_by)
        async with self._database.reading() as connection:
            for some in portions(bindings):
                query = select(documents).where(whole.in_(some))
                here = {_binding(row): row for row in await connection.execute(query)}
                sealed = await _parts(connection, here, parts) if here and parts else {}
                found |= {binding: _row(row, sealed.get(binding, {})) for binding, row in here.items()}
        return found

    async def of_number(self, carrier: Address, number: Digest) -> set[DocumentBinding]:
        """The documents of a carrier's bill of this number, each with the title that it was prepared for."""
        return await self.of_numbers({carrier: number})

    async def of_numbers(self, numbers: Mapping[Address, Digest]) -> set[DocumentBinding]:
        """The documents of each of these carriers' bills that has this number."""
        columns, found = documents.c, set[DocumentBinding]()
        called = tuple_(columns.given_by, columns.number)
        async with self._database.reading() as connection:
            for some in portions(numbers.items()):
                query = select(columns.title_id, columns.commitment, columns.given_by).where(called.in_(some))
                found |= {_binding(row) for row in await connection.execute(query)}
        return found

    async def of_others(self, bindings: Iterable[DocumentBinding]) -> dict[DocumentBinding, DocumentBinding]:
        """Those whose commitment a document of another title, or by another, has: with that one's binding.

        It says whose a document is, and opens none.
        """
        listed, columns = sorted(set(bindings)), documents.c
        others: list[DocumentBinding] = []
        async with self._database.reading() as connection:
            for some in portions(each.commitment for each in listed):
                query = select(columns.title_id, columns.commitment, columns.given_by)
                others += [_binding(row) for row in await connection.execute(query.where(columns.commitment.in_(some)))]
        found = {each: [o for o in others if o != each and o.commitment == each.commitment] for each in listed}
        return {each: min(several) for each, several in found.items() if several}


async def _parts(
    connection: AsyncConnection, bindings: Iterable[DocumentBinding], parts: Collection[str]
) -> dict[DocumentBinding, dict[str, bytes]]:
    columns = document_parts.c
    by_key = {(each.title_id, each.commitment): each for each in bindings}
    these = tuple_(columns.title_id, columns.commitment).in_(list(by_key))
    sealed: dict[DocumentBinding, dict[str, bytes]] = {}
    for row in await connection.execute(select(document_parts).where(these, columns.part.in_(set(parts)))):
        sealed.setdefault(by_key[row.title_id, row.commitment], {})[row.part] = row.sealed
    return sealed


async def add_row(database: Database, connection: AsyncConnection, row: DocumentRow) -> None:
    """Store a document within a transaction; what is stored already stays as it is."""
    insert = (sqlite if database.is_sqlite else postgresql).insert
    new = insert(documents).values(_values(row)).on_conflict_do_nothing(index_elements=["title_id", "commitment"])
    if (await connection.execute(new)).rowcount == 1:
        key = {"title_id": row.binding.title_id, "commitment": row.binding.commitment}
        parts = [key | {"part": name, "sealed": sealed} for name, sealed in row.parts.items()]
        await connection.execute(document_parts.insert(), parts)


def _values(row: DocumentRow) -> dict[str, Any]:
    return {
        **row.binding._asdict(),
        "number": row.number,
        "replaces": json.dumps(row.replaces) if row.replaces else None,
        "prepared_at": row.prepared_at,
        "master_key_id": row.master_key_id,
        "wrapped_key": row.wrapped_key,
    }


def _row(row: Any, parts: Mapping[str, bytes]) -> DocumentRow:
    return DocumentRow(
        binding=_binding(row),
        replaces=tuple(json.loads(row.replaces)) if row.replaces else (),
        prepared_at=row.prepared_at,
        master_key_id=row.master_key_id,
        wrapped_key=row.wrapped_key,
        parts=parts,
        number=row.number,
    )


def _binding(row: Any) -> DocumentBinding:
    return DocumentBinding(TitleId(row.title_id), Digest(row.commitment), Address(row.given_by))

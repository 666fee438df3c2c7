"""Documents at rest: one row for each that was prepared, keyed by the commitment of its title, and its sealed parts.

Left to others: sealing and opening (`vault`), what a document must be (`services.documents`), master keys
(`store.sealed_keys`), destroying keys (`store.holds`).

Rules kept here
- A row is written whole, key and all parts in one transaction; the same document prepared again is the same row.
- Nothing is overwritten: a part never changes once it is there.
- The store sees what is sealed, never what it says.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.terms import Address, Digest, Seconds, TitleId
from ebl_service.store.database import Database
from ebl_service.store.document_tables import document_parts, documents

DIGESTS_AT_ONCE = 500
"""Most commitments in one query."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as stored. `replaces`: the titles it was prepared to take the place of.

    `number`: the digest of the bill's number under the salt that this service derives, whichever the title has.
    `given_by`: a bill's carrier, a certificate's insurer, who signed terms of sale.
    `master_key_id`, `wrapped_key`: its key, None once destroyed. `parts`: sealed content by name, those asked for.
    """

    commitment: Digest
    title_id: TitleId
    given_by: Address
    replaces: tuple[TitleId, ...]
    prepared_at: Seconds
    master_key_id: str | None
    wrapped_key: bytes | None = field(repr=False)
    parts: Mapping[str, bytes] = field(repr=False)
    number: Digest | None = None

    @property
    def owner(self) -> str:
        """What its key is bound to."""
        return owner_of(self.commitment, self.title_id)


def owner_of(commitment: Digest, title_id: TitleId) -> str:
    """The identity of a document's row, as its key is bound to it."""
    return f"document {commitment} of title {title_id}"


class Documents:
    """Writes and reads documents' rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, rows: Sequence[DocumentRow]) -> None:
        """Store these, all or none; what is stored already stays as it is."""
        async with self._database.writing() as connection:
            for row in rows:
                await add_row(self._database, connection, row)

    async def many(self, commitments: Iterable[Digest], parts: Collection[str] = ()) -> dict[Digest, DocumentRow]:
        """Those of these documents that are here, with these of their parts."""
        listed = sorted(set(commitments))
        found: dict[Digest, DocumentRow] = {}
        async with self._database.reading() as connection:
            for start in range(0, len(listed), DIGESTS_AT_ONCE):
                some = listed[start : start + DIGESTS_AT_ONCE]
                sealed: dict[str, dict[str, bytes]] = {}
                if parts:
                    columns = document_parts.c
                    query = select(document_parts).where(columns.commitment.in_(some), columns.part.in_(set(parts)))
                    for each in await connection.execute(query):
                        sealed.setdefault(each.commitment, {})[each.part] = each.sealed
                for row in await connection.execute(select(documents).where(documents.c.commitment.in_(some))):
                    found[Digest(row.commitment)] = _row(row, sealed.get(row.commitment, {}))
        return found

    async def of_number(self, carrier: Address, number: Digest) -> dict[Digest, TitleId]:
        """The documents of a carrier's bill of this number, each with the title that it was prepared for."""
        columns = documents.c
        called = (columns.given_by == carrier, columns.number == number)
        query = select(columns.commitment, columns.title_id).where(*called)
        async with self._database.reading() as connection:
            return {Digest(row.commitment): TitleId(row.title_id) for row in await connection.execute(query)}


async def add_row(database: Database, connection: AsyncConnection, row: DocumentRow) -> None:
    """Store a document within a transaction; what is stored already stays as it is."""
    insert = (sqlite if database.is_sqlite else postgresql).insert
    new = insert(documents).values(_values(row)).on_conflict_do_nothing(index_elements=["commitment"])
    if (await connection.execute(new)).rowcount == 1:
        parts = [{"commitment": row.commitment, "part": name, "sealed": sealed} for name, sealed in row.parts.items()]
        await connection.execute(document_parts.insert(), parts)


def _values(row: DocumentRow) -> dict[str, Any]:
    return {
        "commitment": row.commitment,
        "title_id": row.title_id,
        "given_by": row.given_by,
        "number": row.number,
        "replaces": json.dumps(row.replaces) if row.replaces else None,
        "prepared_at": row.prepared_at,
        "master_key_id": row.master_key_id,
        "wrapped_key": row.wrapped_key,
    }


def _row(row: Any, parts: Mapping[str, bytes]) -> DocumentRow:
    return DocumentRow(
        commitment=Digest(row.commitment),
        title_id=TitleId(row.title_id),
        given_by=Address(row.given_by),
        replaces=tuple(json.loads(row.replaces)) if row.replaces else (),
        prepared_at=row.prepared_at,
        master_key_id=row.master_key_id,
        wrapped_key=row.wrapped_key,
        parts=parts,
        number=row.number,
    )

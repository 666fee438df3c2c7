"""What stands behind certificates: which sealed document is whose, the terms of a title's sale, what was waived.

Left to others: the sealed rows themselves (`store.documents`), what they say (`services.insurance_desk`).

Rules kept here
- A document and what it is for are written in one transaction, or not at all; nothing is overwritten.
- Of a title's terms of sale the ones given last count; the ones before stay on record.
- A waiver is an account's, of one rule, for one document.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.terms import Address, CertificateId, Digest, Seconds, TitleId
from ebl_service.store.database import Database
from ebl_service.store.documents import DocumentRow, add_row
from ebl_service.store.insurance_tables import insurance_documents, terms_of_sale, waivers
from ebl_service.store.tables import titles


@dataclass(frozen=True, slots=True)
class InsuranceRow:
    """An insurance document, by the commitment of its certificate."""

    commitment: Digest
    certificate_id: CertificateId
    title_id: TitleId
    insurer: Address


@dataclass(frozen=True, slots=True)
class TermsRow:
    """Terms of sale that `account` signed. `given_at`: seconds since 1970."""

    commitment: Digest
    title_id: TitleId
    account: Address
    given_at: Seconds


@dataclass(frozen=True, slots=True)
class Waiver:
    """That `account` takes the document though it breaks `rule`."""

    commitment: Digest
    rule: str
    account: Address
    waived_at: Seconds


class Insurance:
    """Writes and reads these rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_documents(self, rows: Sequence[tuple[DocumentRow, InsuranceRow]]) -> None:
        """Store these, all or none; what is stored already stays as it is."""
        async with self._database.writing() as connection:
            for sealed, row in rows:
                await add_row(self._database, connection, sealed)
                await self._insert(connection, insurance_documents, row)

    async def add_terms(self, sealed: DocumentRow, row: TermsRow) -> None:
        """Store terms of sale."""
        async with self._database.writing() as connection:
            await add_row(self._database, connection, sealed)
            await self._insert(connection, terms_of_sale, row)

    async def add_waiver(self, waiver: Waiver) -> None:
        """Note a waiver; the first of its kind stays."""
        async with self._database.writing() as connection:
            await self._insert(connection, waivers, waiver)

    async def documents(self, commitments: Iterable[Digest]) -> dict[Digest, InsuranceRow]:
        """Those of these insurance documents that are here."""
        columns = insurance_documents.c
        query = select(insurance_documents).where(columns.commitment.in_(set(commitments)))
        async with self._database.reading() as connection:
            rows = [InsuranceRow(*row) for row in await connection.execute(query)]
        return {row.commitment: row for row in rows}

    async def last_terms(self, title_id: TitleId) -> TermsRow | None:
        """The terms of sale that count for a title."""
        columns = terms_of_sale.c
        query = select(terms_of_sale).where(columns.title_id == title_id)
        newest = query.order_by(columns.given_at.desc(), columns.commitment).limit(1)
        async with self._database.reading() as connection:
            row = (await connection.execute(newest)).one_or_none()
        return TermsRow(*row) if row is not None else None

    async def sold_since(self, entitled: Address, given_at: Seconds, after: str, most: int) -> list[TitleId]:
        """At most so many titles with ids above `after` under which a party is entitled, sold then or later, by id."""
        columns = terms_of_sale.c
        query = select(columns.title_id).distinct().join(titles, titles.c.title_id == columns.title_id)
        query = query.where(columns.given_at >= given_at, titles.c.entitled == entitled, columns.title_id > after)
        async with self._database.reading() as connection:
            found = await connection.execute(query.order_by(columns.title_id).limit(most))
            return [TitleId(each) for each in found.scalars()]

    async def waivers(self, commitment: Digest) -> tuple[Waiver, ...]:
        """What was waived of a document, the first waived first."""
        columns = waivers.c
        query = select(waivers).where(columns.commitment == commitment)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(columns.waived_at, columns.rule, columns.account))
            return tuple(Waiver(*row) for row in rows)

    async def _insert(self, connection: AsyncConnection, table: Table, row: Any) -> None:
        values = {name: getattr(row, name) for name in row.__dataclass_fields__}
        new = (sqlite if self._database.is_sqlite else postgresql).insert(table)
        await connection.execute(new.values(values).on_conflict_do_nothing())

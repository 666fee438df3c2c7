"""What stands behind certificates: which sealed document is whose, the terms of a title's sale, what was waived.

Left to others: the sealed rows themselves (`store.documents`), what they say (`services.insurance_desk`).

Rules kept here
- A document is looked up by its whole binding: certificate, title, commitment and insurer.
- A document and what it is for are written in one transaction, or not at all; nothing is overwritten.
- Of a title's terms of sale the ones given last count; the ones before stay on record.
- A waiver is an account's, of one rule, for one document.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.bindings import CoverBinding, DocumentBinding
from ebl_service.domain.terms import Address, CertificateId, Digest, Seconds, TitleId
from ebl_service.store.database import Database
from ebl_service.store.documents import DocumentRow, add_row
from ebl_service.store.insurance_tables import insurance_documents, terms_of_sale, waivers
from ebl_service.store.tables import titles
from ebl_service.store.titles import portions


@dataclass(frozen=True, slots=True)
class TermsRow:
    """Terms of sale, bound to the party that signed them. `given_at`: seconds since 1970."""

    binding: DocumentBinding
    given_at: Seconds


@dataclass(frozen=True, slots=True)
class Waiver:
    """That `account` takes the document though it breaks `rule`."""

    binding: CoverBinding
    rule: str
    account: Address
    waived_at: Seconds


class Insurance:
    """Writes and reads these rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_documents(self, rows: Sequence[tuple[DocumentRow, CoverBinding]]) -> None:
        """Store these, all or none; what is stored already stays as it is."""
        async with self._database.writing() as connection:
            for sealed, binding in rows:
                await add_row(self._database, connection, sealed)
                await self._insert(connection, insurance_documents, binding._asdict())

    async def add_terms(self, sealed: DocumentRow, row: TermsRow) -> None:
        """Store terms of sale."""
        async with self._database.writing() as connection:
            await add_row(self._database, connection, sealed)
            title_id, commitment, account = row.binding
            values = {"title_id": title_id, "commitment": commitment, "account": account, "given_at": row.given_at}
            await self._insert(connection, terms_of_sale, values)

    async def add_waiver(self, waiver: Waiver) -> None:
        """Note a waiver; the first of its kind stays."""
        async with self._database.writing() as connection:
            values = {name: value for name, value in waiver.binding._asdict().items() if name != "insurer"}
            values |= {"rule": waiver.rule, "account": waiver.account, "waived_at": waiver.waived_at}
            await self._insert(connection, waivers, values)

    async def documents(self, bindings: Iterable[CoverBinding]) -> set[CoverBinding]:
        """Those of these insurance documents that are here."""
        columns, found = insurance_documents.c, set[CoverBinding]()
        whole = tuple_(columns.certificate_id, columns.title_id, columns.commitment, columns.insurer)
        async with self._database.reading() as connection:
            for some in portions(bindings):
                query = select(insurance_documents).where(whole.in_(some))
                found |= {_binding(row) for row in await connection.execute(query)}
        return found

    async def of_others(self, bindings: Iterable[CoverBinding]) -> dict[CoverBinding, CoverBinding]:
        """Those whose commitment an insurance document of another certificate, title or insurer has: with its binding.

        It says whose a document is, and opens none.
        """
        listed, columns = sorted(set(bindings)), insurance_documents.c
        others: list[CoverBinding] = []
        async with self._database.reading() as connection:
            for some in portions(each.commitment for each in listed):
                query = select(insurance_documents).where(columns.commitment.in_(some))
                others += [_binding(row) for row in await connection.execute(query)]
        found = {each: [o for o in others if o != each and o.commitment == each.commitment] for each in listed}
        return {each: min(several) for each, several in found.items() if several}

    async def last_terms(self, title_id: TitleId, given_by: Seconds | None = None) -> TermsRow | None:
        """The terms of sale that count for a title; `given_by`: those that counted then."""
        columns = terms_of_sale.c
        query = select(terms_of_sale).where(columns.title_id == title_id)
        if given_by is not None:
            query = query.where(columns.given_at <= given_by)
        newest = query.order_by(columns.given_at.desc(), columns.commitment).limit(1)
        async with self._database.reading() as connection:
            row = (await connection.execute(newest)).one_or_none()
        if row is None:
            return None
        binding = DocumentBinding(TitleId(row.title_id), Digest(row.commitment), Address(row.account))
        return TermsRow(binding, row.given_at)

    async def sold_since(self, entitled: Address, given_at: Seconds, after: str, most: int) -> list[TitleId]:
        """At most so many titles with ids above `after` under which a party is entitled, sold then or later, by id."""
        columns = terms_of_sale.c
        query = select(columns.title_id).distinct().join(titles, titles.c.title_id == columns.title_id)
        query = query.where(columns.given_at >= given_at, titles.c.entitled == entitled, columns.title_id > after)
        async with self._database.reading() as connection:
            found = await connection.execute(query.order_by(columns.title_id).limit(most))
            return [TitleId(each) for each in found.scalars()]

    async def waivers(self, binding: CoverBinding) -> tuple[Waiver, ...]:
        """What was waived of a document, the first waived first."""
        columns = waivers.c
        on = [columns[name] == value for name, value in binding._asdict().items() if name != "insurer"]
        query = select(waivers).where(*on)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(columns.waived_at, columns.rule, columns.account))
            return tuple(Waiver(binding, row.rule, Address(row.account), row.waived_at) for row in rows)

    async def _insert(self, connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> None:
        new = (sqlite if self._database.is_sqlite else postgresql).insert(table)
        await connection.execute(new.values(values).on_conflict_do_nothing())


def _binding(row: Any) -> CoverBinding:
    ids = (CertificateId(row.certificate_id), TitleId(row.title_id))
    return CoverBinding(*ids, Digest(row.commitment), Address(row.insurer))

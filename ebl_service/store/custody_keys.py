"""Which account was made in custody for a party that is being taken in, by the party's codes.

Left to others: the keys (`wallet.custodian`), mandates and uses (`store.custody`).

Rules kept: a code has one account made for it, whatever is tried again or at once; a row is never changed.
"""

from collections.abc import Collection

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from ebl_service.domain.terms import Address, Seconds
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.store.database import Database
from ebl_service.store.platform_tables import custody_keys


class CustodyKeys:
    """Writes and reads accounts by code."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accounts(self, codes: Collection[Code]) -> set[Address]:
        """The accounts that were made for these codes."""
        columns = custody_keys.c
        query = select(columns.account).where(tuple_(columns.provider, columns.code).in_(list(codes)))
        async with self._database.reading() as connection:
            return {Address(account) for account in await connection.scalars(query)}

    async def keep(self, account: Address, codes: Collection[Code], now: Seconds) -> None:
        """Record that this account was made for these codes; a code that has an account keeps that one."""
        rows = [{"provider": provider, "code": code, "account": account, "made_at": now} for provider, code in codes]
        new = (sqlite if self._database.is_sqlite else postgresql).insert(custody_keys)
        async with self._database.writing() as connection:
            await connection.execute(new.on_conflict_do_nothing(), rows)

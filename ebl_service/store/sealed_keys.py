"""Which master keys the database was written under, and keys that are kept wrapped: carriers' secrets.

Left to others: wrapping (`vault`), documents' own keys (`store.documents`), rotation's course (`services.key_keeping`).

Rules kept here
- A master key's check value is written before anything is wrapped under it, so that another key of the same name is
  found out at the next start.
- A carrier's secret is made once; of two that are made at once the first stays, and both get that.
- Re-wrapping replaces exactly what was read; nothing is lost where it is broken off.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Table, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.terms import Address, Digest, Seconds, TitleId
from ebl_service.store.database import Database
from ebl_service.store.document_tables import carrier_secrets, documents, master_keys
from ebl_service.store.titles import portions


@dataclass(frozen=True, slots=True)
class WrappedRow:
    """A wrapped key where it is stored. `owner`: what it is bound to; `row`: its row's key, by column."""

    owner: str
    row: Mapping[str, str]
    master_key_id: str
    content: bytes = field(repr=False)


def secret_owner(account: Address) -> str:
    """What a carrier's secret is bound to."""
    return f"secret of carrier {account}"


class SealedKeys:
    """Reads and writes wrapped keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check_values(self) -> dict[str, bytes]:
        """Check value of every master key that something may be wrapped under."""
        async with self._database.reading() as connection:
            return {row.master_key_id: row.check_value for row in await connection.execute(select(master_keys))}

    async def remember(self, master_key_id: str, check_value: bytes, now: Seconds) -> None:
        """Put a master key in use."""
        values = {"master_key_id": master_key_id, "check_value": check_value, "used_since": now}
        await self._insert(master_keys, values, "master_key_id")

    async def forget_unused(self, current: str) -> list[str]:
        """Take out of use every master key but `current` that nothing is wrapped under; their ids."""
        key = master_keys.c.master_key_id
        unused = (
            ~exists().where(documents.c.master_key_id == key),
            ~exists().where(carrier_secrets.c.master_key_id == key),
        )
        async with self._database.writing() as connection:
            gone = await connection.execute(master_keys.delete().where(key != current, *unused).returning(key))
            return sorted(row[0] for row in gone)

    async def carrier_secret(self, account: Address) -> WrappedRow | None:
        """A carrier's secret, wrapped; None where it has none yet."""
        return (await self.secrets_of([account])).get(account)

    async def secrets_of(self, accounts: Iterable[Address]) -> dict[Address, WrappedRow]:
        """The secrets of those of these carriers that have one, wrapped."""
        found: dict[Address, WrappedRow] = {}
        async with self._database.reading() as connection:
            for some in portions(accounts):
                query = select(carrier_secrets).where(carrier_secrets.c.account.in_(some))
                found |= {Address(row.account): _secret(row) for row in await connection.execute(query)}
        return found

    async def carriers(self) -> list[WrappedRow]:
        """Every carrier's secret, wrapped."""
        async with self._database.reading() as connection:
            return [
                WrappedRow(secret_owner(row.account), {"account": row.account}, row.master_key_id, row.wrapped_secret)
                for row in await connection.execute(select(carrier_secrets))
            ]

    async def add_carrier_secret(self, account: Address, master_key_id: str, content: bytes) -> None:
        """Give a carrier its secret, unless it has one."""
        values = {"account": account, "master_key_id": master_key_id, "wrapped_secret": content}
        await self._insert(carrier_secrets, values, "account")

    async def not_under(self, current: str, limit: int) -> tuple[Sequence[WrappedRow], Sequence[WrappedRow]]:
        """At most `limit` documents' keys, and as many carriers' secrets, that are under another master key."""
        keys = select(documents).where(documents.c.master_key_id != current).limit(limit)
        secrets = select(carrier_secrets).where(carrier_secrets.c.master_key_id != current).limit(limit)
        async with self._database.reading() as connection:
            of_documents = [
                WrappedRow(binding.owner, binding._asdict(), row.master_key_id, row.wrapped_key)
                for row in await connection.execute(keys)
                for binding in [DocumentBinding(TitleId(row.title_id), Digest(row.commitment), Address(row.given_by))]
            ]
            of_carriers = [_secret(row) for row in await connection.execute(secrets)]
        return of_documents, of_carriers

    async def rewrap_documents(self, changes: Sequence[tuple[WrappedRow, str, bytes]]) -> None:
        """Replace documents' wrapped keys: what was read, the new master key's id, the new content."""
        await self._replace(documents, "wrapped_key", changes)

    async def rewrap_secrets(self, changes: Sequence[tuple[WrappedRow, str, bytes]]) -> None:
        """Replace carriers' wrapped secrets, as `rewrap_documents` does."""
        await self._replace(carrier_secrets, "wrapped_secret", changes)

    async def _replace(self, table: Table, column: str, changes: Sequence[tuple[WrappedRow, str, bytes]]) -> None:
        async with self._database.writing() as connection:
            for old, master_key_id, content in changes:
                whole = [table.c[name] == value for name, value in old.row.items()]
                as_read = update(table).where(*whole, table.c[column] == old.content)
                await connection.execute(as_read.values({"master_key_id": master_key_id, column: content}))

    async def _insert(self, table: Table, values: Mapping[str, object], key: str) -> None:
        new = (sqlite if self._database.is_sqlite else postgresql).insert(table)
        async with self._database.writing() as connection:
            await connection.execute(new.values(values).on_conflict_do_nothing(index_elements=[key]))


def _secret(row: Row[Any]) -> WrappedRow:
    return WrappedRow(secret_owner(row.account), {"account": row.account}, row.master_key_id, row.wrapped_secret)

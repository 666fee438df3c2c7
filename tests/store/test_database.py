"""Two kinds of database, one behaviour: migrations, transactions, and failures that mean "try again"."""

import asyncio
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from ebl_service.errors import InvalidRequest, LedgerUnavailable
from ebl_service.store import tables
from ebl_service.store.database import Database
from tests.databases import PARAMETERS


async def test_the_migrations_give_exactly_the_tables(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_upgrading_twice_and_by_two_at_once_is_harmless(database: Database) -> None:
    await asyncio.gather(database.upgrade(), database.upgrade())


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    row = {"account": "0xa", "day": 1, "gas": 5}

    async def fail() -> None:
        async with database.writing() as connection:
            await connection.execute(tables.gas_spent.insert().values(row))
            raise KeyError("in between")

    with pytest.raises(KeyError):
        await fail()
    async with database.reading() as connection:
        assert (await connection.execute(select(tables.gas_spent))).all() == []


async def test_a_mistake_of_ours_is_not_taken_for_an_outage(database: Database) -> None:
    row = {"account": "0xa", "day": 1, "gas": 5}
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await connection.execute(tables.gas_spent.insert().values([row, row]))


async def test_a_reader_sees_one_moment(database: Database) -> None:
    rows = select(tables.gas_spent.c.gas)
    async with database.reading() as reader:
        assert (await reader.execute(rows)).all() == []
        async with database.writing() as writer:
            await writer.execute(tables.gas_spent.insert().values(account="0xa", day=1, gas=5))
        assert (await reader.execute(rows)).all() == []


async def test_sqlite_keeps_what_is_committed(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'ledger.db'}")
    await database.upgrade()
    async with database.writing() as connection:
        pragmas = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    await database.close()


async def test_a_writer_of_another_process_makes_sqlite_unavailable_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ebl_service.store.database.BUSY_MILLISECONDS", 10)
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}")
    await database.upgrade()
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerUnavailable, match="locked"):
        async with database.writing():
            pass
    other.execute("ROLLBACK")
    other.close()
    async with database.writing():
        pass
    await database.close()


async def test_a_full_disk_keeps_nothing_and_passes(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}")
    await database.upgrade()
    many = [{"account": f"0x{n:040x}", "day": 1, "gas": n} for n in range(5_000)]

    async def fill() -> None:
        async with database.writing() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
            await connection.execute(tables.gas_spent.insert(), many)

    with pytest.raises(LedgerUnavailable, match="full"):
        await fill()
    async with database.reading() as connection:
        assert (await connection.execute(select(tables.gas_spent))).all() == []
        assert (await connection.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
    await database.close()


@pytest.mark.parametrize("url", ["mysql://somewhere/db", "sqlite:///x.db", "postgresql://somewhere/db"])
def test_another_kind_of_database_is_refused_by_name(url: str) -> None:
    with pytest.raises(InvalidRequest, match=url.split(":", maxsplit=1)[0]):
        Database(url)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:9/nothing")
    with pytest.raises(LedgerUnavailable):
        async with database.reading():
            pass
    await database.close()


@pytest.mark.parametrize("database", PARAMETERS[1:], indirect=True)
async def test_connections_that_the_server_ends_are_replaced(database: Database) -> None:
    async with database.reading() as connection:
        await connection.execute(select(tables.gas_spent))

    async def be_cut_off() -> None:
        async with database.writing() as connection:
            await connection.execute(tables.gas_spent.insert().values(account="0xa", day=1, gas=5))
            plain = database._url.set(drivername="postgresql").render_as_string(hide_password=False)
            other = await asyncpg.connect(plain)
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await other.close()
            await connection.execute(select(tables.gas_spent))

    with pytest.raises(LedgerUnavailable):
        await be_cut_off()
    async with database.reading() as connection:
        assert (await connection.execute(select(tables.gas_spent))).all() == []

"""Rows of several tables at once: all of them are there, or none; and a disk that is full says so."""

import pytest
from sqlalchemy import select, text

from ebl_service.errors import LedgerUnavailable
from ebl_service.store import tables
from ebl_service.store.bulk import Page, insert_pages
from ebl_service.store.database import Database
from tests.databases import on_sqlite

BLOCKS = [(n, f"0x{n:064x}", 0) for n in range(7_001)]
GAS = [(f"0x{n:040x}", 1, n) for n in range(3)]


async def rows_of(database: Database) -> tuple[int, int]:
    async with database.reading() as connection:
        blocks = (await connection.execute(select(tables.blocks).order_by(tables.blocks.c.number))).all()
        gas = (await connection.execute(select(tables.gas_spent))).all()
    assert [tuple(row) for row in blocks] == BLOCKS[: len(blocks)]
    return len(blocks), len(gas)


async def test_rows_of_several_tables_are_written(database: Database) -> None:
    async with database.writing() as connection:
        await insert_pages(connection, [Page(tables.blocks, BLOCKS), Page(tables.gas_spent, GAS)])
    assert await rows_of(database) == (7_001, 3)


@pytest.mark.parametrize("many", [True, False])
async def test_a_row_that_is_there_already_fails_is_kept_or_is_replaced_as_asked(
    database: Database, many: bool
) -> None:
    blocks = BLOCKS if many else BLOCKS[:5]
    async with database.writing() as connection:
        await insert_pages(connection, [Page(tables.gas_spent, GAS)])
    with pytest.raises(Exception, match=r"(?i)unique") as fault:
        async with database.writing() as connection:
            await insert_pages(connection, [Page(tables.blocks, blocks), Page(tables.gas_spent, GAS)])
    assert not isinstance(fault.value, LedgerUnavailable)
    assert await rows_of(database) == (0, 3)
    other = [(account, day, gas + 1) for account, day, gas in GAS]
    for again, expected in (("keep", GAS), ("replace", other)):
        async with database.writing() as connection:
            await insert_pages(connection, [Page(tables.gas_spent, other, again=again)])
        async with database.reading() as connection:
            assert [tuple(row) for row in await connection.execute(select(tables.gas_spent))] == expected


@on_sqlite  # how full PostgreSQL's disk is cannot be said by a statement
async def test_a_full_disk_is_told_and_nothing_is_kept(database: Database) -> None:
    async def fill() -> None:
        async with database.writing() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
            await insert_pages(connection, [Page(tables.gas_spent, GAS), Page(tables.blocks, BLOCKS)])

    with pytest.raises(LedgerUnavailable, match="full"):
        await fill()
    assert await rows_of(database) == (0, 0)

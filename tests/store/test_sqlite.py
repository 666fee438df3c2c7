"""The SQLite driver: what runs at once, what runs beside the loop, and who may have a connection meanwhile."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ebl_service.store import sqlite
from ebl_service.store.sqlite import Connection, connect

SLOW = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
SELECT max(i), where_am_i() FROM n"""
QUICK = "SELECT 1, where_am_i()"


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[Connection]:
    opened = await connect(tmp_path / "ledger.db", 1.0)
    await opened.create_function("where_am_i", 0, threading.get_ident)
    yield opened
    await opened.close()


async def ask(connection: Connection, statement: str) -> tuple[int, bool]:
    """The answer, and whether it was computed in the loop's own thread."""
    cursor = connection.cursor()
    await cursor.execute(statement)
    value, thread = (await cursor.fetchall())[0]
    await cursor.close()
    return value, thread == threading.get_ident()


async def test_a_short_statement_runs_where_it_is_asked_for(connection: Connection) -> None:
    assert await ask(connection, QUICK) == (1, True)
    assert await ask(connection, QUICK) == (1, True)


async def test_a_statement_that_was_slow_twice_runs_beside_the_loop(connection: Connection) -> None:
    for _ in range(sqlite.SLOW_TIMES):
        assert await ask(connection, SLOW) == (200_000, True)
    assert await ask(connection, SLOW) == (200_000, False)
    assert await ask(connection, QUICK) == (1, True)


async def test_a_statement_that_has_become_quick_comes_back(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_slow", {(QUICK, "begin"): sqlite.SLOW_TIMES})
    monkeypatch.setattr(sqlite, "SLOW_SECONDS", 60.0)  # however busy the machine is, this one is quick
    assert await ask(connection, QUICK) == (1, False)
    assert await ask(connection, QUICK) == (1, True)


async def test_the_loop_goes_on_while_many_rows_are_written(connection: Connection) -> None:
    cursor = connection.cursor()
    await cursor.execute("CREATE TABLE numbers (one INTEGER, two TEXT)")
    await cursor.execute("BEGIN IMMEDIATE")
    writing = asyncio.ensure_future(
        cursor.executemany("INSERT INTO numbers VALUES (?, ?)", [(n, "x" * 50) for n in range(100_000)])
    )
    turns = 0
    while not writing.done():
        turns += 1
        await asyncio.sleep(0)
    await writing
    await connection.commit()
    assert turns > 1
    assert await ask(connection, "SELECT count(*), where_am_i() FROM numbers") == (100_000, True)


@pytest.mark.parametrize("count", [101, 1_999, 2_000, 5_001])
async def test_many_rows_are_written_once_each_in_few_statements(connection: Connection, count: int) -> None:
    rows = [(n, f"row {n}") for n in range(count)]
    cursor, statements = connection.cursor(), list[str]()
    await cursor.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT)")
    connection._connection.set_trace_callback(statements.append)
    await cursor.executemany("INSERT INTO numbers VALUES (?, ?)", rows)
    connection._connection.set_trace_callback(None)
    await cursor.execute("SELECT * FROM numbers ORDER BY 1")
    assert await cursor.fetchall() == rows
    assert len([said for said in statements if said.startswith("INSERT")]) <= 13


async def test_who_is_cancelled_gives_the_connection_back_only_when_its_statement_has_ended(
    connection: Connection,
) -> None:
    for _ in range(sqlite.SLOW_TIMES):
        await ask(connection, SLOW)
    ended = []
    asking = asyncio.ensure_future(ask(connection, SLOW))
    asking.add_done_callback(lambda _: ended.append(True))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert ended
    assert await ask(connection, QUICK) == (1, True)

"""SQLite's driver, as SQLAlchemy's asyncio dialect wants one: short statements at once, long ones beside the loop.

aiosqlite hands every call to a thread and back, four times a statement; that costs more than nearly all of our
statements do, and each way back waits for the interpreter while the service is busy. Here a statement runs where it is
asked for, unless it is known to take long, may have to wait for another process, or waits for the disk.

Rules kept here
- One statement of a connection at a time; a cancelled caller waits for the statement that runs beside the loop.
- Beside the loop: taking the write lock, committing, many rows at once, and a statement that was slow the last times.
"""

import asyncio
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

Result = TypeVar("Result")

SLOW_SECONDS = 0.002
SLOW_TIMES = 2
"""A statement that was slow so many times in a row (once may be the machine's fault) runs beside the loop."""
MANY_ROWS = 100
ROWS_AT_ONCE = 2_000
MOST_VALUES = 32_766
"""Of one statement (SQLITE_MAX_VARIABLE_NUMBER)."""
_VALUES = re.compile(r"VALUES (\([?, ]+\))")
MOST_REMEMBERED = 1_000
"""Statements known to be slow."""

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536", "wal_autocheckpoint=8000")
"""A page that many transactions change goes into the file once in 32 MB of the write-ahead log, instead of 4."""

_slow: dict[tuple[str, str], int] = {}
"""Statements, each with the step of it (begin, or fetch) that is slow, and how often in a row it was."""


async def connect(path: str | Path, patience: float) -> "Connection":
    """A connection that leaves BEGIN to its user. `patience`: seconds it waits for another process's lock."""

    def opened() -> sqlite3.Connection:
        made = sqlite3.connect(
            path, timeout=patience, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        for pragma in PRAGMAS:
            made.execute(f"PRAGMA {pragma}")
        return made

    return Connection(await _beside(opened))


class Connection:
    """What the dialect asks of a connection of aiosqlite."""

    isolation_level = None

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def cursor(self) -> "Cursor":
        """A cursor."""
        return Cursor(self._connection.cursor())

    async def commit(self) -> None:
        """Wait until the disk has it."""
        await _beside(self._connection.commit)

    async def rollback(self) -> None:
        """Undo."""
        if self._connection.in_transaction:
            self._connection.rollback()

    async def close(self) -> None:
        """The last connection moves the write-ahead log into the file."""
        await _beside(self._connection.close)

    def stop(self) -> None:
        """Close at once."""
        self._connection.close()

    async def insert(self, written: Sequence[tuple[str, Sequence[Sequence[Any]]]]) -> None:
        """Statements, each with the rows for its VALUES, in one turn beside the loop. Raises: sqlite3.Error."""
        cursor = self._connection.cursor()

        def work() -> None:
            for statement, rows in written:
                _execute_many(cursor, statement, rows)

        if sum(len(rows) for _, rows in written) > MANY_ROWS:
            await _beside(work)
        else:
            work()

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        """A function for SQL."""
        self._connection.create_function(*arguments, **options)


class Cursor:
    """What the dialect asks of a cursor of aiosqlite."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self._statement = ""

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        """Of the result's columns."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """Rows written."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """Of the row written last."""
        return self._cursor.lastrowid

    @property
    def arraysize(self) -> int:
        """Rows that `fetchmany` gives by itself."""
        return self._cursor.arraysize

    @arraysize.setter
    def arraysize(self, rows: int) -> None:
        self._cursor.arraysize = rows

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """One statement."""
        self._statement = statement
        waits = statement == "BEGIN IMMEDIATE"
        await self._run("begin", lambda: self._cursor.execute(statement, parameters), waits=waits)

    async def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement for each of these rows."""
        self._statement = statement
        if len(rows) > MANY_ROWS:
            await _beside(lambda: _execute_many(self._cursor, statement, rows))
        else:
            await self._run("begin", lambda: self._cursor.executemany(statement, rows))

    async def fetchone(self) -> Any:
        """The next row."""
        return await self._run("fetch", self._cursor.fetchone)

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        return await self._run("fetch", lambda: self._cursor.fetchmany(size or self._cursor.arraysize))

    async def fetchall(self) -> list[Any]:
        """All rows that remain."""
        return await self._run("fetch", self._cursor.fetchall)

    async def close(self) -> None:
        """End the statement."""
        self._cursor.close()

    async def _run(self, step: str, work: Callable[[], Result], *, waits: bool = False) -> Result:
        if waits:
            return await _beside(work)
        what, timed = (self._statement, step), _Timed(work)
        try:
            result: Result = await _beside(timed) if _slow.get(what, 0) >= SLOW_TIMES else timed()
        finally:
            _remember(what, timed.seconds)
        return result


def _execute_many(cursor: sqlite3.Cursor, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """As the cursor's own, with many rows in a statement; its own waits for the interpreter between any two rows.

    What remains goes in halves of that many rows, so that few statements are to be kept.
    """
    values = _VALUES.search(statement)
    if values is None:
        cursor.executemany(statement, rows)
        return
    at_once, begun = min(ROWS_AT_ONCE, MOST_VALUES // len(rows[0])), 0
    while begun < len(rows):
        while at_once > len(rows) - begun:
            at_once //= 2
        many = _VALUES.sub("VALUES " + ", ".join([values[1]] * at_once), statement)
        cursor.execute(many, [value for row in rows[begun : begun + at_once] for value in row])
        begun += at_once


class _Timed:
    """Work, and how many seconds it took."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self.seconds = 0.0

    def __call__(self) -> Any:
        started = time.perf_counter()
        try:
            return self._work()
        finally:
            self.seconds = time.perf_counter() - started


def _remember(what: tuple[str, str], seconds: float) -> None:
    if seconds > SLOW_SECONDS:
        if len(_slow) >= MOST_REMEMBERED:
            _slow.clear()
        _slow[what] = _slow.get(what, 0) + 1
    elif seconds < SLOW_SECONDS / 4:
        _slow.pop(what, None)


async def _beside(work: Callable[[], Result]) -> Result:
    """Do it in a thread. Where the caller is cancelled it still ends first: nobody else may have the connection."""
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        while not doing.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([doing])
        raise

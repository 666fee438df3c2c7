"""The database: engine, transactions, and which failures mean "try again".

SQLite (embedded: WAL, synchronous FULL, foreign keys) or PostgreSQL, by URL. Left to others: tables (`store.tables`),
SQLite's driver (`store.sqlite`), what is written and read (`store.history`, `store.outbox`). Only `store` imports
sqlalchemy.

Rules kept here
- A writer's transaction takes the write lock at its beginning (SQLite: BEGIN IMMEDIATE, one writer's connection), so
  that it cannot fail half way for want of it. A reader's transaction sees one moment.
- What is committed survives a crash of the machine.
- A database that cannot be reached, is locked, full or cut off raises LedgerUnavailable; nothing of the transaction
  was kept.
"""

import os
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ebl_service.errors import InvalidRequest, LedgerUnavailable
from ebl_service.store import sqlite
from ebl_service.store.migrations import upgrade

BUSY_MILLISECONDS = 5_000
"""How long SQLite waits for another process's writer."""


class Turn(IntEnum):
    """What writers do one after the other, where neither would see the other's rows: PostgreSQL's advisory locks."""

    UPGRADE = 4276
    RECKON_GAS = 4277
    TAKE_MANDATE = 4278
    CLAIM_NUMBERS = 4279


DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class Database:
    """One database by its URL, such as `sqlite+aiosqlite:///ledger.db` or `postgresql+asyncpg://user@host/name`.

    Raises: InvalidRequest for any other kind of URL.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.drivername not in DRIVERS:
            raise InvalidRequest(f"{parsed.drivername} is not a database kept here; use one of {', '.join(DRIVERS)}")
        self.is_sqlite = parsed.drivername.startswith("sqlite")
        self._url = parsed
        if self.is_sqlite and parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)

    async def upgrade(self) -> None:
        """Bring the tables to the present form; harmless where they have it, and when two processes start at once."""
        async with self.writing() as connection:
            if not self.is_sqlite:
                await connection.execute(select(func.pg_advisory_xact_lock(Turn.UPGRADE.value)))
            await connection.run_sync(upgrade)

    async def wait_for(self, connection: AsyncConnection, turn: Turn, accounts: Iterable[str]) -> None:
        """Wait until nobody else's transaction has this turn of one of these accounts; it is this one's to its end.

        SQLite has one writer at a time anyway.
        """
        if not self.is_sqlite:
            for account in sorted(set(accounts)):
                await connection.execute(select(func.pg_advisory_xact_lock(turn.value, func.hashtext(account))))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one moment of the database. Raises: LedgerUnavailable."""
        async with _unavailable(), self._readers.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes: committed whole at the end, or not at all. Raises: LedgerUnavailable."""
        async with _unavailable(), self._writers.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Close all connections."""
        for name in ("_readers", "_writers"):
            if name in self.__dict__:
                await self.__dict__.pop(name).dispose()

    @cached_property
    def _readers(self) -> AsyncEngine:
        if not self.is_sqlite:
            return create_async_engine(self._url, pool_size=8, pool_pre_ping=True, isolation_level="REPEATABLE READ")
        return _sqlite(self._url, "BEGIN", pool_size=4)

    @cached_property
    def _writers(self) -> AsyncEngine:
        if not self.is_sqlite:
            return create_async_engine(self._url, pool_size=4, pool_pre_ping=True)
        return _sqlite(self._url, "BEGIN IMMEDIATE", pool_size=1)


@asynccontextmanager
async def _unavailable() -> AsyncIterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError, sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # a mistake of ours, which trying again does not heal
    except sqlite3.Error as error:
        raise LedgerUnavailable(f"The database failed: {error}") from error
    except DBAPIError as error:
        is_local = isinstance(error.orig, sqlite3.Error)  # whose words name no host, user or database
        raise LedgerUnavailable(f"The database failed: {error.orig if is_local else _kind_of(error.orig)}") from error
    except PoolTimeoutError as error:
        raise LedgerUnavailable("The database is too busy: no connection came free.") from error
    except OSError as error:
        raise LedgerUnavailable(f"The database cannot be reached: {_kind_of(error)}") from error


def _kind_of(error: BaseException | None) -> str:
    """What failed, without the words of a server: host, user and database stand in them, and callers are told."""
    number = getattr(error, "errno", None)
    return f"{type(error).__name__} {os.strerror(number)}" if isinstance(number, int) else type(error).__name__


def _sqlite(url: Any, begin: str, pool_size: int) -> AsyncEngine:
    async def connect() -> sqlite.Connection:
        return await sqlite.connect(url.database or ":memory:", BUSY_MILLISECONDS / 1000)

    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=30, async_creator=connect)

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine

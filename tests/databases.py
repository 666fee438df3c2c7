"""An empty database for a test, of each kind that is kept: a SQLite file, and a database of its own in PostgreSQL.

In PostgreSQL it is a copy of one that has its tables already, made once by each process that runs tests.
"""

import atexit
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import update

from ebl_service.store import tables
from ebl_service.store.database import Database
from tests.own_postgresql import OwnPostgresql

KINDS = ("sqlite", "postgresql")
PARAMETERS = [pytest.param(kind, marks=[pytest.mark.postgresql] if kind == "postgresql" else []) for kind in KINDS]
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For a test of SQLite's own ways, whose fixture `database` is otherwise of each kind."""

_TEMPLATES: set[tuple[str, str]] = set()


@asynccontextmanager
async def fresh_url(kind: str, folder: Path, server: str | None = None) -> AsyncIterator[str]:
    """The URL of an empty database, removed afterwards. `server`: another PostgreSQL than the tests' common one."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'ledger.db'}"
        return
    server = server or os.environ.get("EBL_TEST_POSTGRESQL_URL") or _server_of_this_process()
    name = f"ebl_{secrets.token_hex(6)}"
    plain = server.replace("postgresql+asyncpg://", "postgresql://")
    desk = await asyncpg.connect(plain)
    await desk.execute(f'CREATE DATABASE "{name}" TEMPLATE "{await _template(server, desk)}"')
    try:
        yield _url(server, name)
    finally:
        await desk.close()
        desk = await asyncpg.connect(plain)  # anew: the test may have killed the server meanwhile
        await desk.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await desk.close()


@cache
def _server_of_this_process() -> str:
    """For pytest without scripts/test, which starts one for all of its processes."""
    server = OwnPostgresql()
    atexit.register(server.__exit__)
    return server.__enter__().url


async def _template(server: str, desk: asyncpg.Connection) -> str:
    """The database that has its tables already; one left by another run is made anew, its tables may be older."""
    name = f"ebl_template_{os.getpid()}"
    if (server, name) not in _TEMPLATES:
        await desk.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await desk.execute(f'CREATE DATABASE "{name}"')
        database = Database(_url(server, name))
        await database.upgrade()
        await database.close()
        _TEMPLATES.add((server, name))
    return name


def _url(server: str, name: str) -> str:
    base, _, tail = server.rpartition("/")
    query = f"?{tail.partition('?')[2]}" if "?" in tail else ""
    return f"{base}/{name}{query}"


@asynccontextmanager
async def fresh(kind: str, folder: Path) -> AsyncIterator[Database]:
    """An empty database."""
    async with fresh_url(kind, folder) as url:
        database = Database(url)
        try:
            yield database
        finally:
            await database.close()


async def age_leases(database: Database, seconds: int) -> None:
    """Let every lease be so many seconds older by the database's clock."""
    leases = tables.leases
    async with database.writing() as connection:
        await connection.execute(update(leases).values(until=leases.c.until - seconds))

"""An empty database for a test, of each kind that is kept: a SQLite file, and a schema of its own in PostgreSQL."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from ebl_service.store.database import Database

KINDS = ("sqlite", "postgresql")
PARAMETERS = [pytest.param(kind, marks=[pytest.mark.postgresql] if kind == "postgresql" else []) for kind in KINDS]


@asynccontextmanager
async def fresh_url(kind: str, folder: Path) -> AsyncIterator[str]:
    """The URL of an empty database, removed afterwards."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'ledger.db'}"
        return
    server = os.environ.get("EBL_TEST_POSTGRESQL_URL")
    if not server:
        if os.environ.get("CI"):
            pytest.fail("CI never skips PostgreSQL: set EBL_TEST_POSTGRESQL_URL (scripts/postgresql start)")
        pytest.skip("no PostgreSQL: set EBL_TEST_POSTGRESQL_URL (scripts/postgresql start)")
    plain = server.replace("postgresql+asyncpg://", "postgresql://")
    name = f"ebl_{secrets.token_hex(6)}"
    desk = await asyncpg.connect(plain)
    await desk.execute(f'CREATE DATABASE "{name}"')
    try:
        base, _, tail = plain.rpartition("/")
        query = f"?{tail.partition('?')[2]}" if "?" in tail else ""
        yield f"{base}/{name}{query}".replace("postgresql://", "postgresql+asyncpg://")
    finally:
        await desk.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await desk.close()


@asynccontextmanager
async def fresh(kind: str, folder: Path) -> AsyncIterator[Database]:
    """An empty database."""
    async with fresh_url(kind, folder) as url:
        database = Database(url)
        try:
            yield database
        finally:
            await database.close()

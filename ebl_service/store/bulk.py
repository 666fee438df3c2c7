"""Writing many rows at once: the statement is compiled once, rows go to the driver as they are.

SQLAlchemy's own executemany spends more on each row than the database does; this path costs a tuple.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.store.sqlite import Connection as SqliteConnection

ROWS_AT_ONCE = 5_000
Again = Literal["fail", "replace", "keep"]
"""What becomes of a row whose key is there already."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one table, in the order of its columns; `again`: what becomes of one whose key is there already."""

    table: Table
    rows: Sequence[tuple[Any, ...]]
    again: Again = "fail"


async def insert_pages(connection: AsyncConnection, pages: Iterable[Page]) -> None:
    """Insert the rows of several tables, one after the other; into SQLite without coming back to the loop between."""
    written = [(_insert(page.table, connection.dialect, page.again), page.rows) for page in pages if page.rows]
    driver = (await connection.get_raw_connection()).driver_connection
    if isinstance(driver, SqliteConnection):
        await driver.insert(written)
        return
    for statement, rows in written:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            await connection.exec_driver_sql(statement, list(rows[start : start + ROWS_AT_ONCE]))


@lru_cache(maxsize=64)
def _insert(table: Table, dialect: Dialect, again: Again) -> str:
    statement: Any = (sqlite if dialect.name == "sqlite" else postgresql).insert(table)
    if again == "keep":
        statement = statement.on_conflict_do_nothing()
    elif again == "replace":
        keys = [column.name for column in table.primary_key]
        others = {name: statement.excluded[name] for name in table.c.keys() if name not in keys}  # noqa: SIM118
        statement = statement.on_conflict_do_update(index_elements=keys, set_=others)
    return str(statement.compile(dialect=dialect, column_keys=table.c.keys()))

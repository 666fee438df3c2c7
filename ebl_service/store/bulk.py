"""Writing many rows at once: the statement is compiled once, rows go to the driver as they are.

SQLAlchemy's own executemany spends more on each row than the database does; this path costs a tuple.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

ROWS_AT_ONCE = 5_000
Again = Literal["fail", "replace", "keep"]
"""What becomes of a row whose key is there already."""


async def insert_rows(
    connection: AsyncConnection, table: Table, rows: Iterable[tuple[Any, ...]], *, again: Again = "fail"
) -> None:
    """Insert rows in the order of the table's columns."""
    statement = _insert(table, connection.dialect, again)
    iterator = iter(rows)
    while chunk := list(islice(iterator, ROWS_AT_ONCE)):
        await connection.exec_driver_sql(statement, chunk)


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

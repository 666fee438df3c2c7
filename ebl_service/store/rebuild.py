"""Writing the whole history anew, in one transaction: who reads meanwhile sees the old rows, then the new ones.

Rules kept here
- Either all rows are as the ledger gives them, or none was touched.
- Whether the new rows equal the old ones is told by a digest over every row, in the order of its key.
- The event stream is not rebuilt: it tells what was said when.
"""

import hashlib

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.store import tables
from ebl_service.store.certificate_tables import certificate_states, certificates
from ebl_service.store.chapters import Chapter, Cursor, prune, put_cursor, write_chapter

REBUILT = (
    tables.blocks,
    tables.events,
    tables.titles,
    tables.title_states,
    tables.title_parties,
    tables.parties,
    tables.party_states,
    certificates,
    certificate_states,
)


class Rebuild:
    """The rows so far."""

    def __init__(self, connection: AsyncConnection, before: str) -> None:
        self._connection = connection
        self._before = before

    async def write(self, chapter: Chapter) -> None:
        """The next chapter."""
        await write_chapter(self._connection, chapter)

    async def finish(self, cursor: Cursor) -> bool:
        """All is written up to `cursor`; True where the rows are what they were."""
        await prune(self._connection, cursor)
        await put_cursor(self._connection, cursor)
        return await digest_of_rows(self._connection) == self._before


async def digest_of_rows(connection: AsyncConnection) -> str:
    """SHA-256 over every rebuilt table's rows."""
    digest = hashlib.sha256()
    for table in REBUILT:
        rows = await connection.stream(select(table).order_by(*table.primary_key))
        async for row in rows:
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


async def rebuilding(connection: AsyncConnection) -> Rebuild:
    """Empty the history, to be written anew within this transaction."""
    before = await digest_of_rows(connection)
    for table in REBUILT:
        await connection.execute(delete(table))
    return Rebuild(connection, before)

"""A chapter: what one step of the indexer writes, and the cursor that says how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.terms import Digest, Seconds
from ebl_service.store import tables
from ebl_service.store.bulk import Page, insert_pages


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the ledger is indexed. `final_number`: the highest block that is final; -1 where none is.

    `final_time`: that block's, seconds since 1970. `halted`: why indexing stopped for good; None while it runs.
    """

    number: int
    hash: Digest
    time: Seconds
    final_number: int = -1
    final_time: Seconds = 0
    halted: str | None = None


class RecordedBlock(NamedTuple):
    """A block to keep, and how many events it has; a row of the table `blocks`."""

    number: int
    hash: Digest
    events: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one step writes: blocks, and the rows of what happened in them (made by `store.chapter_rows`)."""

    cursor: Cursor
    blocks: Sequence[RecordedBlock] = ()
    pages: Sequence[Page] = ()


async def cursor_in(connection: AsyncConnection) -> Cursor | None:
    """The cursor as this transaction sees it."""
    row = (await connection.execute(select(tables.cursor))).one_or_none()
    if row is None:
        return None
    return Cursor(row.number, Digest(row.hash), row.time, row.final_number, row.final_time, row.halted)


async def hold_index(connection: AsyncConnection) -> None:
    """Let nobody else write the index until this transaction ends: by the row that is there before the first step."""
    await connection.execute(select(tables.ledger.c.one).with_for_update())


async def write_chapter(connection: AsyncConnection, chapter: Chapter) -> None:
    """Blocks, events and states, without feed and cursor."""
    await insert_pages(connection, (Page(tables.blocks, chapter.blocks), *chapter.pages))


async def put_cursor(connection: AsyncConnection, cursor: Cursor) -> None:
    """Move the cursor."""
    row = (1, cursor.number, cursor.hash, cursor.time, cursor.final_number, cursor.final_time, cursor.halted)
    await insert_pages(connection, [Page(tables.cursor, [row], again="replace")])


async def prune(connection: AsyncConnection, cursor: Cursor, before: int = -1) -> None:
    """Remove what is not needed below the final block, which was `before` when this was done last.

    That is the headers of blocks without events, and how titles stood before they came to stand as they do there.
    """
    blocks, final = tables.blocks.c, cursor.final_number
    empty = delete(tables.blocks).where(blocks.number < min(final, cursor.number), blocks.events == 0)
    await connection.execute(empty)
    if final > before:
        state, other = tables.title_states.c, tables.title_states.alias().c
        changed = select(other.title_id).where(other.block_number > before, other.block_number <= final)
        newest = select(func.max(other.block_number)).where(
            other.title_id == state.title_id, other.block_number <= final
        )
        overtaken = state.block_number < newest.scalar_subquery()
        await connection.execute(delete(tables.title_states).where(state.title_id.in_(changed), overtaken))

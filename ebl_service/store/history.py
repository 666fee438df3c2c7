"""What the ledger recorded, as rows: blocks, events, titles, parties and certificates after each block, our cursor.

Written by the indexer alone. Left to others: reading them (`store.titles`, `store.certificates`), the event stream
(`store.feed`), what happens to an act of ours (`store.outbox`).

Rules kept here
- A step is one transaction: its blocks, events, states, feed lines and the cursor stand together or not at all, and
  only on the cursor it was made for (another process may have moved it).
- Going back removes everything above a block, and restores titles, parties and certificates as they stood
  at it.
- No final row is ever removed.
- The database belongs to one ledger and refuses another.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.ledger import Block, LedgerIdentity
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable
from ebl_service.store import tables
from ebl_service.store.certificate_tables import certificate_states, certificates
from ebl_service.store.certificates import CertificateRows
from ebl_service.store.chapters import Chapter, Cursor, cursor_in, hold_index, prune, put_cursor, write_chapter
from ebl_service.store.database import Database
from ebl_service.store.feed import Feed, feed_final, feed_recorded, feed_retracted
from ebl_service.store.rebuild import Rebuild, rebuilding
from ebl_service.store.title_parties import TitleParties
from ebl_service.store.titles import PartyRows, TitleRows


class CursorMoved(LedgerUnavailable):
    """Another process indexed meanwhile."""

    advice = "Nothing is lost: read the cursor again and go on from there."


class History:
    """The indexer's tables, and what reads them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.titles = TitleRows(database)
        self.title_parties = TitleParties(database)
        self.parties = PartyRows(database)
        self.certificates = CertificateRows(database)
        self.feed = Feed(database)

    async def claim(self, identity: LedgerIdentity) -> None:
        """Bind an empty database to this ledger. Raises: LedgerDisagrees where it belongs to another."""
        values = {
            "one": 1,
            "chain_id": identity.chain_id,
            "genesis_hash": identity.genesis_hash,
            "party_registry": identity.party_registry,
            "title_registry": identity.title_registry,
            "cargo_insurance": identity.cargo_insurance,
            "code_hashes": ",".join(identity.code_hashes),
            "deployment_block": identity.deployment_block,
            "reject_period": identity.reject_period,
            "answer_period": identity.answer_period,
        }
        new = (sqlite if self.database.is_sqlite else postgresql).insert(tables.ledger).values(values)
        async with self.database.writing() as connection:
            await connection.execute(new.on_conflict_do_nothing(index_elements=["one"]))
            row = (await connection.execute(select(tables.ledger))).mappings().one()
        other = {name: str(row[name]) for name in values if row[name] != values[name]}
        if other:
            named = ", ".join(f"{name} {other[name]} instead of {values[name]}" for name in sorted(other))
            raise LedgerDisagrees(f"The database belongs to another ledger: it has {named}.")

    async def cursor(self) -> Cursor | None:
        """How far we are; None before the first step."""
        async with self.database.reading() as connection:
            return await cursor_in(connection)

    async def headers(self, first: int, last: int) -> list[tuple[int, Digest]]:
        """The kept blocks (number, hash) from `last` down to `first`."""
        query = select(tables.blocks.c.number, tables.blocks.c.hash).where(tables.blocks.c.number.between(first, last))
        async with self.database.reading() as connection:
            rows = await connection.execute(query.order_by(tables.blocks.c.number.desc()))
            return [(row.number, Digest(row.hash)) for row in rows]

    async def header_below(self, number: int) -> tuple[int, Digest] | None:
        """The highest kept block (number, hash) up to `number`; None where none is kept."""
        blocks = tables.blocks.c
        query = select(blocks.number, blocks.hash).where(blocks.number <= number)
        async with self.database.reading() as connection:
            row = (await connection.execute(query.order_by(blocks.number.desc()).limit(1))).one_or_none()
            return None if row is None else (row.number, Digest(row.hash))

    async def append(self, chapter: Chapter, after: Cursor | None) -> None:
        """Write a step that was made for cursor `after`. Raises: CursorMoved."""
        async with self.database.writing() as connection:
            await _require_cursor(connection, after)
            await write_chapter(connection, chapter)
            await feed_recorded(connection, chapter.blocks, chapter.cursor.final_number)
            if after is not None:
                await feed_final(connection, after.final_number, min(after.number, chapter.cursor.final_number))
            await prune(connection, chapter.cursor, -1 if after is None else after.final_number)
            await put_cursor(connection, chapter.cursor)

    async def rewind(self, to: Block, after: Cursor) -> None:
        """Go back to block `to`, below cursor `after`. Raises: CursorMoved; LedgerDisagrees below a final block."""
        if to.number < after.final_number:
            raise LedgerDisagrees(f"Going back to block {to.number} would undo block {after.final_number}, final here.")
        async with self.database.writing() as connection:
            await _require_cursor(connection, after)
            await feed_retracted(connection, to.number)
            await _restore(connection, to.number)
            kept = (tables.events, tables.title_states, tables.title_parties, tables.party_states, certificate_states)
            for table in kept:
                await connection.execute(delete(table).where(table.c.block_number > to.number))
            await connection.execute(delete(tables.blocks).where(tables.blocks.c.number > to.number))
            await put_cursor(connection, Cursor(to.number, to.hash, to.time, after.final_number, after.final_time))

    @asynccontextmanager
    async def rebuild(self, after: Cursor) -> AsyncIterator[Rebuild]:
        """Write all of it anew (`store.rebuild`) up to cursor `after`; other writers wait. Raises: CursorMoved."""
        async with self.database.writing() as connection:
            await _require_cursor(connection, after)
            yield await rebuilding(connection)

    async def halt(self, reason: str | None) -> None:
        """Record why indexing stopped for good (None: it runs again). Nothing is lost where no step was made yet."""
        async with self.database.writing() as connection:
            await hold_index(connection)
            await connection.execute(update(tables.cursor).values(halted=reason))


async def _require_cursor(connection: AsyncConnection, after: Cursor | None) -> None:
    """Hold the index; the cursor is to be where it was read, with the same final block, so that what is final stays."""
    await hold_index(connection)
    row = await cursor_in(connection)
    at, expected = (each and (each.number, each.hash, each.final_number) for each in (row, after))
    if at != expected:
        raise CursorMoved(f"The cursor is at {row and row.number}, not at {after and after.number} any more.")


async def _restore(connection: AsyncConnection, block: int) -> None:
    """Set every title, party and certificate that changed above `block` to how it stood; remove those born above."""
    pairs = (
        (tables.titles, tables.title_states, tables.titles.c.title_id, tables.title_states.c.title_id),
        (tables.parties, tables.party_states, tables.parties.c.account, tables.party_states.c.account),
        (
            *(certificates, certificate_states),
            *(certificates.c.certificate_id, certificate_states.c.certificate_id),
        ),
    )
    for current, states, key, state_key in pairs:
        newest = (
            select(states)
            .where(states.c.block_number <= block)
            .where(state_key.in_(select(key).where(current.c.block_number > block)))
            .order_by(state_key, states.c.block_number)
        )
        for row in (await connection.execute(newest)).mappings():
            await connection.execute(update(current).where(key == row[state_key.name]).values(dict(row)))
        await connection.execute(delete(current).where(current.c.block_number > block))

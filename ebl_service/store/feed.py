"""The event stream's source: an append-only table with a line for each block that was recorded, retracted or final.

A line covers all events of its block, so that following costs little; readers get it spread out, an entry an event.
What a reorganisation removed keeps its events inside its `retracted` line, since their rows are gone.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.certificate_events import CertificateIssued
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.terms import CertificateId, Digest
from ebl_service.store import tables
from ebl_service.store.chapters import RecordedBlock
from ebl_service.store.database import Database
from ebl_service.store.event_rows import event_of, recorded_of, row_of

RECORDED, RETRACTED, FINAL = "recorded", "retracted", "final"
IS_INCLUDED, IS_FINAL = "included", "final"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the feed: its number, what happened to the block, and the block's events."""

    line_id: int
    kind: str
    finality: str
    events: Sequence[Recorded]


class Feed:
    """Reads the feed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self) -> int:
        """The newest line's number; 0 where there is none."""
        async with self._database.reading() as connection:
            newest = select(tables.feed.c.id).order_by(tables.feed.c.id.desc()).limit(1)
            return (await connection.execute(newest)).scalar_one_or_none() or 0

    async def lines(self, first: int, most: int) -> list[Line]:
        """At most so many lines from line `first` on.

        A block whose events a later line retracts has no events in its first line: they are gone.
        """
        query = select(tables.feed).where(tables.feed.c.id >= first).order_by(tables.feed.c.id).limit(most)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
            events = await _events_of(connection, {row.block_number for row in rows if row.retracted is None})
        lines = []
        for row in rows:
            if row.retracted is None:
                kept = [event for event in events.get(row.block_number, ()) if event.block_hash == row.block_hash]
            else:
                kept = _unpacked(row.retracted, row.block_number, row.block_hash)
            lines.append(Line(row.id, row.kind, row.finality, kept))
        return lines

    async def issue_taken_back(self, certificate_id: CertificateId, first: int) -> CertificateIssued | None:
        """The issue of a certificate that a line from `first` on retracted, the earliest such; None: there is none."""
        mark = json.dumps([CertificateIssued.__name__, certificate_id])[1:-1]
        columns = tables.feed.c
        taken_back = (columns.id >= first, columns.kind == RETRACTED, columns.retracted.contains(mark))
        query = select(tables.feed).where(*taken_back).order_by(columns.id).limit(1)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        events = [each.event for row in rows for each in _unpacked(row.retracted, row.block_number, row.block_hash)]
        issues = (event for event in events if isinstance(event, CertificateIssued))
        return next((event for event in issues if event.certificate_id == certificate_id), None)


async def feed_recorded(connection: AsyncConnection, recorded: Iterable[RecordedBlock], final: int) -> None:
    """A line for each of these blocks that has events, in order."""
    lines = [
        {
            "kind": RECORDED,
            "finality": IS_FINAL if block.number <= final else IS_INCLUDED,
            "block_number": block.number,
            "block_hash": block.hash,
        }
        for block in recorded
        if block.events
    ]
    if lines:
        await connection.execute(insert(tables.feed), lines)


async def feed_final(connection: AsyncConnection, above: int, last: int) -> None:
    """A line for each block with events above `above` up to `last`: they were recorded earlier and became final."""
    blocks = tables.blocks.c
    query = select(blocks.number, blocks.hash).where(blocks.number > above, blocks.number <= last, blocks.events > 0)
    rows = (await connection.execute(query.order_by(blocks.number))).all()
    lines = [{"kind": FINAL, "finality": IS_FINAL, "block_number": row.number, "block_hash": row.hash} for row in rows]
    if lines:
        await connection.execute(insert(tables.feed), lines)


async def feed_retracted(connection: AsyncConnection, above: int) -> None:
    """A line for each block with events above `above`, the newest first, before its rows are removed."""
    query = select(tables.blocks).where(tables.blocks.c.number > above, tables.blocks.c.events > 0)
    for block in (await connection.execute(query.order_by(tables.blocks.c.number.desc()))).all():
        events = (await _events_of(connection, {block.number}))[block.number]
        line = (RETRACTED, IS_INCLUDED, block.number, block.hash, _packed(events))
        values = dict(zip(("kind", "finality", "block_number", "block_hash", "retracted"), line, strict=True))
        await connection.execute(insert(tables.feed).values(values))


async def _events_of(connection: AsyncConnection, numbers: set[int]) -> dict[int, list[Recorded]]:
    if not numbers:
        return {}
    query = (
        select(tables.events, tables.blocks.c.hash)
        .join(tables.blocks, tables.blocks.c.number == tables.events.c.block_number)
        .where(tables.events.c.block_number.in_(numbers))
        .order_by(tables.events.c.block_number, tables.events.c.log_index)
    )
    found: dict[int, list[Recorded]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.block_number, []).append(recorded_of(row, row.hash))
    return found


def _packed(events: Sequence[Recorded]) -> str:
    return json.dumps([row_of(event)[1:] for event in reversed(events)])


def _unpacked(text: str, block_number: int, block_hash: str) -> list[Recorded]:
    events = []
    for log_index, transaction, kind, title_id, sequence, data in json.loads(text):
        event = event_of(kind, title_id, sequence, data)
        events.append(Recorded(block_number, Digest(block_hash), Digest(transaction), log_index, event))
    return events

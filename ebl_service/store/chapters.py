"""A chapter: what one step of the indexer writes, and the cursor that says how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.certificate import Certificate
from ebl_service.domain.event_parties import parties_of
from ebl_service.domain.events import Issued, TitleEvent
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.party import Party
from ebl_service.domain.terms import Digest, Seconds
from ebl_service.domain.title import Title
from ebl_service.store import tables
from ebl_service.store.bulk import insert_rows
from ebl_service.store.certificate_rows import certificate_row, certificate_state_row
from ebl_service.store.certificate_tables import certificate_states, certificates
from ebl_service.store.event_rows import row_of
from ebl_service.store.title_rows import Row, party_row, state_row, title_row


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


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one step writes: headers to keep, events, and titles, parties, certificates after each block of change."""

    blocks: Sequence[tuple[int, Digest]]
    recorded: Sequence[Recorded]
    titles: Sequence[tuple[int, Title]]
    parties: Sequence[tuple[int, Party]]
    cursor: Cursor
    certificates: Sequence[tuple[int, Certificate]] = ()


async def cursor_in(connection: AsyncConnection) -> Cursor | None:
    """The cursor as this transaction sees it."""
    row = (await connection.execute(select(tables.cursor))).one_or_none()
    if row is None:
        return None
    return Cursor(row.number, Digest(row.hash), row.time, row.final_number, row.final_time, row.halted)


async def write_chapter(connection: AsyncConnection, chapter: Chapter) -> None:
    """Blocks, events and states, without feed and cursor."""
    counts: dict[int, int] = {}
    hashes = dict(chapter.blocks)
    for recorded in chapter.recorded:
        counts[recorded.block_number] = counts.get(recorded.block_number, 0) + 1
        hashes[recorded.block_number] = recorded.block_hash
    await insert_rows(connection, tables.blocks, [(n, hashes[n], counts.get(n, 0)) for n in sorted(hashes)])
    await insert_rows(connection, tables.events, map(row_of, chapter.recorded))
    await insert_rows(connection, tables.title_states, _states(chapter))
    newest = {title.title_id: (title, n) for n, title in chapter.titles}
    await insert_rows(connection, tables.titles, [title_row(*each) for each in newest.values()], again="replace")
    await insert_rows(connection, tables.title_parties, _parts(chapter.recorded), again="keep")
    await insert_rows(connection, tables.party_states, [party_row(party, n) for n, party in chapter.parties])
    standing = {party.account: party_row(party, n) for n, party in chapter.parties}
    await insert_rows(connection, tables.parties, standing.values(), again="replace")
    states = [certificate_state_row(certificate, n) for n, certificate in chapter.certificates]
    await insert_rows(connection, certificate_states, states)
    present = {each.certificate_id: certificate_row(each, n) for n, each in chapter.certificates}
    await insert_rows(connection, certificates, present.values(), again="replace")


def _states(chapter: Chapter) -> list[Row]:
    """How each title stood at the final block, and after every later one that changed it."""
    at_final = {title.title_id: (title, n) for n, title in chapter.titles if n <= chapter.cursor.final_number}
    later = [(title, n) for n, title in chapter.titles if n > chapter.cursor.final_number]
    return [state_row(*each) for each in (*at_final.values(), *later)]


def _parts(recorded: Sequence[Recorded]) -> list[tuple[str, str, int, bool]]:
    """Who has a part in which title by these events, and since when, in the order of the table `title_parties`."""
    parts: dict[tuple[str, str], tuple[int, bool]] = {}
    for item in recorded:
        event = item.event
        if isinstance(event, TitleEvent):
            for account in parties_of(event):
                is_carrier = isinstance(event, Issued) and account == event.carrier
                parts.setdefault((account, event.title_id), (item.block_number, is_carrier))
    return [(*named, *since) for named, since in parts.items()]


async def put_cursor(connection: AsyncConnection, cursor: Cursor) -> None:
    """Move the cursor."""
    row = (1, cursor.number, cursor.hash, cursor.time, cursor.final_number, cursor.final_time, cursor.halted)
    await insert_rows(connection, tables.cursor, [row], again="replace")


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

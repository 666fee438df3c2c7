"""Rebuilding the index, whose it is, and several processes that write it."""

import asyncio
from dataclasses import replace

import pytest

from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable
from ebl_service.services.changes import Changes
from ebl_service.services.indexer import Indexer
from ebl_service.services.policy import IndexPolicy
from ebl_service.store.database import Database
from ebl_service.store.feed import FINAL
from ebl_service.store.history import CursorMoved, History
from tests.clerk import SHIPPER, Clerk
from tests.fake_ledger import IDENTITY, FakeLedger
from tests.services.indexing import agrees, held_by, issued, passed


async def test_reindexing_gives_the_same_rows(clerk: Clerk) -> None:
    for number in range(6):
        await issued(clerk, str(number))
        await passed(clerk, str(number))
    clerk.ledger.reorganise(2)
    await clerk.indexer.catch_up()
    assert await clerk.indexer.reindex()
    await agrees(clerk)
    clerk.ledger.most_blocks = 3
    assert await clerk.indexer.reindex()
    await issued(clerk, "after")
    await agrees(clerk)


async def test_reindexing_repairs_rows_that_differ_and_says_that_they_did(clerk: Clerk) -> None:
    await issued(clerk)
    async with clerk.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE titles SET sequence = 9")
    assert not await clerk.indexer.reindex()
    await agrees(clerk)


async def test_reindexing_that_cannot_finish_touches_no_row(clerk: Clerk) -> None:
    await issued(clerk)
    clerk.ledger.fail_after["events"] = [LedgerUnavailable("answer lost")]
    with pytest.raises(LedgerUnavailable):
        await clerk.indexer.reindex()
    await agrees(clerk)
    clerk.ledger.reorganise(1)
    with pytest.raises(LedgerUnavailable, match="catch up"):
        await clerk.indexer.reindex()


async def test_reindexing_before_the_first_step_finds_nothing_to_do(database: Database, ledger: FakeLedger) -> None:
    clerk = Clerk(database, ledger)
    await database.upgrade()
    assert await clerk.indexer.reindex()


async def test_a_node_of_another_ledger_is_refused_and_the_index_untouched(clerk: Clerk) -> None:
    await issued(clerk)
    clerk.ledger.is_down = True
    with pytest.raises(LedgerUnavailable):
        await clerk.indexer.step()
    clerk.ledger.is_down = False
    clerk.ledger.known_as = _other_ledger()
    with pytest.raises(LedgerDisagrees, match="another ledger"):
        await clerk.indexer.step()
    assert await held_by(clerk) == SHIPPER.address


async def test_a_database_of_another_ledger_is_refused(clerk: Clerk) -> None:
    with pytest.raises(LedgerDisagrees, match="chain_id 31337 instead of 1"):
        await clerk.history.claim(_other_ledger())
    await clerk.history.claim(IDENTITY)


def _other_ledger() -> LedgerIdentity:
    return replace(IDENTITY, chain_id=1)


async def test_two_processes_may_index_into_one_database(clerk: Clerk) -> None:
    other = Indexer(clerk.ledger, IDENTITY, History(clerk.database), IndexPolicy(confirmations=3), Changes())
    for number in range(6):
        clerk.ledger.someone_sends(clerk.issue(str(number)))
        clerk.ledger.mine()
        first, second = (clerk.indexer, other) if number % 2 else (other, clerk.indexer)
        await first.step()
        await second.step()
    clerk.ledger.reorganise(1)
    await other.catch_up()
    await clerk.indexer.catch_up()
    await agrees(clerk)


async def test_a_step_made_for_a_cursor_that_moved_is_not_written(clerk: Clerk) -> None:
    other = Indexer(clerk.ledger, IDENTITY, History(clerk.database), IndexPolicy(confirmations=3), Changes())
    clerk.ledger.someone_sends(clerk.issue())
    clerk.ledger.mine()
    events = clerk.ledger.events
    raced = False

    async def race(first: int, last: int) -> object:
        nonlocal raced
        if not raced:
            raced = True
            await other.catch_up()
        return await events(first, last)

    clerk.ledger.events = race  # type: ignore[method-assign, assignment]
    await clerk.indexer.catch_up()
    assert raced
    await agrees(clerk)


async def test_another_process_that_indexes_waits_until_all_is_rebuilt(clerk: Clerk) -> None:
    other = Indexer(clerk.ledger, IDENTITY, History(clerk.database), IndexPolicy(confirmations=3), Changes())
    await issued(clerk)
    await other.catch_up()
    events, indexing = clerk.ledger.events, list[asyncio.Task[None]]()

    async def meanwhile(first: int, last: int) -> object:
        if not indexing:
            indexing.append(asyncio.create_task(other.catch_up()))
            await asyncio.wait(indexing, timeout=1)
        return await events(first, last)

    clerk.ledger.events = meanwhile  # type: ignore[method-assign, assignment]
    clerk.ledger.someone_sends(clerk.issue("2"))
    clerk.ledger.mine()
    assert await clerk.indexer.reindex()
    await asyncio.gather(*indexing)
    await clerk.indexer.catch_up()
    await agrees(clerk)


async def test_a_rebuild_for_a_cursor_that_moved_touches_no_row(clerk: Clerk) -> None:
    await issued(clerk)
    before = await clerk.history.cursor()
    assert before is not None
    await issued(clerk, "2")
    with pytest.raises(CursorMoved):
        async with clerk.history.rebuild(before):
            pass
    await agrees(clerk)


async def test_what_another_process_called_final_meanwhile_is_told_once_and_stays_so(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await Clerk(database, ledger, confirmations=None).start()
    other = Indexer(ledger, IDENTITY, History(database), IndexPolicy(confirmations=None), Changes())
    await issued(clerk)
    await issued(clerk, "2")
    last = ledger.tip.number

    async def told_late() -> int:
        ledger.finalized = told  # type: ignore[method-assign]
        ledger.finalized_number = last
        await other.catch_up()
        return last - 1

    told, ledger.finalized = ledger.finalized, told_late  # type: ignore[method-assign]
    await clerk.indexer.step()
    cursor = await clerk.history.cursor()
    assert cursor is not None
    assert cursor.final_number == last
    lines = await clerk.history.feed.lines(0, 100)
    final = [line.events[0].block_number for line in lines if line.kind == FINAL]
    assert final == [2, last - 1, last]


async def test_going_back_does_not_undo_what_another_process_called_final_meanwhile(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await Clerk(database, ledger, confirmations=None).start()
    await issued(clerk)
    before = await clerk.history.cursor()
    assert before is not None
    ledger.finalized_number = ledger.tip.number
    await clerk.indexer.step()
    with pytest.raises(CursorMoved):
        await clerk.history.rewind(ledger.chain[-2].block, before)
    await agrees(clerk)

"""Settling in hard places: very many at once, acts on several titles, a chain that moves in the midst of it."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.submission import State
from ebl_service.store import settling
from ebl_service.store.chapters import Cursor
from tests.clerk import CARRIER, Clerk


async def test_more_acts_than_are_read_at_once_all_land(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_ROWS_AT_ONCE", 2)
    taken = await clerk.take(*[clerk.issue(str(number)) for number in range(5)])
    await clerk.work()
    assert await clerk.states(*taken) == [State.INCLUDED] * 5


async def test_what_landed_in_time_is_not_taken_for_expired(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_ROWS_AT_ONCE", 2)
    signed = [clerk.sign(CARRIER, clerk.issue(number).act, seconds=60) for number in "12345"]
    taken = await clerk.take(*signed)
    for each in signed:
        clerk.ledger.someone_sends(each)
    clerk.ledger.mine(9, seconds=60)
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    assert await clerk.states(*taken) == [State.FINAL] * 5


async def test_a_reorganisation_that_is_indexed_in_the_midst_of_settling_stops_nothing(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    clerk.ledger.mine(with_pool=False)
    await clerk.indexer.catch_up()
    clerk.ledger.reorganise(1, again=True)
    clerk.ledger.mine()
    finalise, indexing = settling._finalise, list[asyncio.Task[None]]()

    async def the_index_moves(connection: AsyncConnection, cursor: Cursor) -> int:
        if not indexing:
            indexing.append(asyncio.create_task(clerk.indexer.catch_up()))
            await asyncio.wait(indexing, timeout=1)
        return await finalise(connection, cursor)

    monkeypatch.setattr(settling, "_finalise", the_index_moves)
    await clerk.relay.step()
    await asyncio.gather(*indexing)
    await clerk.relay.step()
    assert await clerk.states(taken) == [State.INCLUDED]

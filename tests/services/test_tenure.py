"""One process of a database does a work: as long as it takes, and the next one as soon as it may."""

import asyncio

import pytest

from ebl_service.errors import LedgerUnavailable
from ebl_service.services.tenure import SHORTEST_PAUSE, Tenure
from ebl_service.store.database import Database
from ebl_service.store.leases import Leases

LEASE = 1
LONG_ENOUGH = 2 * max(SHORTEST_PAUSE, LEASE / 3)
"""Seconds, within which a lease is looked at."""


class Clock:
    now = 1_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def one(database: Database, clock: Clock) -> Tenure:
    await database.upgrade()
    return Tenure(Leases(database, "work"), LEASE, clock)


@pytest.fixture
def other(database: Database, clock: Clock) -> Tenure:
    return Tenure(Leases(database, "work"), LEASE, clock)


async def nothing() -> bool:
    return True


async def test_the_work_of_one_is_not_anothers_until_its_lease_is_over(
    one: Tenure, other: Tenure, clock: Clock
) -> None:
    assert await one.work(nothing)
    assert not await other.work(nothing)
    clock.now += LEASE
    assert await other.work(nothing)
    assert not await one.work(nothing)
    assert (one.is_held, other.is_held) == (False, True)


async def test_works_do_not_wait_for_each_other(database: Database, one: Tenure, clock: Clock) -> None:
    assert await one.take()
    assert await Tenure(Leases(database, "another work"), LEASE, clock).take()


async def test_a_piece_that_takes_longer_than_the_lease_stays_whose_it_is(
    one: Tenure, other: Tenure, clock: Clock
) -> None:
    async def long() -> bool:
        for _ in range(2):
            clock.now += LEASE
            await asyncio.sleep(LONG_ENOUGH)
            assert not await other.take()
        return one.is_held

    assert await one.work(long)


async def test_who_slept_through_its_lease_learns_it_in_the_midst(one: Tenure, other: Tenure, clock: Clock) -> None:
    async def long() -> bool:
        clock.now += LEASE
        assert await other.take()
        await asyncio.sleep(LONG_ENOUGH)
        return one.is_held

    assert not await one.work(long)


async def test_who_ends_leaves_the_work_to_the_next_at_once(one: Tenure, other: Tenure) -> None:
    async with one:
        assert await one.take()
        assert not await other.take()
    assert await other.take()
    async with one:
        assert not await one.take()
    assert await other.work(nothing), "given back is what one has"


async def test_a_database_that_is_away_in_the_midst_ends_no_work(
    one: Tenure, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def away(*_: object) -> bool:
        asked.set()
        raise LedgerUnavailable("The database is away")

    async def long() -> bool:
        monkeypatch.setattr(Leases, "hold", away)
        clock.now += LEASE
        await asyncio.wait_for(asked.wait(), 5)
        return True

    assert await one.work(long)
    with pytest.raises(LedgerUnavailable):
        await one.work(nothing)


async def test_a_piece_that_fails_says_so(one: Tenure) -> None:
    async def failing() -> bool:
        raise LedgerUnavailable("The node is away")

    with pytest.raises(LedgerUnavailable, match="node"):
        await one.work(failing)

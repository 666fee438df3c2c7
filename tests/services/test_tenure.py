"""One process of a database does a work: as long as it takes, and the next one as soon as it may."""

import asyncio
import time

import pytest

from ebl_service.errors import LedgerUnavailable
from ebl_service.services.tenure import SHORTEST_PAUSE, Tenure
from ebl_service.store.database import Database
from ebl_service.store.leases import MAX_SECONDS, Leases
from tests.databases import age_leases

LEASE = 1
LONG_ENOUGH = 2 * max(SHORTEST_PAUSE, LEASE / 3)
"""Seconds, within which a lease is looked at."""


class Clock:
    now = 1_000

    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self) -> int:
        return self.now

    async def passes(self, seconds: int) -> None:
        """Time goes on, by this clock and by the database's."""
        self.now += seconds
        await age_leases(self._database, seconds + 1)  # its clock tells whole seconds


@pytest.fixture
def clock(database: Database) -> Clock:
    return Clock(database)


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
    await clock.passes(LEASE)
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
            await clock.passes(LEASE)
            await asyncio.sleep(LONG_ENOUGH)
            assert not await other.take()
        return one.is_held

    assert await one.work(long)


async def test_who_slept_through_its_lease_learns_it_in_the_midst(one: Tenure, other: Tenure, clock: Clock) -> None:
    async def long() -> bool:
        await clock.passes(LEASE)
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
        await clock.passes(LEASE)
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


async def test_a_process_whose_clock_is_an_hour_ahead_and_that_dies_leaves_the_work_after_its_lease(
    database: Database, one: Tenure
) -> None:
    ahead = Tenure(Leases(database, "work"), LEASE, lambda: time.monotonic() + 3_600)
    assert await ahead.take()
    assert not await one.take()
    assert await one.is_anybodys()
    await age_leases(database, LEASE + 1)
    assert await one.take()


async def test_a_lease_that_a_wrong_clock_wrote_holds_nobody_up(database: Database, one: Tenure, other: Tenure) -> None:
    assert await one.take()
    await age_leases(database, -MAX_SECONDS - LEASE)
    assert not await other.is_anybodys()
    assert await other.take()


async def test_what_nobody_does_is_seen_and_who_takes_it_up_says_so(
    one: Tenure, other: Tenure, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert not await one.is_anybodys()
    assert await one.take()
    assert await other.is_anybodys()
    await clock.passes(LEASE)
    assert not await other.is_anybodys()
    assert await other.take()
    assert not await one.take()
    assert caplog.messages == ["this process does the work: work"] * 2 + ["this process has lost the work: work"]

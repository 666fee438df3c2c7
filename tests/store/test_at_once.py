"""Two processes that come to one database at the same moment: neither fails for the other."""

import asyncio

from ebl_service.domain.terms import Digest
from ebl_service.store.chapters import Chapter, Cursor, RecordedBlock
from ebl_service.store.database import Database
from ebl_service.store.history import CursorMoved, History
from ebl_service.store.leases import Leases
from tests.fake_ledger import IDENTITY

FIRST = Chapter(Cursor(1, Digest("0x" + "11" * 32), 12), [RecordedBlock(1, Digest("0x" + "11" * 32), 0)])


async def test_a_lease_is_given_back_while_others_look_at_it(database: Database) -> None:
    leases = Leases(database)

    async def come_and_go(holder: str) -> None:
        for _ in range(100):
            await leases.hold(holder, seconds=5)
            await leases.give_back(holder)

    await asyncio.gather(*[come_and_go(holder) for holder in ("one", "two", "three")])


async def test_an_empty_database_is_claimed_by_both(database: Database) -> None:
    await asyncio.gather(*[History(database).claim(IDENTITY) for _ in range(4)])


async def test_the_first_step_is_written_by_one(database: Database) -> None:
    history = History(database)
    await history.claim(IDENTITY)
    found = await asyncio.gather(*[history.append(FIRST, None) for _ in range(4)], return_exceptions=True)
    assert [type(each) for each in found if each is not None] == [CursorMoved] * 3
    assert await history.cursor() == FIRST.cursor

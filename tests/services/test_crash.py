"""The service ends at any step and starts again: every row is as if nothing had happened.

One eventful story is told once undisturbed, and then once for each place where the process can end: at every named
step, and before every SQL statement that writes. Ending is an exception that nothing catches; starting again is new
parts on the same database, while the ledger went its way.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from ebl_service.domain import actions as act
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Purpose
from ebl_service.store import tables
from ebl_service.store.database import Database
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, Clerk, title_of
from tests.databases import PARAMETERS, fresh_url
from tests.fake_ledger import FakeLedger

DEEP = bool(os.environ.get("EBL_DEEP"))
COUNTED = {("feed", "id"), ("submissions", "number")}


class Killed(BaseException):
    """The process ends here."""


class Story:
    """What happens, with a count of the places passed; it ends the process at place `kill_at`, once."""

    def __init__(self, url: str, kill_at: int = -1) -> None:
        self.url, self.kill_at = url, kill_at
        self.passed: list[str] = []
        self.ledger = FakeLedger()
        self.database = Database(url)
        self.clerk = Clerk(self.database, self.ledger, failpoint=self.pass_by)

    def pass_by(self, name: str) -> None:
        self.passed.append(name)
        if len(self.passed) - 1 == self.kill_at:
            raise Killed(name)

    async def until_done(self, step: Callable[[], Any]) -> None:
        """Do a step to its end, starting again where the process ended on the way."""
        while True:
            try:
                await step()
            except Killed:
                await self.database.close()
                self.database = Database(self.url)
                ahead = self.clerk.ahead
                self.clerk = Clerk(self.database, self.ledger, failpoint=self.pass_by)
                self.clerk.ahead = ahead
            else:
                return

    async def take(self, *acts: SignedAct, key: str | None = None) -> None:
        await self.until_done(lambda: self.clerk.submissions.accept(acts, key))

    async def send(self) -> None:
        async def all_due() -> None:
            while await self.clerk.relay.step():
                pass

        await self.until_done(all_due)

    async def block(self, blocks: int = 1) -> None:
        for _ in range(blocks):
            self.ledger.mine()
            await self.follow()

    async def follow(self) -> None:
        await self.until_done(lambda: self.clerk.indexer.catch_up())  # noqa: PLW0108 (the clerk of then)
        await self.send()

    async def tell(self) -> dict[str, list[tuple[Any, ...]]]:
        """The story; all rows at its end, but for the lease, which names processes."""
        await self.until_done(lambda: self.clerk.start())  # noqa: PLW0108 (the clerk of then)
        clerk = self.clerk
        one, two, three = (title_of(number) for number in "123")
        await self.take(clerk.issue("1"), clerk.issue("2"), clerk.issue("3"), key="first")
        await self.send()
        await self.block()
        await self.take(
            clerk.sign(SHIPPER, act.EndorseToOrder(one, 1, BANK.address)),
            clerk.sign(BANK, act.RejectTransfer(one, 2)),
            clerk.sign(SHIPPER, act.Transfer(two, 1, BUYER.address)),
        )
        competing = clerk.sign(SHIPPER, act.Sign(two, 1))
        await self.send()
        self.ledger.drop()
        self.ledger.someone_sends(competing)
        await self.block()  # nothing of ours: the node had forgotten it
        await self.send()
        await self.block(2)
        self.ledger.reorganise(1, again=True)
        await self.follow()
        await self.take(
            clerk.sign(SHIPPER, act.RequestSurrender(three, 1, Purpose.AMENDMENT)),
            clerk.sign(CARRIER, act.AcceptSurrender(three, 2)),
            key="second",
        )
        await self.send()
        self.ledger.reorganise(1)
        await self.follow()
        self.ledger.drop()
        self.ledger.use_nonce()
        await self.block()
        self.clerk.ahead = 6
        await self.send()
        self.clerk.ahead = 0
        await self.block(6)
        return await self.rows()

    async def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every table's rows, by key; counted keys are left out: only their order means anything."""
        found = {}
        async with self.database.reading() as connection:
            for table in tables.metadata.sorted_tables:
                told = [column for column in table.c if (table.name, column.name) not in COUNTED]
                rows = await connection.execute(select(*told).order_by(*table.primary_key))
                found[table.name] = [tuple(row) for row in rows]
        del found["leases"]
        return found


def _places(passed: list[str]) -> list[int]:
    """Where to end: at each kind of step the first time and the last; everywhere in deep tests."""
    if DEEP:
        return list(range(len(passed)))
    last = len(passed) - 1
    return sorted({passed.index(name) for name in passed} | {last - passed[::-1].index(name) for name in passed})


def _folder(folder: Path, count: Iterator[int]) -> Path:
    made = folder / str(next(count))
    made.mkdir()
    return made


@contextmanager
def at_statements(story: Story) -> Iterator[None]:
    """Count SQL statements that write as places, in place of the named steps."""

    def before(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            story.pass_by(statement.split("(", maxsplit=1)[0])

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)


@pytest.mark.parametrize("kind", PARAMETERS)
async def test_a_process_that_ends_at_any_named_step_leaves_the_same_rows(kind: str, tmp_path: Path) -> None:
    count = itertools.count()
    async with fresh_url(kind, _folder(tmp_path, count)) as url:
        undisturbed = Story(url)
        expected = await undisturbed.tell()
        await undisturbed.database.close()
    assert len(set(undisturbed.passed)) >= 12
    for place in _places(undisturbed.passed):
        async with fresh_url(kind, _folder(tmp_path, count)) as url:
            story = Story(url, kill_at=place)
            rows = await story.tell()
            await story.database.close()
        assert len(story.passed) > place
        assert rows == expected, f"ended at {undisturbed.passed[place]} ({place})"


async def test_a_process_that_ends_within_any_transaction_leaves_the_same_rows(tmp_path: Path) -> None:
    count = itertools.count()
    async with fresh_url("sqlite", _folder(tmp_path, count)) as url:
        undisturbed = Story(url)
        undisturbed.clerk = Clerk(undisturbed.database, undisturbed.ledger)
        with at_statements(undisturbed):
            expected = await undisturbed.tell()
        await undisturbed.database.close()
    first = next(n for n, name in enumerate(undisturbed.passed) if "ledger" in name)
    for place in range(first, len(undisturbed.passed), 1 if DEEP else 37):
        async with fresh_url("sqlite", _folder(tmp_path, count)) as url:
            story = Story(url, kill_at=place)
            with at_statements(story):
                rows = await story.tell()
            await story.database.close()
        assert rows == expected, f"ended before {undisturbed.passed[place]} ({place})"

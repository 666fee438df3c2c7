"""What closes a request: its bill, or that it is too late, in this order."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from ebl_service.services import announcing
from ebl_service.store.database import Database
from ebl_service.store.feed import Feed, Line
from ebl_service.store.issuances import Issuances
from tests.clerk import CARRIER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk
from tests.receiver import Receiver


async def test_a_request_whose_document_is_gone_is_closed_once_and_its_number_is_free_again(
    database: Database, ledger: FakeLedger, tmp_path: Path
) -> None:
    with Receiver() as carrier:
        clerk = await PlatformClerk.opened(database, ledger, tmp_path)
        await clerk.onboard(carrier.url)
        await clerk.ask(clerk.request())
        (waiting,) = await clerk.platform.waiting.page(CARRIER.address, 0, 10)
        assert waiting.until is not None
        await forget_documents(database)
        clerk.ledger.mine(1, seconds=waiting.until - clerk.now() + 1)
        await clerk.work(6)
        assert carrier.received == [], "a bill without a name cannot be told of"
        assert await clerk.platform.waiting.page(None, 0, 10) == []
        await clerk.ask(clerk.request())
        assert len(await clerk.platform.waiting.page(CARRIER.address, 0, 10)) == 1


async def forget_documents(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(text("DELETE FROM document_parts"))
        await connection.execute(text("DELETE FROM documents"))


async def test_so_is_one_whose_bill_is_issued(database: Database, ledger: FakeLedger, tmp_path: Path) -> None:
    with Receiver() as carrier:
        clerk = await PlatformClerk.opened(database, ledger, tmp_path)
        await signed_in_time(clerk, carrier.url)
        await forget_documents(database)
        await clerk.work(4)
        assert carrier.received == []
        assert await Issuances(database).of_titles(ledger.world.titles) == {}


async def signed_in_time(clerk: PlatformClerk, url: str) -> int:
    """A bill that was asked for is in a block; the seconds until it is too late to sign it."""
    await clerk.onboard(url)
    await clerk.ask(clerk.request())
    (waiting,) = await clerk.platform.waiting.page(CARRIER.address, 0, 10)
    await clerk.sign_waiting()
    await clerk.relay.step()
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    assert waiting.until is not None
    return waiting.until - clerk.now() + 1


async def test_however_many_are_late_each_is_closed(
    database: Database, ledger: FakeLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "LATE_AT_ONCE", 2)
    clerk = await PlatformClerk.opened(database, ledger, tmp_path)
    await clerk.onboard()
    for number in range(5):
        await clerk.ask(clerk.request(clerk.bill(reference=f"LATE-{number}")))
    ledger.mine(6, seconds=2 * 86_400)
    await clerk.indexer.catch_up()
    assert [await clerk.platform.announcing.step() for _ in range(3)] == [True, True, False]
    assert await clerk.platform.waiting.page(None, 0, 10) == []
    assert len(await clerk.platform.callbacks.page(CARRIER.address, None, 0, 10)) == 5


def answers(carrier: Receiver) -> list[str]:
    return [json.loads(call.body)["issuanceResponseCode"] for call in carrier.received]


async def test_a_bill_that_is_issued_is_not_told_as_late_while_its_line_waits_behind_others(
    database: Database, ledger: FakeLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "LINES_AT_ONCE", 1)
    with Receiver() as carrier:
        clerk = await PlatformClerk.opened(database, ledger, tmp_path)
        ledger.mine(6, seconds=await signed_in_time(clerk, carrier.url))
        await clerk.indexer.catch_up()
        await clerk.tell()
        assert answers(carrier) == ["ISSU"]


async def test_nor_while_its_line_comes_after_the_lines_were_read(
    database: Database, ledger: FakeLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Feed.lines
    with Receiver() as carrier:
        clerk = await PlatformClerk.opened(database, ledger, tmp_path)
        seconds = await signed_in_time(clerk, carrier.url)
        await clerk.tell()

        async def read_before(feed: Feed, first: int, most: int) -> Sequence[Line]:
            monkeypatch.undo()
            lines = await read(feed, first, most)
            ledger.mine(6, seconds=seconds)
            await clerk.indexer.catch_up()
            return lines

        monkeypatch.setattr(Feed, "lines", read_before)
        await clerk.tell()
        await clerk.tell()
        assert answers(carrier) == ["ISSU"]

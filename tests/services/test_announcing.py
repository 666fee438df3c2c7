"""What closes a request whose bill cannot be named any more."""

from pathlib import Path

from sqlalchemy import text

from ebl_service.store.database import Database
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
        async with database.writing() as connection:
            await connection.execute(text("DELETE FROM document_parts"))
            await connection.execute(text("DELETE FROM documents"))
        clerk.ledger.mine(1, seconds=waiting.until - clerk.now() + 1)
        await clerk.work(6)
        assert carrier.received == [], "a bill without a name cannot be told of"
        assert await clerk.platform.waiting.page(None, 0, 10) == []
        await clerk.ask(clerk.request())
        assert len(await clerk.platform.waiting.page(CARRIER.address, 0, 10)) == 1

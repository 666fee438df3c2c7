"""A bill's chain by its number, which anybody can guess: who may not read it learns nothing, by the queries neither."""

from pathlib import Path

import pytest
from sqlalchemy import event

from ebl_service.errors import NotFound
from ebl_service.store.database import Database
from tests.clerk import BANK, CARRIER, SHIPPER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk

NUMBER = "NUMBER-1"


async def test_a_number_that_is_issued_costs_a_stranger_the_same_queries_as_one_that_is_not(
    database: Database, ledger: FakeLedger, tmp_path: Path
) -> None:
    clerk = await PlatformClerk.opened(database, ledger, tmp_path)
    await clerk.onboard(in_custody=True)
    await clerk.ask(clerk.request(clerk.bill(reference=NUMBER)))
    for _ in range(3):
        await clerk.work(2)
    for party in (CARRIER, SHIPPER):
        (chain,) = await clerk.platform.chains.told(party.address, NUMBER)
        assert chain["transportDocumentReference"] == NUMBER
    asked: list[str] = []
    event.listen(database._readers.sync_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    queries = []
    for number in ("NUMBER-0", NUMBER, "NUMBER-2"):
        asked.clear()
        with pytest.raises(NotFound):
            await clerk.platform.chains.told(BANK.address, number)
        queries.append([query.partition(" IN (")[0] for query in asked])
    assert queries[0] == queries[1] == queries[2]
    assert len(queries[0]) >= 3

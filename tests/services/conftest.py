"""`clerk`: the whole service over a FakeLedger, on each kind of database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ebl_service.store.database import Database
from tests.clerk import Clerk
from tests.databases import PARAMETERS, fresh
from tests.fake_ledger import FakeLedger


@pytest.fixture(params=PARAMETERS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger()


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> Clerk:
    return await Clerk(database, ledger).start()

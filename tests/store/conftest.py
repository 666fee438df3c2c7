"""`database`: an empty one of each kind, with its tables."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ebl_service.store.database import Database
from tests.databases import PARAMETERS, fresh


@pytest.fixture(params=PARAMETERS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(request.param, tmp_path) as made:
        await made.upgrade()
        yield made

"""A house, and the demonstration's cast and clerk in it, over HTTP."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.house import House
from tests.voyage.sailing import Company


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("voyage"), confirmations=0) as standing:
        yield standing


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def company(house: House) -> AsyncIterator[Company]:
    async with Company.registered(house) as gathered:
        yield gathered

"""A house that serves carriers' systems, and the demonstration's cast and clerk in it, over HTTP."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.house import House
from tests.voyage.sailing import Company


class CarriersHouse(House):
    """With custody, and callbacks to loopback; nothing stands on the ledger whose document is not here."""

    def _settings(self) -> dict[str, str]:
        return super()._settings() | self.serving_carriers() | {"EBL_RELAY_WITHOUT_DOCUMENT": "false"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with CarriersHouse(tmp_path_factory.mktemp("voyage"), confirmations=0) as standing:
        yield standing


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(house: House) -> AsyncIterator[Company]:
    async with Company.registered(house) as gathered:
        yield gathered

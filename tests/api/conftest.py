"""One house for all tests of the API."""

from collections.abc import Iterator

import pytest

from tests.house import House
from tests.local_chain import LocalChain


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("api")) as standing:
        yield standing


@pytest.fixture(scope="session")
def cast(house: House) -> LocalChain:
    """Its people: cast.carrier, cast.shipper …"""
    return house.chain

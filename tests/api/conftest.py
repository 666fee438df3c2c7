"""One house for the tests of a file: a house that stands idle asks its chain all the while, which slows the others."""

from collections.abc import Iterator

import pytest

from tests.house import House
from tests.local_chain import LocalChain


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("api")) as standing:
        yield standing


@pytest.fixture(scope="module")
def cast(house: House) -> LocalChain:
    """Its people: cast.carrier, cast.shipper …"""
    return house.chain

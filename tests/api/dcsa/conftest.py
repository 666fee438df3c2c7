"""One house that serves carriers, and one carrier in custody, for the tests of a file."""

from collections.abc import Iterator

import pytest

from tests.carrier_house import CarrierHouse, CarrierSystem


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrierHouse]:
    with CarrierHouse(tmp_path_factory.mktemp("platform")) as standing:
        yield standing


@pytest.fixture(scope="module")
def system(platform: CarrierHouse) -> Iterator[CarrierSystem]:
    with CarrierSystem(platform) as standing:
        yield standing.join()

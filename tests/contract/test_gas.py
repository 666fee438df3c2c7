"""The rulebook's gas ceilings: what an act costs is fixed, so a dearer one is a change that somebody must want."""

import pytest

from scripts.benchmarks.gas import CEILINGS, measure
from tests.local_chain import LocalChain


@pytest.fixture(scope="module")
def measured(deployed_chain: LocalChain) -> dict[str, int]:
    snapshot = deployed_chain.rpc("evm_snapshot")
    found = measure(deployed_chain)
    assert deployed_chain.rpc("evm_revert", snapshot)
    return found


@pytest.mark.parametrize("what", CEILINGS)
def test_nothing_costs_more_than_the_rulebook_allows(measured: dict[str, int], what: str) -> None:
    assert measured[what] <= CEILINGS[what]

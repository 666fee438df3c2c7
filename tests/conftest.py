"""Fixtures that several folders use.

`anvil`        one local chain for the whole run; do not reorganise it: start another with `Anvil("--keep-history")`
`chain`        the registries and their registered cast on it (tests.local_chain), fresh for each test
`deployment`   what a deployment file says of them
"""

from collections.abc import Iterator

import pytest

from ebl_service.chain.deployment import Deployment
from tests.anvil import Anvil
from tests.local_chain import LocalChain


@pytest.fixture(scope="session")
def anvil() -> Iterator[Anvil]:
    """A local chain; what a test leaves on it stays there."""
    with Anvil() as running:
        yield running


@pytest.fixture(scope="session")
def deployed_chain(anvil: Anvil) -> LocalChain:
    """Registries and cast, deployed once; use `chain`, which takes back what a test did."""
    return LocalChain(anvil)


@pytest.fixture
def chain(deployed_chain: LocalChain) -> Iterator[LocalChain]:
    """Registries and cast as they were after deployment."""
    people = dict(deployed_chain.people)
    snapshot = deployed_chain.rpc("evm_snapshot")
    yield deployed_chain
    assert deployed_chain.rpc("evm_revert", snapshot)
    deployed_chain.people = people


@pytest.fixture
def deployment(chain: LocalChain) -> Deployment:
    """What a deployment file of `chain` says."""
    return chain.deployment

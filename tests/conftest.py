"""Fixtures that several folders use.

`anvil`        one local chain for the whole run; do not reorganise it: start another with `Anvil("--keep-history")`
`chain`        the registries and their registered cast on it (tests.local_chain), fresh for each test
`deployment`   what a deployment file says of them
"""

from collections.abc import Iterator
from itertools import count

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


_MINERS = count(1 << 32)


@pytest.fixture
def chain(deployed_chain: LocalChain) -> Iterator[LocalChain]:
    """Registries and cast as they were after deployment, one block later.

    That block is mined to an address of the test's own, so that neither it nor what follows was ever made before: anvil
    forgets past states in the order in which it kept them, and a block's state that it kept for an earlier test too
    goes at the turn of the first.
    """
    people = dict(deployed_chain.people)
    snapshot = deployed_chain.rpc("evm_snapshot")
    deployed_chain.rpc("anvil_setCoinbase", f"0x{next(_MINERS):040x}")
    deployed_chain.rpc("evm_mine")
    yield deployed_chain
    assert deployed_chain.rpc("evm_revert", snapshot)
    deployed_chain.people = people


@pytest.fixture
def deployment(chain: LocalChain) -> Deployment:
    """What a deployment file of `chain` says."""
    return chain.deployment

"""The chain adapter on a real local chain; `stage`: what it shares with the tests' own ledger, on each of the two."""

import pytest
from eth_account import Account

from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.registrar import ChainRegistrar
from ebl_service.chain.rpc import Rpc
from tests.local_chain import REGISTRAR_KEY
from tests.port_stage import AnvilStage, FakeStage
from tests.rpc_proxy import RpcProxy


@pytest.fixture
async def rpc(chain):
    async with Rpc([chain.url], timeout=5) as rpc:
        yield rpc


@pytest.fixture
def ledger(rpc, deployment, chain):
    return ChainLedger(rpc, deployment, Account.from_key(chain.relayer.key.secret))


@pytest.fixture
def registrar(rpc, deployment):
    return ChainRegistrar(rpc, deployment, Account.from_key(REGISTRAR_KEY))


@pytest.fixture(params=["fake", "anvil"])
async def stage(request):
    """Both ledgers in turn: a test that takes it runs on each (tests.port_stage)."""
    if request.param == "fake":
        yield FakeStage()
        return
    chain = request.getfixturevalue("chain")
    async with RpcProxy(chain.url) as proxy, Rpc([proxy.url], timeout=5) as rpc:
        on_anvil = AnvilStage(chain, proxy, rpc)
        yield on_anvil
        on_anvil.end()

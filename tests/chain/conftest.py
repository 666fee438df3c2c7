"""The chain adapter on a real local chain."""

import pytest
from eth_account import Account

from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.registrar import ChainRegistrar
from ebl_service.chain.rpc import Rpc
from tests.local_chain import REGISTRAR_KEY


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

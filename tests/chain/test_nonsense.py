"""A node that answers in another shape than it should: that is no answer, and asking again is right."""

import json

import pytest
from aiohttp import web
from eth_account import Account

from ebl_service.chain.answers import block_of, recorded_of, verdict_of
from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.errors import LedgerUnavailable
from tests.chain.served_node import ServedNode

NONSENSE = [
    ("eth_getTransactionCount", None),
    ("eth_getTransactionCount", "0x"),
    ("eth_getBalance", 7),
    ("eth_blockNumber", {}),
    ("eth_getCode", None),
    ("eth_call", "0xzz"),
    ("eth_getStorageAt", []),
    ("eth_getLogs", None),
    ("eth_getBlockByNumber", "0x1"),
    ("eth_getTransactionReceipt", []),
]


class Babbler(ServedNode):
    """A node that says `answer` to everything, with the id that it was asked under where it has none of its own."""

    def __init__(self):
        self.answer = {}

    async def _serve(self, request):
        asked = json.loads(await request.read())
        if isinstance(asked, list):
            return web.json_response([{"id": each["id"]} | self.answer for each in asked])
        return web.json_response({"id": asked["id"]} | self.answer)


@pytest.fixture
async def node():
    async with Babbler() as node:
        yield node


@pytest.fixture
async def asking(node):
    async with Rpc([node.url], timeout=5) as rpc:
        yield rpc


@pytest.mark.parametrize(("method", "said"), NONSENSE)
async def test_a_result_of_another_kind_is_no_answer(node, asking, method, said):
    node.answer = {"result": said}
    with pytest.raises(LedgerUnavailable, match=method):
        await asking.call(method)


@pytest.mark.parametrize("answer", [{"error": "busy"}, {"id": [], "result": "0x1"}, {"id": {}, "error": {}}])
async def test_an_envelope_of_another_shape_is_no_answer(node, asking, answer):
    node.answer = answer
    with pytest.raises(LedgerUnavailable):
        await asking.batch([("eth_blockNumber", ()), ("eth_blockNumber", ())])


async def test_an_error_whose_code_is_no_number_is_an_error(node, asking):
    node.answer = {"error": {"code": "E7", "message": "busy"}}
    with pytest.raises(RpcError, match="busy"):
        await asking.call("eth_blockNumber")


async def test_blocks_that_are_not_there_are_waited_for(node, asking, deployment, chain):
    ledger = ChainLedger(asking, deployment, Account.from_key(chain.relayer.key.secret))
    ledger._checked = True  # it was ours a moment ago
    node.answer = {"result": None}
    with pytest.raises(LedgerUnavailable):
        await ledger.head()
    with pytest.raises(LedgerUnavailable):
        await ledger.fees()
    with pytest.raises(LedgerUnavailable):
        await ledger.next_nonce()
    node.answer = {"result": {"blockHash": "0x" + "01" * 32}}
    with pytest.raises(LedgerUnavailable):
        await ledger.outcome("0x" + "00" * 32)


def test_what_lacks_its_members_is_no_answer():
    with pytest.raises(LedgerUnavailable):
        block_of({"number": "0x1"})
    with pytest.raises(LedgerUnavailable):
        recorded_of({"blockNumber": None})
    with pytest.raises(LedgerUnavailable):
        verdict_of({"error": "busy"})

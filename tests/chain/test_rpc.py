"""JSON-RPC through a proxy that spoils it: every fault becomes one typed error, and a second node takes over."""

import pytest
from aiohttp import web

from ebl_service.chain import agreement
from ebl_service.chain import rpc as rpc_module
from ebl_service.chain.agreement import LEFT_ALONE, Farthest, Witnesses, check_agreement
from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.errors import LedgerDisagrees, LedgerRangeTooLarge, LedgerUnavailable
from tests.chain.served_node import ServedNode
from tests.rpc_proxy import RpcProxy


class Node(ServedNode):
    """A node that knows three methods, one of which reverts. `tip` tells its blocks from another node's."""

    def __init__(self, tip: str = "aa") -> None:
        self.tip = tip
        self.height = 10

    async def _serve(self, request):
        asked = await request.json()
        answers = [self._answer(call) for call in (asked if isinstance(asked, list) else [asked])]
        return web.json_response(answers[::-1] if isinstance(asked, list) else answers[0])

    def _answer(self, call):
        base = {"jsonrpc": "2.0", "id": call["id"]}
        match call["method"]:
            case "eth_chainId":
                return base | {"result": "0x7a69"}
            case "eth_getBlockByNumber":
                at = call["params"][0]
                number = self.height if at == "latest" else int(at, 16)
                block = {"number": hex(number), "hash": f"0x{number}{self.tip if number > 5 else ''}"}
                return base | {"result": None if number > self.height else block}
            case _:
                return base | {"error": {"code": 3, "message": "execution reverted", "data": "0x1234"}}


@pytest.fixture
async def node():
    async with Node() as node:
        yield node


@pytest.fixture
async def proxy(node):
    async with RpcProxy(node.url) as proxy:
        yield proxy


@pytest.fixture
async def rpc(proxy):
    async with Rpc([proxy.url], timeout=0.5) as rpc:
        yield rpc


async def test_a_call_gives_its_result(rpc):
    assert await rpc.call("eth_chainId") == "0x7a69"


async def test_answers_of_a_batch_come_in_the_order_of_the_calls(rpc):
    calls = [("eth_getBlockByNumber", (hex(n), False)) for n in (3, 1, 2)]
    assert [block["hash"] for block in await rpc.batch(calls)] == ["0x3", "0x1", "0x2"]


async def test_a_revert_is_an_answer_with_its_data(rpc):
    with pytest.raises(RpcError, match="execution reverted") as refused:
        await rpc.call("eth_call")
    assert (refused.value.code, refused.value.data) == (3, "0x1234")


async def test_one_failing_call_does_not_hide_the_others_answers(rpc):
    answers = await rpc.answers([("eth_chainId", ()), ("eth_call", ())])
    assert answers[0]["result"] == "0x7a69"
    assert "error" in answers[1]


@pytest.mark.parametrize("how", ["drop_request", "drop_response", "status", "garbage", "truncate", "wrong_id"])
async def test_a_spoiled_answer_is_unavailable_and_the_next_call_works(rpc, proxy, how):
    proxy.spoil(how)
    with pytest.raises(LedgerUnavailable, match="no node answers"):
        await rpc.call("eth_chainId")
    assert await rpc.call("eth_chainId") == "0x7a69"


async def test_what_a_node_is_called_by_is_not_told_for_a_key_stands_in_it(proxy):
    proxy.spoil("status", times=-1)
    for url in (f"{proxy.url}/v3/secret", "http:///secret"):
        async with Rpc([url], timeout=0.5) as rpc:
            for asking in (rpc.call("eth_chainId"), rpc.ask(0, "eth_chainId")):
                with pytest.raises(LedgerUnavailable, match="node 1: ") as told:
                    await asking
                assert "secret" not in told.value.message


async def test_a_node_that_hangs_is_given_up(rpc, proxy):
    proxy.spoil("drop_request", delay=1.0)
    with pytest.raises(LedgerUnavailable, match="Timeout"):
        await rpc.call("eth_chainId")


async def test_a_batch_with_a_wrong_id_is_refused_whole(rpc, proxy):
    proxy.spoil("wrong_id")
    with pytest.raises(LedgerUnavailable, match="does not fit"):
        await rpc.batch([("eth_chainId", ()), ("eth_chainId", ())])


@pytest.mark.parametrize(
    "says", ["query returned more than 10000 results", "block range is too large", "response size exceeded"]
)
async def test_too_large_a_question_is_told_from_a_failure(rpc, proxy, says):
    proxy.spoil("rpc_error", message=says)
    with pytest.raises(LedgerRangeTooLarge):
        await rpc.call("eth_getLogs", {})


async def test_an_answer_beyond_the_bound_is_refused_unread(rpc, monkeypatch):
    monkeypatch.setattr(rpc_module, "LARGEST_ANSWER", 10)
    with pytest.raises(LedgerUnavailable, match="more than 10 bytes"):
        await rpc.call("eth_chainId")


async def test_the_next_node_takes_over_and_stays(node, proxy):
    async with Rpc([proxy.url, node.url], timeout=0.5) as both:
        proxy.spoil("status", times=-1)
        assert await both.call("eth_chainId") == "0x7a69"
        assert await both.call("eth_chainId") == "0x7a69"
        assert proxy.calls == ["eth_chainId"]


async def test_nodes_that_tell_one_chain_agree(node):
    async with Node("bb") as other, Rpc([node.url, other.url]) as both:
        await check_agreement(both, 5)


async def test_nodes_that_tell_two_chains_stop_everything(node):
    async with Node("bb") as other, Rpc([node.url, other.url]) as both:
        with pytest.raises(LedgerDisagrees, match="node 1 has 0x7aa, node 2 has 0x7bb"):
            await check_agreement(both, 7)


async def test_a_node_that_is_behind_or_gone_has_no_say(node, proxy):
    proxy.spoil("status", times=-1)
    async with Node("bb") as other, Rpc([node.url, proxy.url, other.url], timeout=0.5) as three:
        await check_agreement(three, 11)
        await check_agreement(three, 5)


async def test_each_node_says_its_hash_but_for_those_behind_or_gone(node, proxy):
    async with Node("bb") as other, Rpc([node.url, proxy.url, other.url], timeout=0.5) as three:
        witnesses, other.height = Witnesses(three), 8
        assert await witnesses.hashes(7) == {1: "0x7aa", 2: "0x7aa", 3: "0x7bb"}
        proxy.spoil("status", times=-1)
        assert await witnesses.hashes(9) == {1: "0x9aa"}
        with pytest.raises(LedgerUnavailable, match="node 1 does not say which block 11 is"):
            await witnesses.hashes(11)


async def test_a_silent_node_is_left_alone_for_a_while_and_the_one_that_serves_never_is(node, proxy, monkeypatch):
    moment = 1000.0
    monkeypatch.setattr(agreement.time, "monotonic", lambda: moment)
    async with Rpc([node.url, proxy.url], timeout=0.5) as both:
        witnesses = Witnesses(both)
        proxy.spoil("status")
        assert list(await witnesses.hashes(7)) == list(await witnesses.hashes(7)) == [1]
        assert len(proxy.calls) == 1
        moment += LEFT_ALONE
        assert list(await witnesses.hashes(7)) == [1, 2]
        both.prefer(1)
        proxy.spoil("status")
        with pytest.raises(LedgerUnavailable, match="node 2"):
            await witnesses.hashes(7)
        assert list(await witnesses.hashes(7)) == [1, 2]


async def test_of_several_nodes_the_farthest_is_believed_and_a_shorter_chain_only_when_every_node_tells_it(node, proxy):
    async with Node() as behind, Rpc([behind.url, proxy.url], timeout=0.5) as both:
        farthest, behind.height = Farthest(both), 8
        farthest.seen(10)
        assert not await farthest.is_beyond(10)
        proxy.spoil("status", times=-1)
        with pytest.raises(LedgerUnavailable, match="behind: at block 8, and 10 was there"):
            await farthest.is_beyond(8)
        proxy.rules.clear()
        assert await farthest.is_beyond(8)
        assert (await both.call("eth_getBlockByNumber", "latest", False))["number"] == hex(10)
        node.height = 8
        assert await farthest.is_beyond(8)
        assert not await farthest.is_beyond(8)


async def test_no_word_of_a_fault_tells_any_part_of_a_nodes_address():
    secret, words = "k3y-of-the-operator", "the node says: secret-host.example/v3/k3y-of-the-operator is out of credits"

    class Telling(ServedNode):
        async def _serve(self, request):
            call = await request.json()
            error = words if call["method"] == "eth_blockNumber" else {"code": 1, "message": words}
            return web.json_response({"jsonrpc": "2.0", "id": call["id"], "error": error})

    told = []
    urls = [f"http://secret-host.example:1/v3/{secret}", f"http://127.0.0.1:1/v3/{secret}?token={secret}"]
    async with Telling() as node, Rpc([*urls, f"{node.url}/?key={secret}"], timeout=5) as rpc:
        for asking in (
            rpc.ask(0, "eth_chainId"),
            rpc.ask(1, "eth_chainId"),
            rpc.call("eth_chainId"),
            rpc.call("eth_blockNumber"),
        ):
            with pytest.raises(LedgerUnavailable) as raised:
                await asking
            told.append(f"{raised.value} {raised.value.details}")
    async with Rpc(urls, timeout=5) as away:
        with pytest.raises(
            LedgerUnavailable, match=r"node 1: .*; node 2: ClientConnectorError Connection refused"
        ) as raised:
            await away.call("eth_chainId")
        told.append(str(raised.value))
    for part in (secret, "secret-host", "127.0.0.1", ":1 "):
        assert not [each for each in told if part in each]

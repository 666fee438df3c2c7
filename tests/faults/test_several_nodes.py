"""Two nodes, one of which is behind, or tells another chain: nothing is taken back on its word, nothing believed."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.anvil import Anvil
from tests.faults.stage import CONFIRMATIONS, Stage, standing


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with standing("sqlite", tmp_path) as made:
        yield made


@pytest.fixture
async def other(stage: Stage) -> AsyncIterator[Anvil]:
    """Another node of the chain, as far as it is now; the service knows both."""
    with Anvil("--keep-history") as node:
        node.rpc("anvil_loadState", stage.rpc("anvil_dumpState"))
        for block in ("0x0", "latest"):
            assert _hash(node, block) == _hash(stage.node, block)
        stage.service.settings["EBL_RPC_URLS"] = f"{stage.proxy.url},{node.url}"
        await stage.start()
        yield node


def _hash(node: Anvil, block: str) -> str:
    found: str = node.rpc("eth_getBlockByNumber", block, False)["hash"]
    return found


async def says(stage: Stage, words: str) -> bool:
    told = await stage.service.ready()
    return told is not None and not told["isReady"] and any(words in reason for reason in told["reasons"])


async def is_halted(stage: Stage) -> bool:
    cursor = await stage.history.cursor()
    return cursor is not None and "the nodes disagree" in str(cursor.halted)


async def test_while_only_a_node_that_is_behind_answers_nothing_is_taken_back(stage: Stage, other: Anvil) -> None:
    [title] = await stage.issued()
    stage.rpc("anvil_mine", hex(2 * CONFIRMATIONS))
    await stage.comes(stage.indexed)
    before = await stage.history.cursor()
    stage.proxy.spoil("status", times=-1)
    await stage.comes(lambda: says(stage, "behind"))
    assert (await stage.read(f"/v1/titles/{title}")).status_code == httpx.codes.OK
    assert await stage.history.cursor() == before
    stage.proxy.rules.clear()
    await stage.take(stage.transfer(title))
    await stage.ends_well()
    assert await stage.service.is_ready()
    assert not [line for line in await stage.history.feed.lines(1, 1000) if line.kind == "retracted"]
    assert int(other.rpc("eth_blockNumber"), 16) < stage.height()


async def test_nothing_is_final_about_which_the_nodes_differ(stage: Stage, other: Anvil) -> None:
    common = stage.height()
    other.rpc("evm_increaseTime", 60)
    other.rpc("anvil_mine", hex(CONFIRMATIONS + 2))
    [title] = await stage.issued()
    stage.rpc("anvil_mine", hex(CONFIRMATIONS + 1))
    await stage.comes(lambda: says(stage, f"the nodes disagree on block {common + 1}"))
    await stage.comes(stage.indexed)
    told = await stage.service.ready()
    assert told is not None
    assert told["finalBlock"] == common
    assert (await stage.read(f"/v1/titles/{title}")).json()["finality"] == "included"


async def test_a_node_that_tells_another_chain_stops_the_index(stage: Stage, other: Anvil) -> None:
    [title] = await stage.issued()
    other.rpc("evm_increaseTime", 60)
    other.rpc("anvil_mine", hex(40))
    stage.rpc("anvil_mine", hex(30))
    await stage.comes(lambda: says(stage, "the nodes disagree on block"))
    told = (await stage.read(f"/v1/titles/{title}")).json()
    assert told["holder"].lower() == stage.chain.shipper.address
    await stage.comes(lambda: is_halted(stage))

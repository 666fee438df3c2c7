"""Faults between service and node: it is away, hangs, loses questions and answers, answers nonsense, limits ranges."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from ebl_service.domain.submission import State
from tests.faults.conftest import DEEP
from tests.faults.stage import Stage, standing

AWAY = 60.0 if DEEP else 2.0
"""Seconds that a node is away."""
HUNG = 20.0 if DEEP else 2.0


@pytest.fixture
async def kept_stage(kind: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose node writes its chain to a file each second."""
    file = str(tmp_path / "chain.json")
    async with standing(kind, tmp_path, "--state", file, "--state-interval", "1") as made:
        await made.start()
        yield made


async def test_fault_1_while_the_node_is_away_acts_are_accepted_and_queued_and_carried_when_it_is_back(
    kept_stage: Stage,
) -> None:
    stage = kept_stage
    [title] = await stage.issued()
    chain_file = stage.folder / "chain.json"
    saved = chain_file.stat().st_mtime_ns if chain_file.exists() else 0
    await stage.comes(lambda: chain_file.exists() and chain_file.stat().st_mtime_ns > saved)
    saved = chain_file.stat().st_mtime_ns
    await stage.comes(lambda: chain_file.stat().st_mtime_ns > saved)  # begun after the last block: it has them all
    passed_on = stage.transfer(title)
    stage.node.kill()
    await stage.comes(lambda: _is_red(stage))
    assert (await stage.service.http.get("/health/live")).status_code == httpx.codes.OK
    assert (await stage.read(f"/v1/titles/{title}")).json()["holder"].lower() == stage.chain.shipper.address
    await stage.take(passed_on)
    await asyncio.sleep(AWAY)
    assert (await stage.found(stage.id_of(passed_on))).state is State.PREPARED
    stage.node.restart()
    await stage.ends_well()
    assert await stage.service.is_ready()


async def _is_red(stage: Stage) -> bool:
    told = await stage.service.ready()
    return told is not None and not told["isReady"]


async def test_fault_2_a_hanging_node_gets_the_same_transaction_again_and_no_second_one(stage: Stage) -> None:
    stage.service.settings["EBL_RPC_TIMEOUT_SECONDS"] = "1"
    await stage.restart()
    stage.rpc("evm_setAutomine", False)
    before = len(stage.proxy.sent)
    stage.proxy.on_send = lambda: os.kill(stage.node.process.pid, signal.SIGSTOP)
    [issued] = await stage.take(stage.issue())
    await stage.comes(lambda: len(stage.proxy.sent) > before)
    stage.proxy.on_send = None
    await asyncio.sleep(HUNG)
    os.kill(stage.node.process.pid, signal.SIGCONT)
    await stage.become([issued], State.SENT)
    assert len(set(stage.proxy.sent)) == 1
    stage.rpc("evm_setAutomine", True)
    await stage.ends_well()


async def test_fault_3_an_answer_lost_after_the_node_took_the_transaction_counts_as_success(stage: Stage) -> None:
    stage.rpc("evm_setAutomine", False)
    stage.proxy.spoil("drop_response", method="eth_sendRawTransaction")
    [issued] = await stage.take(stage.issue())
    await stage.become([issued], State.SENT)
    assert len(stage.proxy.sent) >= 2
    assert len(set(stage.proxy.sent)) == 1
    stage.rpc("evm_setAutomine", True)
    await stage.ends_well()
    assert await stage.are([issued], State.FINAL)


async def test_fault_4_a_lost_request_is_sent_again_as_the_same_bytes_and_done_once(stage: Stage) -> None:
    stage.proxy.spoil("drop_request", method="eth_sendRawTransaction", times=2)
    [issued] = await stage.take(stage.issue())
    await stage.ends_well()
    assert len(stage.proxy.sent) >= 3
    assert len(set(stage.proxy.sent)) == 1
    assert await stage.are([issued], State.FINAL)


NONSENSE = [
    {"how": "status", "status": 429},
    {"how": "status", "status": 503},
    {"how": "garbage"},
    {"how": "truncate"},
    {"how": "wrong_id"},
]


async def test_fault_5_a_busy_node_and_answers_that_are_nonsense_are_tried_again_and_fail_no_act(stage: Stage) -> None:
    titles = await stage.issued(len(NONSENSE))
    for title, nonsense in zip(titles, NONSENSE, strict=True):
        stage.proxy.spoil(**nonsense, times=3)
        stage.proxy.spoil(**nonsense, method="eth_sendRawTransaction", times=2)
        await stage.take(stage.transfer(title))
    await stage.ends_well()
    assert await stage.are(list(stage.promised), State.FINAL)


async def test_fault_16_ranges_that_the_node_refuses_or_takes_too_long_for_are_halved_without_a_gap(
    stage: Stage,
) -> None:
    await stage.issued(3)
    stage.service.kill()
    stage.rpc("anvil_mine", hex(300))
    stage.proxy.spoil("rpc_error", method="eth_getLogs", times=5, message="query returned more than 10000 results")
    stage.proxy.spoil("late", method="eth_getLogs", times=2, delay=30.0)
    stage.service.settings["EBL_RPC_TIMEOUT_SECONDS"] = "1"
    await stage.restart()
    await stage.ends_well()
    assert not any(rule.times for rule in stage.proxy.rules)

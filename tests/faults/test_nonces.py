"""Faults of the relayer's account: transactions dropped and evicted, fees, foreign nonces, gaps, two senders."""

import time
from itertools import pairwise

from ebl_service.domain.submission import State
from ebl_service.store.transactions import Course
from tests.faults import life
from tests.faults.stage import Stage
from tests.local_chain import WEALTH

GWEI = 10**9


async def in_the_pool(stage: Stage, count: int = 1) -> list[str]:
    """One act a transaction, each sent and none included; the submissions' ids."""
    ids = []
    stage.rpc("evm_setAutomine", False)
    for _ in range(count):
        ids += await stage.take(stage.issue())
        await stage.become(ids[-1:], State.SENT)
    return ids


async def lands(stage: Stage) -> None:
    """Blocks come of themselves again; all drains, and the oracle agrees."""
    stage.rpc("evm_setAutomine", True)
    stage.rpc("evm_mine")
    await stage.ends_well()
    assert await stage.are(list(stage.promised), State.FINAL)


async def test_fault_6_what_the_node_dropped_is_sent_again_byte_for_byte_before_any_later_nonce(stage: Stage) -> None:
    await in_the_pool(stage, 2)
    [first, second] = stage.proxy.sent[-2:]
    stage.rpc("anvil_dropAllTransactions")
    [third] = await stage.take(stage.issue())
    await stage.become([third], State.SENT)
    again = stage.proxy.sent[stage.proxy.sent.index(second) + 1 :]
    assert again[:2] == [first, second]
    assert len(set(stage.proxy.sent)) == 3
    stage.rpc("anvil_dropTransaction", (await stage.outbox.transactions.live())[0].hash)
    await lands(stage)
    assert len(set(stage.proxy.sent)) == 3


async def test_fault_7_a_relayer_drained_after_the_send_is_an_alarm_and_all_lands_in_order_when_refilled(
    stage: Stage,
) -> None:
    relayer = stage.chain.relayer.address
    ids = await in_the_pool(stage, 2)
    stage.rpc("anvil_setBalance", relayer, "0x0")
    stage.rpc("evm_mine")
    red = await stage.comes(lambda: _red(stage))
    assert any("insufficient funds" in reason.lower() for reason in red), red
    ids += await stage.take(stage.issue())
    assert stage.nonce() == 0
    stage.rpc("anvil_setBalance", relayer, WEALTH)
    await lands(stage)
    found = [await stage.found(each) for each in ids]
    nonces = {carried: nonce async for carried, nonce in _nonces(stage)}
    assert [nonces[str(item.transaction_hash)] for item in found] == [0, 1, 2]
    assert await stage.comes(stage.service.is_ready)


async def _red(stage: Stage) -> list[str]:
    told = await stage.service.ready()
    return list(told["reasons"]) if told else []


async def _nonces(stage: Stage):
    from tests.faults.oracle import rows_of

    for row in (await rows_of(stage))["transactions"]:
        yield row.hash, row.nonce


async def test_fault_8_a_fee_spike_is_answered_at_the_same_nonce_by_at_least_a_tenth_more(stage: Stage) -> None:
    stage.service.settings["EBL_REPLACE_SECONDS"] = "1"
    await stage.restart()
    await in_the_pool(stage)
    [first] = await stage.outbox.transactions.live()
    stage.rpc("anvil_setNextBlockBaseFeePerGas", hex(first.fees.max_fee * 3))
    stage.rpc("evm_mine")
    assert stage.nonce() == 0
    await stage.comes(lambda: _offers(stage, first.fees.max_fee * 3))
    offers = await stage.outbox.transactions.live()
    assert {offer.nonce for offer in offers} == {first.nonce}
    assert all(later.fees.max_fee * 10 >= earlier.fees.max_fee * 11 for earlier, later in pairwise(offers))
    await lands(stage)
    assert stage.nonce() == 1


async def _offers(stage: Stage, least: int) -> bool:
    return any(offer.fees.max_fee >= least for offer in await stage.outbox.transactions.live())


async def test_fault_8_a_fee_above_the_operators_bound_is_waited_out_and_said(stage: Stage) -> None:
    stage.service.settings |= {"EBL_REPLACE_SECONDS": "1", "EBL_MOST_FEE_PER_GAS": str(20 * GWEI)}
    await stage.restart()
    await in_the_pool(stage)
    stage.rpc("anvil_setNextBlockBaseFeePerGas", hex(100 * GWEI))
    stage.rpc("evm_mine")
    red = await stage.comes(lambda: _red(stage))
    assert any("more than the bound" in reason for reason in red), red
    assert all(offer.fees.max_fee <= 20 * GWEI for offer in await stage.outbox.transactions.live())
    stage.rpc("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    await lands(stage)


async def test_fault_9_a_foreign_transaction_that_took_our_nonce_has_the_act_ride_again_once(stage: Stage) -> None:
    [issued] = await in_the_pool(stage)
    stage.rpc("anvil_dropAllTransactions")
    _foreign(stage)
    stage.rpc("evm_mine")
    stage.foreign_nonces = 1
    assert stage.nonce() == 1
    await stage.comes(lambda: stage.says("a transaction that is not ours"))
    await stage.become([issued], State.SENT)
    await lands(stage)
    assert stage.nonce() == 2


def _foreign(stage: Stage) -> str:
    """A transaction by the relayer's key from outside the service, of its next nonce."""
    account = stage.chain.relayer.key.account
    raw = account.sign_transaction(
        {
            "type": 2,
            "chainId": stage.chain.chain_id,
            "nonce": stage.nonce(),
            "gas": 21_000,
            "maxFeePerGas": 100 * GWEI,
            "maxPriorityFeePerGas": 50 * GWEI,
            "to": "0x" + "11" * 20,
            "value": 1,
            "data": b"",
        }
    ).raw_transaction.to_0x_hex()
    stage.rpc("eth_sendRawTransaction", raw)
    return raw


async def test_fault_9_a_reorganisation_that_puts_a_foreign_transaction_on_our_nonce_has_the_act_ride_again(
    stage: Stage,
) -> None:
    [issued] = await stage.take(stage.issue())
    await stage.become([issued], State.INCLUDED)
    account = stage.chain.relayer.key.account
    other = account.sign_transaction(
        {"chainId": stage.chain.chain_id, "nonce": 0, "gas": 21_000, "gasPrice": 100 * GWEI, "to": "0x" + "11" * 20,
         "value": 1, "data": b""}
    ).raw_transaction.to_0x_hex()  # fmt: skip
    stage.rpc("anvil_reorg", 1, [[other, 0]])
    stage.foreign_nonces = 1
    await lands(stage)
    assert stage.nonce() == 2


async def test_fault_10_a_nonce_that_was_reserved_and_never_used_is_filled(stage: Stage) -> None:
    await in_the_pool(stage)
    stage.rpc("anvil_dropAllTransactions")
    _foreign(stage)
    stage.rpc("evm_mine")
    await stage.comes(lambda: _live_nonces(stage, [1]))  # the act rides at the next nonce
    stage.rpc("anvil_reorg", 1, [])  # the foreign transaction is gone: its nonce is a hole below ours
    assert stage.nonce() == 0
    await stage.comes(lambda: _live_nonces(stage, [0, 1]))
    await lands(stage)
    assert stage.nonce() == 2


async def _live_nonces(stage: Stage, expected: list[int]) -> bool:
    return [carried.nonce for carried in await stage.outbox.transactions.live()] == expected


async def test_fault_10_a_process_that_ends_between_reserving_and_storing_leaves_no_gap(stage: Stage) -> None:
    stage.service.kill()
    await stage.start(life.End("relay.signed"))
    await stage.take(stage.issue())
    await stage.comes(lambda: not stage.service.is_alive)
    assert not await stage.outbox.transactions.live()
    await stage.start()
    await lands(stage)
    assert stage.nonce() == 1


async def test_fault_10_nonces_that_the_chain_skipped_are_skipped(stage: Stage) -> None:
    await in_the_pool(stage)
    stage.rpc("anvil_setNonce", stage.chain.relayer.address, "0x3")
    stage.rpc("anvil_dropAllTransactions")
    stage.rpc("evm_mine")
    stage.foreign_nonces = 3
    await lands(stage)
    assert stage.nonce() == 4


async def test_fault_11_of_two_services_on_one_database_one_sends_and_the_other_takes_over(stage: Stage) -> None:
    other = stage.another()
    other.start()
    await stage.comes(other.is_ready)
    acts = [stage.issue() for _ in range(4)]
    for turn, signed in enumerate(acts):
        await stage.post(signed, service=other if turn % 2 else stage.service)
    await stage.become(list(stage.promised), State.INCLUDED, State.FINAL)
    stage.service.kill()
    began = time.monotonic()
    late = stage.issue()
    assert (await stage.post(late, service=other)).status_code == 202
    await stage.become([stage.id_of(late)], State.INCLUDED)
    assert time.monotonic() - began < 10
    await stage.start()
    await lands(stage)
    statuses = {carried.course for carried in await stage.outbox.transactions.live()}
    assert Course.LOST not in statuses

"""Fault 20: one act of a batch that goes bad between the check and the block spoils none of the others."""

from typing import Any

import pytest

from ebl_service.domain.actions import Sign, Transfer
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Address
from tests.contract.stage import direct_data
from tests.faults.stage import Stage
from tests.local_chain import selector

GOOD = 49
BURNS_GAS = "0x5b5f56"
"""JUMPDEST, jump back for ever."""


def _expires(stage: Stage) -> None:
    stage.rpc("evm_increaseTime", 3 * 60)


def _is_suspended(stage: Stage) -> None:
    """The receiver, by the registrar's transaction in front of the batch in the same block."""
    data = selector("PartyRegistry", "suspend") + bytes(12) + bytes.fromhex(stage.chain.bank.address[2:])
    _in_front(stage, stage.chain.registrar.address, stage.chain.party_registry, data)


def _in_front(stage: Stage, sender: Address, to: Address, data: bytes) -> None:
    fees = {"maxFeePerGas": hex(500 * 10**9), "maxPriorityFeePerGas": hex(100 * 10**9), "gas": hex(300_000)}
    stage.rpc("eth_sendTransaction", {"from": sender, "to": to, "data": "0x" + data.hex(), **fees})


def _burns(stage: Stage) -> None:
    """The signer became a wallet (EIP-7702) that burns all the gas it is given."""
    stage.rpc("anvil_setCode", stage.chain.shipper.address, BURNS_GAS)


def _is_overtaken(stage: Stage) -> None:
    """The holder's own call uses the sequence first, in the same block: the signed act comes with a bad nonce."""
    title_id = next(row.act.title_id for row in stage.promised.values() if isinstance(row.act, Transfer))
    data = direct_data(Sign(title_id, 1))
    _in_front(stage, stage.chain.shipper.address, stage.chain.title_registry, data)


@pytest.mark.parametrize(
    ("goes_bad", "rules"),
    [
        (_expires, {"DeadlinePassed"}),
        (_is_suspended, {"RecipientSuspended"}),
        (_is_overtaken, {"StaleSequence"}),
        (_burns, {"InvalidSignature", "Unexplained"}),
    ],
    ids=["an expired deadline", "a suspended receiver", "a bad nonce", "a wallet that burns gas"],
)
async def test_fault_20_one_poison_act_in_a_batch_of_fifty_gets_its_reason_and_the_others_stand(
    stage: Stage, goes_bad: Any, rules: set[str]
) -> None:
    [title] = await stage.issued()
    stage.rpc("evm_setAutomine", False)
    poison = stage.transfer(title, seconds=120)
    good: list[SignedAct] = [stage.issue() for _ in range(GOOD)]
    ids = await stage.take(*good[:20], poison, *good[20:])
    await stage.become(ids, State.SENT)
    assert len({carried.nonce for carried in await stage.outbox.transactions.live()}) >= 1
    goes_bad(stage)
    stage.rpc("evm_mine")
    stage.rpc("evm_setAutomine", True)
    await stage.become([stage.id_of(signed) for signed in good], State.INCLUDED, State.FINAL)
    await stage.ends_well()
    refused = await stage.found(stage.id_of(poison))
    assert (refused.state, refused.is_terminal) == (State.REFUSED, True)
    assert type(refused.refusal).__name__ in rules
    used = stage.rpc("eth_getTransactionReceipt", (await stage.found(ids[0])).transaction_hash)["gasUsed"]
    assert int(used, 16) < GOOD * 200_000 + 600_000

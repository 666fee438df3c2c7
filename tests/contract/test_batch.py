"""A batch: each act stands or is refused by itself, and none can spoil the others."""

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from ebl_service.domain.actions import Issue, Sign, Transfer
from tests.contract.abi import Refused, data_of, refusal_of
from tests.contract.conftest import Refusal
from tests.contract.stage import Stage, direct_data, signed_data
from tests.local_chain import LocalChain


def sent(stage: Stage, chain: LocalChain, *acts: bytes) -> list[tuple[str, dict[str, object]]]:
    return stage.call(chain.relayer, "TitleRegistry", "batch", list(acts))


def test_each_act_stands_or_is_refused_by_itself(stage: Stage, chain: LocalChain) -> None:
    first, second, third = (stage.issue() for _ in range(3))
    good = [stage.sign(chain.shipper, Transfer(bill, 1, chain.bank.address)) for bill in (first, third)]
    stolen = stage.sign(chain.bank, Transfer(second, 1, chain.bank.address))
    acts = [signed_data(signed) for signed in (good[0], stolen, good[1])]
    moved, refused, also_moved = sent(stage, chain, *acts)
    assert (moved.name, moved.arguments["titleId"]) == ("Transferred", first)
    assert (also_moved.name, also_moved.arguments["titleId"]) == ("Transferred", third)
    assert refused.name == "ActRefused"
    reason = refused.arguments.pop("reason")
    assert refused.arguments == {"index": 1, "act": "0x" + keccak(acts[1]).hex()}
    why = refusal_of("TitleRegistry", bytes.fromhex(reason[2:]))
    assert (why.name, why.values) == ("NotHolder", (second, chain.bank.address))
    assert stage.title(second)["holder"] == chain.shipper.address


def test_the_same_act_twice_counts_once(stage: Stage, chain: LocalChain) -> None:
    bill = stage.issue()
    act = signed_data(stage.sign(chain.shipper, Transfer(bill, 1, chain.bank.address)))
    moved, refused = sent(stage, chain, act, act)
    assert (moved.name, refused.name, refused.arguments["index"]) == ("Transferred", "ActRefused", 1)
    assert stage.title(bill)["sequence"] == 2


def test_acts_on_one_title_follow_one_another_within_a_batch(stage: Stage, chain: LocalChain) -> None:
    asked: Issue = stage.issuing(chain.carrier, chain.shipper, None)
    bill = asked.title_id
    acts = [
        stage.sign(chain.carrier, asked),
        stage.sign(chain.shipper, Transfer(bill, 1, chain.bank.address)),
        stage.sign(chain.bank, Sign(bill, 2)),
        stage.sign(chain.bank, Transfer(bill, 3, chain.consignee.address)),
    ]
    happened = sent(stage, chain, *map(signed_data, acts))
    assert [event.name for event in happened] == ["Issued", "Transferred", "Signed", "Transferred"]
    assert stage.title(bill)["holder"] == chain.consignee.address


def test_an_empty_batch_does_nothing(stage: Stage, chain: LocalChain) -> None:
    assert sent(stage, chain) == []


def test_a_direct_call_in_a_batch_is_the_registrys_own_and_moves_nothing(stage: Stage, chain: LocalChain) -> None:
    bill = stage.issue()
    (refused,) = sent(stage, chain, direct_data(Transfer(bill, 1, chain.bank.address)))
    why = refusal_of("TitleRegistry", bytes.fromhex(refused.arguments["reason"][2:]))
    assert (why.name, why.values) == ("NotHolder", (bill, chain.title_registry))


def test_there_is_no_batch_in_a_batch(stage: Stage, chain: LocalChain) -> None:
    (refused,) = sent(stage, chain, data_of("TitleRegistry", "batch", []))
    assert refusal_of("TitleRegistry", bytes.fromhex(refused.arguments["reason"][2:])).name == "BatchInBatch"


def test_nonsense_in_a_batch_is_refused_without_a_reason(stage: Stage, chain: LocalChain) -> None:
    happened = sent(stage, chain, b"", b"\x01", b"\xff" * 100)
    assert [(event.arguments["index"], event.arguments["reason"]) for event in happened] == [
        (n, "0x") for n in range(3)
    ]


def test_a_batch_without_gas_for_its_next_act_reverts_whole(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    bills = [stage.issue() for _ in range(20)]
    acts = [signed_data(stage.sign(chain.shipper, Transfer(bill, 1, chain.bank.address))) for bill in bills]
    with refused("BatchOutOfGas", 0):
        stage.batch(acts, hex(500_000))
    for gas in (700_000, 800_000, 900_000):
        with pytest.raises(Refused) as why:
            stage.batch(acts, hex(gas))
        assert (why.value.name, 0 < why.value.values[0] < 20) == ("BatchOutOfGas", True)
    assert {stage.title(bill)["sequence"] for bill in bills} == {1}
    stage.batch(acts, hex(1_500_000))
    assert {stage.title(bill)["holder"] for bill in bills} == {chain.bank.address}


def test_a_batch_carries_malformed_arguments_no_further(stage: Stage, chain: LocalChain) -> None:
    """An act whose bytes do not decode is refused, whatever its selector."""
    bill = stage.issue()
    good = signed_data(stage.sign(chain.shipper, Transfer(bill, 1, chain.bank.address)))
    dirty = good[: 4 + 64] + encode(["uint256"], [2**255]) + good[4 + 96 :]
    refused, moved = sent(stage, chain, dirty, good)
    assert (refused.name, refused.arguments["reason"], moved.name) == ("ActRefused", "0x", "Transferred")

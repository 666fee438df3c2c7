"""Rejecting a hand-over: the receiver's return, as the very next act, in time, to exactly what was before."""

import pytest

from ebl_service.chain.deployment import REJECT_PERIOD
from ebl_service.domain import actions as act
from ebl_service.domain.actions import EndorseInBlank, EndorseToOrder, RejectTransfer, Sign, Transfer
from ebl_service.domain.terms import Purpose, Verb
from ebl_service.domain.title import PASSED_ON, PreviousAct
from tests.contract.conftest import Refusal
from tests.contract.stage import Stage
from tests.local_chain import LocalChain

HAND_OVERS = [act.Transfer, act.Endorse, act.EndorseToOrder, act.EndorseInBlank]
STANDING = ("holder", "endorsee", "entitled", "mayEndorse", "isToOrder", "status", "version", "commitment", "carrier")


@pytest.mark.parametrize("kind", HAND_OVERS)
@pytest.mark.parametrize("endorsee", [None, "shipper"])
def test_the_receiver_sends_back_what_it_was_handed(
    stage: Stage, chain: LocalChain, way: str, kind: type, endorsee: str | None
) -> None:
    bill = stage.issue(chain.people[endorsee] if endorsee else None)
    before = stage.title(bill)
    stage.play(chain.shipper, kind(bill, 1, chain.bank.address))
    (rejected,) = stage.play(chain.bank, RejectTransfer(bill, 2), way)
    assert rejected.name == "TransferRejected"
    assert rejected.arguments == {
        "titleId": bill,
        "from": chain.bank.address,
        "to": chain.shipper.address,
        "sequence": 3,
        "time": stage.now,
    }
    after = stage.title(bill)
    assert {name: after[name] for name in STANDING} == {name: before[name] for name in STANDING}
    assert (after["sequence"], after["actedAt"]) == (3, stage.now)
    assert after["head"] != before["head"]


def test_the_giver_may_go_on_as_if_nothing_had_been(stage: Stage, chain: LocalChain) -> None:
    """Its flags are back too: the first holder has passed nothing on, and may still ask for an amendment."""
    bill = stage.issue(chain.consignee)
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    stage.play(chain.bank, RejectTransfer(bill, 2))
    assert not stage.titles[bill].flags & PASSED_ON
    stage.play(chain.shipper, act.RequestSurrender(bill, 3, Purpose.AMENDMENT))
    assert stage.title(bill)["status"] == "PENDING_SURRENDER_FOR_AMENDMENT"


def test_a_return_goes_also_to_a_giver_suspended_since(stage: Stage, chain: LocalChain, way: str) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    for name in ("shipper", "bank"):
        stage.call(chain.registrar, "PartyRegistry", "suspend", chain.people[name].address)
    stage.play(chain.bank, RejectTransfer(bill, 2), way)
    assert stage.title(bill)["holder"] == chain.shipper.address


def test_a_hand_over_is_rejected_up_to_the_last_second_of_the_period(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal
) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    until = stage.now + REJECT_PERIOD
    stage.at(until + 1)
    with refused("RejectPeriodOver", bill, chain.bank, until):
        stage.play(chain.bank, RejectTransfer(bill, 2), way)
    other = stage.issue()
    stage.play(chain.shipper, Transfer(other, 1, chain.bank.address))
    stage.at(stage.now + REJECT_PERIOD)
    stage.play(chain.bank, RejectTransfer(other, 2), way)
    assert stage.title(other)["holder"] == chain.shipper.address


def test_only_the_very_next_act_can_reject(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    proof = stage.titles[bill].last
    stage.play(chain.bank, Sign(bill, 2))
    with refused("NothingToReject", bill, chain.bank):
        stage.play(chain.bank, RejectTransfer(bill, 3), way)
    with refused("PreviousActMismatch", bill, chain.bank):
        stage.play(chain.bank, RejectTransfer(bill, 3), way, proof)


def test_an_issue_cannot_be_rejected(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    bill = stage.issue()
    with refused("NothingToReject", bill, chain.shipper):
        stage.play(chain.shipper, RejectTransfer(bill, 1), way)


def test_a_return_cannot_be_rejected(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    stage.play(chain.bank, RejectTransfer(bill, 2))
    with refused("NothingToReject", bill, chain.shipper):
        stage.play(chain.shipper, RejectTransfer(bill, 3), way)


@pytest.mark.parametrize("kind", [EndorseInBlank, EndorseToOrder])
def test_what_the_holder_endorsed_but_kept_was_not_received(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, kind(bill, 1, None if kind is EndorseInBlank else chain.shipper.address))
    with refused("NothingToReject", bill, chain.shipper):
        stage.play(chain.shipper, RejectTransfer(bill, 2), way)


def test_a_refused_surrender_cannot_be_rejected_as_a_hand_over(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, act.RequestSurrender(bill, 1, Purpose.DELIVERY))
    stage.play(chain.carrier, act.RejectSurrender(bill, 2))
    with refused("NothingToReject", bill, chain.shipper):
        stage.play(chain.shipper, RejectTransfer(bill, 3))


def test_the_giver_cannot_take_the_bill_back(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    with refused("NotHolder", bill, chain.shipper):
        stage.play(chain.shipper, RejectTransfer(bill, 2), way)


FORGED = {
    "head": "0x" + "11" * 32,
    "verb": Verb.ENDORSE,
    "time": 1,
    "actor": "0x" + "22" * 20,
    "arguments": "0x" + "33" * 32,
    "possession": 5,
    "endorsee_number": 9,
}


@pytest.mark.parametrize("member", FORGED)
def test_every_part_of_the_proof_counts(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, member: str
) -> None:
    bill = stage.issue(chain.shipper)
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    forged: PreviousAct = stage.titles[bill].last._replace(**{member: FORGED[member]})
    with refused("PreviousActMismatch", bill, chain.bank):
        stage.play(chain.bank, RejectTransfer(bill, 2), way, forged)


def test_a_proof_with_another_giver_does_not_move_the_bill_to_it(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    last = stage.titles[bill].last
    stolen = last.possession - int(chain.shipper.address, 16) + int(chain.forwarder.address, 16)
    with refused("PreviousActMismatch", bill, chain.bank):
        stage.play(chain.bank, RejectTransfer(bill, 2), "direct", last._replace(possession=stolen))


def test_the_proof_of_another_bill_does_not_serve(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    bill, other = stage.issue(), stage.issue()
    for each in (bill, other):
        stage.play(chain.shipper, Transfer(each, 1, chain.bank.address))
    with refused("PreviousActMismatch", bill, chain.bank):
        stage.play(chain.bank, RejectTransfer(bill, 2), "direct", stage.titles[other].last)


def test_anyone_may_supply_the_proof_of_a_signed_return(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    """The proof is not signed: a wrong one costs the relayer its gas, the signature still serves with the right one."""
    bill = stage.issue()
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    signed = stage.sign(chain.bank, RejectTransfer(bill, 2))
    with refused("PreviousActMismatch", bill, chain.bank):
        stage.relay(signed, stage.titles[bill].last._replace(time=7))
    stage.relay(signed)
    assert stage.title(bill)["holder"] == chain.shipper.address

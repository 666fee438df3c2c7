"""Surrender: who may offer the bill back and for what, and the carrier's answer, or its silence."""

import pytest

from ebl_service.chain.deployment import ANSWER_PERIOD
from ebl_service.domain.actions import (
    AcceptSurrender,
    Endorse,
    RejectSurrender,
    RequestSurrender,
    Sign,
    Transfer,
    WithdrawSurrender,
)
from ebl_service.domain.terms import Purpose
from tests.contract.conftest import Refusal
from tests.contract.stage import Stage, direct_data
from tests.local_chain import LocalChain

SWITCH = "0x" + b"SWTP".ljust(32, b"\0").hex()
AMENDING = [Purpose.AMENDMENT, Purpose.PAPER]


@pytest.mark.parametrize("purpose", Purpose)
def test_a_bill_is_surrendered_and_accepted(stage: Stage, chain: LocalChain, way: str, purpose: Purpose) -> None:
    bill = stage.issue(chain.shipper)
    (requested,) = stage.play(chain.shipper, RequestSurrender(bill, 1, purpose, SWITCH), way)
    assert requested.name == "SurrenderRequested"
    assert requested.arguments == {
        "titleId": bill,
        "holder": chain.shipper.address,
        "carrier": chain.carrier.address,
        "purpose": purpose.name,
        "reason": SWITCH,
        "sequence": 2,
        "time": stage.now,
    }
    assert stage.title(bill)["status"] == f"PENDING_SURRENDER_FOR_{purpose.name}"
    (accepted,) = stage.play(chain.carrier, AcceptSurrender(bill, 2), way)
    assert accepted.name == "SurrenderAccepted"
    answered = {"titleId": bill, "holder": chain.shipper.address, "carrier": chain.carrier.address, "sequence": 3}
    assert accepted.arguments == answered | {"time": stage.now}
    title = stage.title(bill)
    assert title["status"] == f"SURRENDERED_FOR_{purpose.name}"
    assert title["holder"] == title["entitled"] == chain.shipper.address


def test_a_purpose_that_does_not_exist_is_refused_before_anything(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    bill = stage.issue()
    data = bytearray(direct_data(RequestSurrender(bill, 1, Purpose.PAPER)))
    data[4 + 3 * 32 - 1] = 3
    with refused(""):
        stage.send(chain.shipper.address, "TitleRegistry", bytes(data))


@pytest.mark.parametrize("purpose", Purpose)
def test_the_carrier_gives_a_bill_back_as_it_was(stage: Stage, chain: LocalChain, way: str, purpose: Purpose) -> None:
    bill = stage.issue(chain.shipper)
    before = stage.title(bill)
    stage.play(chain.shipper, RequestSurrender(bill, 1, purpose))
    (rejected,) = stage.play(chain.carrier, RejectSurrender(bill, 2), way)
    assert rejected.name == "SurrenderRejected"
    answered = {"titleId": bill, "holder": chain.shipper.address, "carrier": chain.carrier.address, "sequence": 3}
    assert rejected.arguments == answered | {"time": stage.now}
    after = stage.title(bill)
    assert {name for name in after if after[name] != before[name]} == {"sequence", "actedAt", "head"}
    stage.play(chain.shipper, Transfer(bill, 3, chain.bank.address), way)


def test_any_holder_of_a_blank_bill_surrenders_it(stage: Stage, chain: LocalChain, way: str) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, Transfer(bill, 1, chain.forwarder.address))
    stage.play(chain.forwarder, RequestSurrender(bill, 2, Purpose.DELIVERY), way)
    assert stage.title(bill)["status"] == "PENDING_SURRENDER_FOR_DELIVERY"


def test_an_endorsee_by_name_surrenders(stage: Stage, chain: LocalChain, way: str) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, Endorse(bill, 1, chain.consignee.address))
    stage.play(chain.consignee, RequestSurrender(bill, 2, Purpose.DELIVERY), way)
    assert stage.title(bill)["status"] == "PENDING_SURRENDER_FOR_DELIVERY"


@pytest.mark.parametrize("purpose", Purpose)
def test_a_custodian_does_not_surrender(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, purpose: Purpose
) -> None:
    bill = stage.issue(chain.shipper)
    stage.play(chain.shipper, Transfer(bill, 1, chain.forwarder.address))
    with refused("MayNotSurrender", bill, chain.forwarder, purpose.name):
        stage.play(chain.forwarder, RequestSurrender(bill, 2, purpose), way)


def test_the_first_holder_of_anothers_bill_may_have_it_amended_but_not_delivered(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal
) -> None:
    bill = stage.issue(chain.bank)
    with refused("MayNotSurrender", bill, chain.shipper, "DELIVERY"):
        stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.DELIVERY), way)
    for sequence, purpose in ((1, Purpose.AMENDMENT), (3, Purpose.PAPER)):
        stage.play(chain.shipper, RequestSurrender(bill, sequence, purpose), way)
        stage.play(chain.carrier, RejectSurrender(bill, sequence + 1))


@pytest.mark.parametrize("purpose", Purpose)
def test_the_first_holder_that_passed_the_bill_on_may_not_have_it_amended(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, purpose: Purpose
) -> None:
    bill = stage.issue(chain.bank)
    stage.play(chain.shipper, Transfer(bill, 1, chain.forwarder.address))
    stage.play(chain.forwarder, Transfer(bill, 2, chain.shipper.address))
    with refused("MayNotSurrender", bill, chain.shipper, purpose.name):
        stage.play(chain.shipper, RequestSurrender(bill, 3, purpose), way)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_straight_bill_is_surrendered_by_shipper_or_consignee_in_possession_only(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, purpose: Purpose
) -> None:
    bill = stage.issue(chain.consignee, is_to_order=False)
    stage.play(chain.shipper, RequestSurrender(bill, 1, purpose), way)
    stage.play(chain.carrier, RejectSurrender(bill, 2))
    stage.play(chain.shipper, Transfer(bill, 3, chain.bank.address))
    with refused("MayNotSurrender", bill, chain.bank, purpose.name):
        stage.play(chain.bank, RequestSurrender(bill, 4, purpose), way)
    stage.play(chain.bank, Transfer(bill, 4, chain.shipper.address))
    stage.play(chain.shipper, RequestSurrender(bill, 5, purpose), way)
    stage.play(chain.carrier, RejectSurrender(bill, 6))
    stage.play(chain.shipper, Transfer(bill, 7, chain.consignee.address))
    stage.play(chain.consignee, RequestSurrender(bill, 8, purpose), way)
    assert stage.title(bill)["status"] == f"PENDING_SURRENDER_FOR_{purpose.name}"


@pytest.mark.parametrize("purpose", [Purpose.AMENDMENT, Purpose.PAPER])
def test_a_consignee_that_has_held_a_straight_bill_is_not_amended_away(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, purpose: Purpose
) -> None:
    bill = stage.issue(chain.consignee, is_to_order=False)
    stage.play(chain.shipper, Transfer(bill, 1, chain.consignee.address))
    stage.play(chain.consignee, Transfer(bill, 2, chain.shipper.address))
    with refused("MayNotSurrender", bill, chain.shipper, purpose.name):
        stage.play(chain.shipper, RequestSurrender(bill, 3, purpose), way)
    stage.play(chain.shipper, RequestSurrender(bill, 3, Purpose.DELIVERY), way)
    stage.play(chain.carrier, RejectSurrender(bill, 4))
    stage.play(chain.shipper, Transfer(bill, 5, chain.consignee.address))
    stage.play(chain.consignee, RequestSurrender(bill, 6, purpose), way)
    assert stage.title(bill)["status"] == f"PENDING_SURRENDER_FOR_{purpose.name}"


@pytest.mark.parametrize("kind", [AcceptSurrender, RejectSurrender])
@pytest.mark.parametrize("name", ["shipper", "other_carrier", "bank", "stranger"])
def test_only_the_carrier_that_issued_answers(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type, name: str
) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.DELIVERY))
    with refused("NotCarrier", bill, chain.people[name]):
        stage.play(chain.people[name], kind(bill, 2), way)


@pytest.mark.parametrize("kind", [AcceptSurrender, RejectSurrender])
def test_a_suspended_carrier_answers(stage: Stage, chain: LocalChain, way: str, kind: type) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.DELIVERY))
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.carrier.address)
    stage.play(chain.carrier, kind(bill, 2), way)
    assert stage.title(bill)["sequence"] == 3


def test_an_unanswered_request_is_withdrawn_after_the_answer_period(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal
) -> None:
    bill = stage.issue(chain.shipper)
    before = stage.title(bill)
    stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.DELIVERY))
    until = stage.now + ANSWER_PERIOD
    stage.at(until)
    with refused("AnswerPeriodRunning", bill, chain.shipper, until):
        stage.play(chain.shipper, WithdrawSurrender(bill, 2), way)
    stage.at(until + 1)
    (withdrawn,) = stage.play(chain.shipper, WithdrawSurrender(bill, 2), way)
    assert withdrawn.name == "SurrenderWithdrawn"
    assert withdrawn.arguments == {
        "titleId": bill,
        "holder": chain.shipper.address,
        "carrier": chain.carrier.address,
        "sequence": 3,
        "time": stage.now,
    }
    after = stage.title(bill)
    assert {name for name in after if after[name] != before[name]} == {"sequence", "actedAt", "head"}


@pytest.mark.parametrize("name", ["bank", "carrier", "stranger"])
def test_only_who_requested_withdraws(stage: Stage, chain: LocalChain, way: str, refused: Refusal, name: str) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.DELIVERY))
    stage.wait(ANSWER_PERIOD + 1)
    with refused("NotHolder", bill, chain.people[name]):
        stage.play(chain.people[name], WithdrawSurrender(bill, 2), way)


def test_the_carrier_may_still_answer_when_its_time_is_over(stage: Stage, chain: LocalChain, way: str) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.DELIVERY))
    stage.wait(10 * ANSWER_PERIOD)
    stage.play(chain.carrier, AcceptSurrender(bill, 2), way)
    assert stage.title(bill)["status"] == "SURRENDERED_FOR_DELIVERY"


def test_a_surrendered_bill_never_changes_again(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.DELIVERY))
    stage.play(chain.carrier, AcceptSurrender(bill, 2))
    stage.wait(100 * ANSWER_PERIOD)
    with refused("SurrenderNotPending", bill, chain.carrier, "SURRENDERED_FOR_DELIVERY"):
        stage.play(chain.carrier, RejectSurrender(bill, 3))
    with refused("TitleNotLive", bill, chain.shipper, "SURRENDERED_FOR_DELIVERY"):
        stage.play(chain.shipper, Sign(bill, 3))

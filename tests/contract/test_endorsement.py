"""The three endorsements: who may, what each leaves, and who may endorse after it."""

from itertools import pairwise

import pytest

from ebl_service.domain.actions import Endorse, EndorseInBlank, EndorseToOrder, Transfer
from tests.contract.conftest import Refusal
from tests.contract.stage import Stage
from tests.local_chain import CAST, LocalChain

KINDS = [Endorse, EndorseToOrder, EndorseInBlank]


def number(name: str) -> int:
    """The party number of one of the cast: they joined in this order."""
    return list(CAST).index(name) + 1


@pytest.mark.parametrize(("kind", "event"), [(Endorse, "Endorsed"), (EndorseToOrder, "EndorsedToOrder")])
@pytest.mark.parametrize("blank", [True, False])
def test_an_endorsement_names_the_endorsee_and_hands_over(
    stage: Stage, chain: LocalChain, way: str, kind: type, event: str, blank: bool
) -> None:
    bill = stage.issue(None if blank else chain.shipper)
    (endorsed,) = stage.play(chain.shipper, kind(bill, 1, chain.bank.address), way)
    assert endorsed.name == event
    assert endorsed.arguments == {
        "titleId": bill,
        "from": chain.shipper.address,
        "to": chain.bank.address,
        "number": number("bank"),
        "sequence": 2,
        "time": stage.now,
    }
    title = stage.title(bill)
    assert title["holder"] == title["endorsee"] == title["entitled"] == chain.bank.address
    assert title["mayEndorse"] == (kind is EndorseToOrder)
    assert title["isToOrder"]


@pytest.mark.parametrize("blank", [True, False])
def test_an_endorsement_in_blank_hands_over_to_whom_it_names(
    stage: Stage, chain: LocalChain, way: str, blank: bool
) -> None:
    bill = stage.issue(None if blank else chain.shipper)
    (endorsed,) = stage.play(chain.shipper, EndorseInBlank(bill, 1, chain.bank.address), way)
    assert endorsed.name == "EndorsedInBlank"
    assert endorsed.arguments == {
        "titleId": bill,
        "from": chain.shipper.address,
        "to": chain.bank.address,
        "sequence": 2,
        "time": stage.now,
    }
    title = stage.title(bill)
    assert title["holder"] == title["entitled"] == chain.bank.address
    assert title["endorsee"] == "0x" + "00" * 20
    assert not title["mayEndorse"]


def test_an_endorsement_in_blank_may_keep_the_bill(stage: Stage, chain: LocalChain, way: str) -> None:
    bill = stage.issue(chain.shipper)
    (endorsed,) = stage.play(chain.shipper, EndorseInBlank(bill, 1), way)
    assert endorsed.arguments["to"] == "0x" + "00" * 20
    title = stage.title(bill)
    assert title["holder"] == title["entitled"] == chain.shipper.address
    assert title["endorsee"] == "0x" + "00" * 20
    stage.play(chain.shipper, Transfer(bill, 2, chain.bank.address))
    assert stage.view("entitledOf", bill) == chain.bank.address


@pytest.mark.parametrize("kind", KINDS)
def test_a_straight_bill_cannot_be_endorsed(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue(chain.consignee, is_to_order=False)
    with refused("StraightBill", bill, chain.shipper):
        stage.play(chain.shipper, kind(bill, 1, chain.bank.address), way)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_endorsee_in_possession_endorses(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue(chain.bank)
    with refused("NotEndorsee", bill, chain.shipper):
        stage.play(chain.shipper, kind(bill, 1, chain.consignee.address), way)
    with refused("NotHolder", bill, chain.bank):
        stage.play(chain.bank, kind(bill, 1, chain.consignee.address), way)
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    stage.play(chain.bank, kind(bill, 2, chain.consignee.address), way)
    assert stage.view("entitledOf", bill) == chain.consignee.address


@pytest.mark.parametrize("kind", KINDS)
def test_who_was_endorsed_to_by_name_may_not_endorse_further(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, Endorse(bill, 1, chain.bank.address))
    with refused("MayNotEndorse", bill, chain.bank):
        stage.play(chain.bank, kind(bill, 2, chain.consignee.address), way)
    stage.play(chain.bank, Transfer(bill, 2, chain.consignee.address))
    assert stage.view("entitledOf", bill) == chain.bank.address


def test_the_holder_of_a_blank_bill_may_name_itself(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal
) -> None:
    bill = stage.issue()
    (endorsed,) = stage.play(chain.shipper, EndorseToOrder(bill, 1, chain.shipper.address), way)
    assert (endorsed.arguments["to"], endorsed.arguments["number"]) == (chain.shipper.address, number("shipper"))
    title = stage.title(bill)
    assert title["holder"] == title["endorsee"] == chain.shipper.address
    assert title["mayEndorse"]
    with refused("AlreadyHolder", bill, chain.shipper):
        stage.play(chain.shipper, EndorseToOrder(bill, 2, chain.shipper.address), way)


@pytest.mark.parametrize("kind", [Endorse, EndorseInBlank])
def test_the_holder_of_a_blank_bill_names_itself_only_to_order(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue()
    with refused("AlreadyHolder", bill, chain.shipper):
        stage.play(chain.shipper, kind(bill, 1, chain.shipper.address), way)


def test_a_suspended_holder_of_a_blank_bill_may_not_name_itself(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal
) -> None:
    bill = stage.issue()
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.shipper.address)
    with refused("RecipientSuspended", bill, chain.shipper, chain.shipper):
        stage.play(chain.shipper, EndorseToOrder(bill, 1, chain.shipper.address), way)


def test_endorsement_after_endorsement_divests_each_giver(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    bill = stage.issue(chain.shipper)
    hands = [chain.shipper, chain.bank, chain.other_bank, chain.consignee]
    for sequence, (giver, receiver) in enumerate(pairwise(hands), 1):
        stage.play(giver, EndorseToOrder(bill, sequence, receiver.address))
        with refused("NotHolder", bill, giver):
            stage.play(giver, EndorseToOrder(bill, sequence + 1, chain.forwarder.address))
    assert stage.title(bill)["sequence"] == 4

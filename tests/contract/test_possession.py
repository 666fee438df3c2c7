"""Transfer and sign: possession passes without rights, rights follow where endorsement and possession meet."""

from ebl_service.domain.actions import EndorseToOrder, Sign, Transfer
from tests.contract.conftest import Refusal
from tests.contract.stage import Stage
from tests.local_chain import LocalChain


def test_the_holder_passes_possession_on(stage: Stage, chain: LocalChain, way: str) -> None:
    bill = stage.issue(chain.shipper)
    (transferred,) = stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address), way)
    assert transferred.name == "Transferred"
    assert transferred.arguments == {
        "titleId": bill,
        "from": chain.shipper.address,
        "to": chain.bank.address,
        "sequence": 2,
        "time": stage.now,
    }
    title = stage.title(bill)
    assert title["holder"] == chain.bank.address
    assert (title["sequence"], title["actedAt"], title["status"]) == (2, stage.now, "ISSUED")


def test_the_giver_can_do_nothing_any_more(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address), way)
    with refused("NotHolder", bill, chain.shipper):
        stage.play(chain.shipper, Transfer(bill, 2, chain.consignee.address), way)


def test_rights_in_a_blank_bill_follow_possession(stage: Stage, chain: LocalChain) -> None:
    bill = stage.issue()
    assert stage.view("entitledOf", bill) == chain.shipper.address
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    assert stage.view("entitledOf", bill) == stage.title(bill)["entitled"] == chain.bank.address


def test_an_endorsee_that_gives_the_bill_into_custody_stays_entitled(stage: Stage, chain: LocalChain) -> None:
    bill = stage.issue(chain.shipper)
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    assert stage.view("entitledOf", bill) == chain.shipper.address
    stage.play(chain.bank, Transfer(bill, 2, chain.forwarder.address))
    assert stage.view("entitledOf", bill) == chain.shipper.address


def test_an_endorsee_named_at_issue_has_no_rights_before_it_holds_the_bill(stage: Stage, chain: LocalChain) -> None:
    bill = stage.issue(chain.bank)
    assert stage.title(bill)["endorsee"] == chain.bank.address
    assert stage.view("entitledOf", bill) == chain.shipper.address
    stage.play(chain.shipper, Transfer(bill, 1, chain.forwarder.address))
    assert stage.view("entitledOf", bill) == chain.shipper.address
    stage.play(chain.forwarder, Transfer(bill, 2, chain.bank.address))
    assert stage.view("entitledOf", bill) == chain.bank.address
    stage.play(chain.bank, Transfer(bill, 3, chain.forwarder.address))
    assert stage.view("entitledOf", bill) == chain.bank.address


def test_a_straight_bill_gives_rights_to_the_consignee_once_it_holds_it(stage: Stage, chain: LocalChain) -> None:
    bill = stage.issue(chain.consignee, is_to_order=False)
    assert stage.view("entitledOf", bill) == chain.shipper.address
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    assert stage.view("entitledOf", bill) == chain.shipper.address
    stage.play(chain.bank, Transfer(bill, 2, chain.consignee.address))
    assert stage.view("entitledOf", bill) == chain.consignee.address


def test_an_endorsement_of_one_endorsed_in_custody_needs_the_bill_back(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    bill = stage.issue(chain.shipper)
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    with refused("NotEndorsee", bill, chain.bank):
        stage.play(chain.bank, EndorseToOrder(bill, 2, chain.consignee.address))
    stage.play(chain.bank, Transfer(bill, 2, chain.shipper.address))
    stage.play(chain.shipper, EndorseToOrder(bill, 3, chain.consignee.address))
    assert stage.view("entitledOf", bill) == chain.consignee.address


def test_signing_moves_nothing_but_sequence_time_and_head(stage: Stage, chain: LocalChain, way: str) -> None:
    bill = stage.issue(chain.shipper)
    before = stage.title(bill)
    (signed,) = stage.play(chain.shipper, Sign(bill, 1), way)
    assert signed == ("Signed", {"titleId": bill, "holder": chain.shipper.address, "sequence": 2, "time": stage.now})
    after = stage.title(bill)
    assert {name for name in after if after[name] != before[name]} == {"sequence", "actedAt", "head"}


def test_signing_withdraws_what_was_signed_and_has_not_landed(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    bill = stage.issue()
    on_its_way = stage.sign(chain.shipper, Transfer(bill, 1, chain.bank.address))
    stage.play(chain.shipper, Sign(bill, 1))
    with refused("StaleSequence", bill, chain.shipper, 2, 1):
        stage.relay(on_its_way)

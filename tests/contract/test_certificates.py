"""Certificates of insurance, case by case: whom they assure, whom claims are paid to, what is refused."""

from dataclasses import replace

import pytest

from ebl_service.domain.actions import (
    AcceptSurrender,
    EndorseToOrder,
    NewTitle,
    Replace,
    RequestSurrender,
    Transfer,
)
from ebl_service.domain.certificate_actions import (
    AcknowledgeClaim,
    CarryOver,
    DeclineClaim,
    NotifyClaim,
    SettleClaim,
    SurveyClaim,
)
from ebl_service.domain.terms import (
    NO_DIGEST,
    CertificateId,
    Purpose,
    certificate_id_of,
    digest,
    title_id_of,
)
from tests.contract.abi import Refused, data_of, refusal_of
from tests.contract.certifying import A_DAY, PAPER, assured, issue
from tests.contract.conftest import Refusal
from tests.contract.stage import (
    CERTIFICATE_HEAD_OFFSET,
    RECORDS_SLOT,
    Replacement,
    Stage,
    direct_data,
    signed_data,
)
from tests.local_chain import LocalChain


def test_the_assured_is_who_is_entitled_at_every_step(stage: Stage, chain: LocalChain) -> None:
    bill = stage.issue(chain.bank)
    which = issue(stage, chain, bill)
    steps = [
        (chain.shipper, Transfer(bill, 1, chain.forwarder.address)),
        (chain.forwarder, Transfer(bill, 2, chain.bank.address)),
        (chain.bank, EndorseToOrder(bill, 3, chain.other_bank.address)),
        (chain.other_bank, Transfer(bill, 4, chain.forwarder.address)),
        (chain.forwarder, Transfer(bill, 5, chain.other_bank.address)),
        (chain.other_bank, RequestSurrender(bill, 6, Purpose.DELIVERY)),
        (chain.carrier, AcceptSurrender(bill, 7)),
    ]
    found = []
    for actor, act in steps:
        stage.play(actor, act)
        assert assured(stage, which) == stage.view("entitledOf", bill)
        found.append(assured(stage, which))
    people = (chain.shipper, chain.bank, *(chain.other_bank,) * 5)
    assert found == [each.address for each in people]


def test_the_consignee_of_a_delivered_straight_bill_is_assured(stage: Stage, chain: LocalChain) -> None:
    bill = stage.issue(chain.consignee, is_to_order=False)
    which = issue(stage, chain, bill)
    stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.DELIVERY))
    assert assured(stage, which) == chain.shipper.address
    stage.play(chain.carrier, AcceptSurrender(bill, 2))
    assert assured(stage, which) == chain.consignee.address


def test_the_shipper_of_a_straight_bill_in_amendment_stays_assured(stage: Stage, chain: LocalChain) -> None:
    bill = stage.issue(chain.consignee, is_to_order=False)
    which = issue(stage, chain, bill)
    stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.AMENDMENT))
    stage.play(chain.carrier, AcceptSurrender(bill, 2))
    assert assured(stage, which) == chain.shipper.address
    assert stage.certificate(which)["status"] == "REVIEW"


def test_a_certificate_is_carried_over_to_a_replacement_only(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    bill, other = stage.issue(), stage.issue()
    which = issue(stage, chain, bill)
    with refused("TitleNotReplaced", which, chain.insurer, "ISSUED"):
        stage.play(chain.insurer, CarryOver(which, 1, other, PAPER))
    stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.AMENDMENT))
    stage.play(chain.carrier, AcceptSurrender(bill, 2))
    reference = stage.titles[bill].reference_digest
    made = [NewTitle(None, True, 1, reference, digest(60)), NewTitle(None, True, 0, digest(61), digest(62))]
    made.sort(key=lambda each: title_id_of(chain.carrier.address, each.reference_digest, each.version))
    stage.play(chain.carrier, Replace((bill,), (3,), tuple(made)))
    news = stage.titles[bill].replaced_by
    stage.play(chain.shipper, Transfer(news[0], 1, chain.bank.address))
    with refused("NotAReplacement", which, chain.insurer, other):
        stage.play(chain.insurer, CarryOver(which, 1, other, PAPER))
    forged = Replacement.of(stage.titles[bill])._replace(new_ids=(*news, other))
    with refused("PreviousActMismatch", bill, chain.insurer):
        stage.play(chain.insurer, CarryOver(which, 1, other, PAPER), previous=forged)
    with refused("NotInsurer", which, chain.carrier):
        stage.play(chain.carrier, CarryOver(which, 1, news[0], PAPER))
    stage.play(chain.insurer, CarryOver(which, 1, news[0], PAPER))
    told = stage.certificate(which)
    assert (told["titleId"], told["status"], told["assured"]) == (news[0], "IN_FORCE", chain.bank.address)


def test_only_the_assured_gives_notice(stage: Stage, chain: LocalChain, refused: Refusal, way: str) -> None:
    bill = stage.issue()
    which = issue(stage, chain, bill)
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    for other in (chain.shipper, chain.insurer, chain.carrier):
        with refused("NotAssured", which, other):
            stage.play(other, NotifyClaim(which, 1, PAPER), way)
    with refused("CertificateDigestMissing", which, chain.bank):
        stage.play(chain.bank, NotifyClaim(which, 1, NO_DIGEST), way)
    stage.play(chain.bank, NotifyClaim(which, 1, PAPER), way)
    assert stage.view("claimOf", which, 2, contract="CargoInsurance")["claimant"] == chain.bank.address


def test_a_settlement_names_whom_it_is_payable_to_now(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    bill = stage.issue()
    which = issue(stage, chain, bill)
    stage.play(chain.shipper, NotifyClaim(which, 1, PAPER))
    settle = SettleClaim(which, 2, 2, chain.shipper.address, PAPER)
    with refused("ClaimNotAtThisStage", which, chain.insurer, 2, "NOTIFIED"):
        stage.play(chain.insurer, settle)
    stage.play(chain.insurer, AcknowledgeClaim(which, 2, 2))
    stage.play(chain.insurer, SurveyClaim(which, 3, 2, PAPER))
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    with refused("NotPayee", which, chain.insurer, chain.shipper):
        stage.play(chain.insurer, replace(settle, sequence=4))
    stage.play(chain.insurer, replace(settle, sequence=4, payee=chain.bank.address))
    with refused("ClaimNotAtThisStage", which, chain.insurer, 2, "SETTLED"):
        stage.play(chain.insurer, replace(settle, sequence=5))


def test_no_answer_to_a_claim_stands_without_the_paper_it_rests_on(
    stage: Stage, chain: LocalChain, refused: Refusal, way: str
) -> None:
    which = issue(stage, chain, stage.issue())
    stage.play(chain.shipper, NotifyClaim(which, 1, PAPER))
    stage.play(chain.insurer, AcknowledgeClaim(which, 2, 2))
    for answer in (
        SurveyClaim(which, 3, 2, NO_DIGEST),
        SettleClaim(which, 3, 2, chain.shipper.address, NO_DIGEST),
        DeclineClaim(which, 3, 2, NO_DIGEST),
    ):
        with refused("CertificateDigestMissing", which, chain.insurer):
            stage.play(chain.insurer, answer, way)


def test_an_act_lands_once(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    which = issue(stage, chain, stage.issue())
    signed = stage.sign(chain.shipper, NotifyClaim(which, 1, PAPER))
    stage.relay(signed)
    with refused("StaleCertificate", which, chain.shipper, 2, 1):
        stage.relay(signed)


def test_a_signature_is_for_one_contract(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    which = issue(stage, chain, stage.issue())
    asked = NotifyClaim(which, 1, PAPER)
    for domain in (
        replace(chain.insurance_domain, verifying_contract=chain.other_insurance),
        replace(chain.insurance_domain, chain_id=1),
        replace(chain.insurance_domain, name="eBL Ledger Titles"),
    ):
        with refused("InvalidSignature", chain.shipper):
            stage.relay(chain.shipper.key.sign_act(domain, asked, stage.now + 600))


def test_a_wallet_in_a_batch_spoils_nothing(stage: Stage, chain: LocalChain) -> None:
    """Code that only loops is set on a party's account: it is asked as a wallet and burns what it is given."""
    bill = stage.issue(holder=chain.forwarder)
    mine, spoilt = issue(stage, chain, stage.issue()), issue(stage, chain, bill)
    bad = stage.sign(chain.forwarder, NotifyClaim(spoilt, 1, PAPER))
    good = stage.sign(chain.shipper, NotifyClaim(mine, 1, PAPER))
    chain.rpc("anvil_setCode", chain.forwarder.address, "0x5b600056")
    calls = [signed_data(good), signed_data(bad)]
    told = stage.call(chain.relayer, "CargoInsurance", "batch", calls)
    assert [each.name for each in told] == ["ClaimNotified", "ActRefused"]
    assert told[1].arguments["index"] == 1
    chain.rpc("anvil_setCode", chain.forwarder.address, "0x")


def test_no_batch_in_a_batch_and_none_without_its_gas(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    inner = data_of("CargoInsurance", "batch", [])
    (told,) = stage.call(chain.relayer, "CargoInsurance", "batch", [inner])
    reason = bytes.fromhex(told.arguments["reason"][2:])
    assert refusal_of("CargoInsurance", reason).name == "BatchInBatch"
    which = issue(stage, chain, stage.issue())
    signed = stage.sign(chain.shipper, NotifyClaim(which, 1, PAPER))
    with refused("BatchOutOfGas", 0):
        stage.batch([signed_data(signed)], gas=hex(300_000), contract="CargoInsurance")


def test_the_head_lies_in_the_pinned_slot(stage: Stage, chain: LocalChain) -> None:
    which = issue(stage, chain, stage.issue())
    slot = hex(int(digest(which, RECORDS_SLOT), 16) + CERTIFICATE_HEAD_OFFSET)
    stored = chain.rpc("eth_getStorageAt", chain.cargo_insurance, slot, "latest")
    assert stored == stage.certificate(which)["head"] == stage.certificates[which].head


def test_a_certificate_that_is_not_there_is_all_zero(stage: Stage) -> None:
    told = stage.certificate(CertificateId(digest(1)))
    assert (told["status"], told["sequence"], told["head"]) == ("NONE", 0, NO_DIGEST)
    assert stage.view("claimOf", digest(1), 1, contract="CargoInsurance")["status"] == "NONE"
    insurer = "0x" + "11" * 20
    assert stage.view("certificateIdOf", insurer, digest(2), contract="CargoInsurance") == certificate_id_of(
        insurer,
        digest(2),  # type: ignore[arg-type]
    )


def test_a_suspended_insurer_issues_nothing_and_answers_everything(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    bill = stage.issue()
    which = issue(stage, chain, bill)
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.insurer.address)
    with pytest.raises(Refused, match="InsurerSuspended"):
        issue(stage, chain, bill)
    stage.play(chain.shipper, NotifyClaim(which, 1, PAPER))
    stage.play(chain.insurer, AcknowledgeClaim(which, 2, 2))


@pytest.mark.parametrize("how", ["by its actor", "signed"])
def test_deadlines_count_here_too(stage: Stage, chain: LocalChain, refused: Refusal, how: str) -> None:
    which = issue(stage, chain, stage.issue())
    asked = NotifyClaim(which, 1, PAPER)
    if how == "by its actor":
        stage.send(chain.shipper.address, "CargoInsurance", direct_data(asked))
        return
    now = stage.next_time
    with refused("DeadlinePassed", now - 1, now):
        stage.relay(stage.sign(chain.shipper, asked, now - 1))
    now = stage.next_time
    with refused("DeadlineTooDistant", now + 7 * A_DAY + 1, now + 7 * A_DAY):
        stage.relay(stage.sign(chain.shipper, asked, now + 7 * A_DAY + 1))

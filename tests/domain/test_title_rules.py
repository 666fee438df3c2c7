"""Each rule's yes and no, without a chain; the same refusals as the contracts', which tests/contract holds."""

from dataclasses import replace

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.terms import NO_DIGEST, NOBODY, Purpose, Status, digest, title_id_of
from ebl_service.errors import refusals as no
from ebl_service.errors.refusals import Refusal
from tests.domain.played import (
    ANSWER_PERIOD,
    BANK,
    CARRIER,
    CONSIGNEE,
    FORWARDER,
    OTHER_CARRIER,
    REJECT_PERIOD,
    SHIPPER,
    STRANGER,
    Played,
)

ENDORSEMENTS = [act.Endorse, act.EndorseToOrder, act.EndorseInBlank]
HAND_OVERS = [act.Transfer, *ENDORSEMENTS]
HOLDERS_PLAIN = [act.Sign, act.RejectTransfer]
ANSWERS = [act.AcceptSurrender, act.RejectSurrender]


@pytest.fixture
def played() -> Played:
    return Played()


def refused(played: Played, actor: str, asked: act.Act, refusal: Refusal) -> None:
    """The act is refused for this reason with these arguments, and nothing changes."""
    before = dict(played.titles)
    with pytest.raises(type(refusal)) as caught:
        played.play(actor, asked)
    assert caught.value.values == refusal.values
    assert played.titles == before


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"holder": CARRIER}, lambda i: no.CarrierCannotReceive(i, CARRIER)),
        ({"holder": STRANGER}, lambda i: no.RecipientNotRegistered(i, CARRIER, STRANGER)),
        ({"holder": NOBODY}, lambda i: no.RecipientNotRegistered(i, CARRIER, NOBODY)),
        ({"holder": FORWARDER}, lambda i: no.RecipientSuspended(i, CARRIER, FORWARDER)),
        ({"endorsee": CARRIER}, lambda i: no.CarrierCannotReceive(i, CARRIER)),
        ({"endorsee": STRANGER}, lambda i: no.RecipientNotRegistered(i, CARRIER, STRANGER)),
        ({"endorsee": FORWARDER}, lambda i: no.RecipientSuspended(i, CARRIER, FORWARDER)),
        ({"endorsee": None, "is_to_order": False}, lambda i: no.ConsigneeMissing(i, CARRIER)),
        ({"commitment": NO_DIGEST}, lambda i: no.EmptyDigest(i, CARRIER)),
    ],
)
def test_an_issue_is_refused_for_what_it_names(played: Played, changes: dict, refusal: object) -> None:
    played.suspend(FORWARDER)
    asked = replace(played.issuing(SHIPPER, BANK), **changes)
    refused(played, CARRIER, asked, refusal(asked.title_id))


def test_only_a_carrier_in_good_standing_issues_and_each_number_once(played: Played) -> None:
    asked = played.issuing(SHIPPER, None)
    shippers = title_id_of(SHIPPER, asked.reference_digest)
    refused(played, SHIPPER, asked, no.CarrierRoleMissing(shippers, SHIPPER))
    played.suspend(CARRIER)
    refused(played, CARRIER, asked, no.CarrierSuspended(asked.title_id, CARRIER))
    played.suspend(CARRIER, suspended=False)
    played.play(CARRIER, asked)
    refused(played, CARRIER, asked, no.TitleExists(asked.title_id, CARRIER))
    played.play(OTHER_CARRIER, asked)


@pytest.mark.parametrize("kind", HAND_OVERS)
def test_the_holder_hands_over_and_nobody_else(played: Played, kind: type) -> None:
    bill = played.issue()
    refused(played, BANK, kind(bill, 1, FORWARDER), no.NotHolder(bill, BANK))
    refused(played, SHIPPER, kind(bill, 0, BANK), no.StaleSequence(bill, SHIPPER, 1, 0))
    refused(played, SHIPPER, kind(digest(7), 1, BANK), no.UnknownTitle(digest(7), SHIPPER))
    refused(played, SHIPPER, kind(bill, 1, CARRIER), no.CarrierCannotReceive(bill, SHIPPER))
    refused(played, SHIPPER, kind(bill, 1, STRANGER), no.RecipientNotRegistered(bill, SHIPPER, STRANGER))
    played.suspend(FORWARDER)
    refused(played, SHIPPER, kind(bill, 1, FORWARDER), no.RecipientSuspended(bill, SHIPPER, FORWARDER))
    played.suspend(SHIPPER)
    played.play(SHIPPER, kind(bill, 1, BANK))
    assert (played.titles[bill].holder, played.titles[bill].sequence) == (BANK, 2)


@pytest.mark.parametrize("kind", ENDORSEMENTS)
def test_endorsing_needs_a_bill_to_order_and_rights_in_it(played: Played, kind: type) -> None:
    straight = played.issue(CONSIGNEE, is_to_order=False)
    refused(played, SHIPPER, kind(straight, 1, BANK), no.StraightBill(straight, SHIPPER))
    apart = played.issue(BANK)
    refused(played, SHIPPER, kind(apart, 1, CONSIGNEE), no.NotEndorsee(apart, SHIPPER))
    named = played.issue()
    played.play(SHIPPER, act.Endorse(named, 1, BANK))
    refused(played, BANK, kind(named, 2, CONSIGNEE), no.MayNotEndorse(named, BANK))


@pytest.mark.parametrize("kind", HAND_OVERS)
def test_a_hand_over_to_oneself_is_none(played: Played, kind: type) -> None:
    bill = played.issue(SHIPPER)
    refused(played, SHIPPER, kind(bill, 1, SHIPPER), no.AlreadyHolder(bill, SHIPPER))


def test_the_holder_of_a_blank_bill_names_itself_to_order(played: Played) -> None:
    bill = played.issue()
    played.play(SHIPPER, act.EndorseToOrder(bill, 1, SHIPPER))
    title = played.titles[bill]
    assert (title.endorsee, title.may_endorse, title.passed_on) == (SHIPPER, True, False)


def test_a_hand_over_is_rejected_next_and_in_time(played: Played) -> None:
    bill = played.issue(BANK)
    before = played.titles[bill]
    played.play(SHIPPER, act.Transfer(bill, 1, BANK))
    until = played.now + REJECT_PERIOD
    played.now = until
    refused(played, BANK, act.RejectTransfer(bill, 2), no.RejectPeriodOver(bill, BANK, until))
    played.now = until - 1
    played.play(BANK, act.RejectTransfer(bill, 2))
    after = played.titles[bill]
    assert (after.holder, after.endorsee, after.flags) == (before.holder, before.endorsee, before.flags)
    refused(played, SHIPPER, act.RejectTransfer(bill, 3), no.NothingToReject(bill, SHIPPER))


def test_what_was_issued_signed_or_kept_cannot_be_rejected(played: Played) -> None:
    bill = played.issue()
    refused(played, SHIPPER, act.RejectTransfer(bill, 1), no.NothingToReject(bill, SHIPPER))
    played.play(SHIPPER, act.EndorseToOrder(bill, 1, SHIPPER))
    refused(played, SHIPPER, act.RejectTransfer(bill, 2), no.NothingToReject(bill, SHIPPER))
    played.play(SHIPPER, act.Transfer(bill, 2, BANK))
    played.play(BANK, act.Sign(bill, 3))
    refused(played, BANK, act.RejectTransfer(bill, 4), no.NothingToReject(bill, BANK))


@pytest.mark.parametrize("purpose", Purpose)
def test_who_may_surrender(played: Played, purpose: Purpose) -> None:
    blank, apart = played.issue(), played.issue(BANK)
    played.play(SHIPPER, act.RequestSurrender(blank, 1, purpose))
    assert played.titles[blank].status is purpose.pending
    asked = act.RequestSurrender(apart, 1, purpose)
    if purpose is Purpose.DELIVERY:
        refused(played, SHIPPER, asked, no.MayNotSurrender(apart, SHIPPER, "DELIVERY"))
        played.play(SHIPPER, act.Sign(apart, 1))
    else:
        played.play(SHIPPER, asked)
        played.play(CARRIER, act.RejectSurrender(apart, 2))
    there = played.titles[apart].sequence
    played.play(SHIPPER, act.Transfer(apart, there, FORWARDER))
    played.play(FORWARDER, act.Transfer(apart, there + 1, SHIPPER))
    asked = act.RequestSurrender(apart, there + 2, purpose)
    refused(played, SHIPPER, asked, no.MayNotSurrender(apart, SHIPPER, purpose.name))


@pytest.mark.parametrize("purpose", [Purpose.AMENDMENT, Purpose.PAPER])
def test_a_consignee_that_has_held_a_straight_bill_is_not_amended_away(played: Played, purpose: Purpose) -> None:
    bill = played.issue(CONSIGNEE, is_to_order=False)
    played.play(SHIPPER, act.Transfer(bill, 1, CONSIGNEE))
    played.play(CONSIGNEE, act.RejectTransfer(bill, 2))
    played.play(SHIPPER, act.RequestSurrender(bill, 3, purpose))
    played.play(CARRIER, act.RejectSurrender(bill, 4))
    played.play(SHIPPER, act.Transfer(bill, 5, CONSIGNEE))
    played.play(CONSIGNEE, act.Transfer(bill, 6, SHIPPER))
    refused(played, SHIPPER, act.RequestSurrender(bill, 7, purpose), no.MayNotSurrender(bill, SHIPPER, purpose.name))
    played.play(SHIPPER, act.RequestSurrender(bill, 7, Purpose.DELIVERY))


@pytest.mark.parametrize("purpose", Purpose)
def test_shipper_and_consignee_surrender_a_straight_bill_and_a_custodian_does_not(
    played: Played, purpose: Purpose
) -> None:
    bill = played.issue(CONSIGNEE, is_to_order=False)
    played.play(SHIPPER, act.Transfer(bill, 1, BANK))
    refused(played, BANK, act.RequestSurrender(bill, 2, purpose), no.MayNotSurrender(bill, BANK, purpose.name))
    played.play(BANK, act.Transfer(bill, 2, SHIPPER))
    played.play(SHIPPER, act.RequestSurrender(bill, 3, purpose))
    played.play(CARRIER, act.RejectSurrender(bill, 4))
    played.play(SHIPPER, act.Transfer(bill, 5, CONSIGNEE))
    played.play(CONSIGNEE, act.RequestSurrender(bill, 6, purpose))


@pytest.mark.parametrize("kind", [*HOLDERS_PLAIN, *HAND_OVERS])
def test_nobody_but_the_carrier_acts_while_a_surrender_is_pending(played: Played, kind: type) -> None:
    bill = played.issue()
    played.play(SHIPPER, act.RequestSurrender(bill, 1, Purpose.PAPER))
    asked = kind(bill, 2, BANK) if kind in HAND_OVERS else kind(bill, 2)
    refused(played, SHIPPER, asked, no.TitleNotLive(bill, SHIPPER, "PENDING_SURRENDER_FOR_PAPER"))


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_carrier_answers_whatever_its_standing_and_nobody_else(played: Played, kind: type) -> None:
    bill = played.issue()
    refused(played, CARRIER, kind(bill, 1), no.SurrenderNotPending(bill, CARRIER, "ISSUED"))
    played.play(SHIPPER, act.RequestSurrender(bill, 1, Purpose.DELIVERY))
    refused(played, OTHER_CARRIER, kind(bill, 2), no.NotCarrier(bill, OTHER_CARRIER))
    played.suspend(CARRIER)
    played.withdraw_roles(CARRIER)
    played.play(CARRIER, kind(bill, 2))
    accepted = kind is act.AcceptSurrender
    assert played.titles[bill].status is (Status.SURRENDERED_FOR_DELIVERY if accepted else Status.ISSUED)


def test_an_unanswered_request_is_withdrawn_by_who_made_it(played: Played) -> None:
    bill = played.issue()
    played.play(SHIPPER, act.RequestSurrender(bill, 1, Purpose.DELIVERY))
    until = played.now + ANSWER_PERIOD
    played.now = until - 1
    refused(played, SHIPPER, act.WithdrawSurrender(bill, 2), no.AnswerPeriodRunning(bill, SHIPPER, until))
    refused(played, BANK, act.WithdrawSurrender(bill, 2), no.NotHolder(bill, BANK))
    played.play(SHIPPER, act.WithdrawSurrender(bill, 2))
    assert played.titles[bill].status is Status.ISSUED

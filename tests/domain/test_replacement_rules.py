"""Replacement: what both sides must be, in the order in which it is asked."""

from dataclasses import replace

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.terms import NO_DIGEST, Address, Purpose, Status, TitleId, digest, title_id_of
from ebl_service.errors import refusals as no
from tests.domain.played import BANK, CARRIER, OTHER_CARRIER, SHIPPER, STRANGER, Played
from tests.domain.test_title_rules import refused


@pytest.fixture
def played() -> Played:
    return Played()


def surrendered(played: Played, holder: Address = SHIPPER, purpose: Purpose = Purpose.AMENDMENT) -> TitleId:
    bill = played.issue()
    sequence = 1
    if holder != SHIPPER:
        played.play(SHIPPER, act.Transfer(bill, 1, holder))
        sequence = 2
    played.play(holder, act.RequestSurrender(bill, sequence, purpose))
    played.play(CARRIER, act.AcceptSurrender(bill, sequence + 1))
    return bill


def fresh(number: int) -> act.NewTitle:
    return act.NewTitle(None, True, 0, digest(5, number), digest(6, number))


def id_of(made: act.NewTitle) -> TitleId:
    return title_id_of(CARRIER, made.reference_digest, made.version)


def replacing(played: Played, old: list[TitleId], *new: act.NewTitle) -> act.Replace:
    ids = tuple(sorted(old))
    return act.Replace(ids, tuple(played.titles[i].sequence for i in ids), tuple(sorted(new, key=id_of)))


def test_one_bill_is_divided_and_several_become_one(played: Played) -> None:
    bill = surrendered(played)
    old = played.titles[bill]
    second = act.NewTitle(BANK, True, 1, old.reference_digest, digest(9))
    parts = (second, fresh(1), fresh(2))
    played.play(CARRIER, replacing(played, [bill], *parts))
    assert played.titles[bill].status is Status.REPLACED
    assert played.titles[bill].replaced_by == tuple(sorted(map(id_of, parts)))
    for made in parts:
        new = played.titles[id_of(made)]
        assert (new.holder, new.entitled, new.replaces, new.version) == (SHIPPER, SHIPPER, (bill,), made.version)
    bills = sorted(surrendered(played) for _ in range(3))
    played.play(CARRIER, replacing(played, bills, fresh(3)))
    assert played.titles[id_of(fresh(3))].replaces == tuple(bills)


def test_the_old_ones_are_surrendered_for_amendment_to_this_carrier_by_one_party(played: Played) -> None:
    bill = surrendered(played)
    paper = surrendered(played, purpose=Purpose.PAPER)
    asked = replacing(played, [bill], fresh(1))
    refused(played, OTHER_CARRIER, asked, no.NotCarrier(bill, OTHER_CARRIER))
    state = "SURRENDERED_FOR_PAPER"
    refused(played, CARRIER, replacing(played, [paper], fresh(1)), no.NotSurrenderedForAmendment(paper, CARRIER, state))
    pair = sorted([bill, surrendered(played, BANK)])
    refused(played, CARRIER, replacing(played, pair, fresh(1)), no.HoldersDiffer(pair[1], CARRIER))
    refused(played, CARRIER, replace(asked, sequences=(1,)), no.StaleSequence(bill, CARRIER, 3, 1))
    unknown = act.Replace((digest(8),), (3,), (fresh(1),))
    refused(played, CARRIER, unknown, no.UnknownTitle(digest(8), CARRIER))
    played.play(CARRIER, asked)
    refused(
        played, CARRIER, replacing(played, [bill], fresh(2)), no.NotSurrenderedForAmendment(bill, CARRIER, "REPLACED")
    )


def test_both_sides_ascend_and_number_one_to_sixteen(played: Played) -> None:
    low, high = sorted([surrendered(played), surrendered(played)])
    asked = replacing(played, [low, high], fresh(1), fresh(2))
    first, second = asked.new_titles
    refused(played, CARRIER, replace(asked, old_ids=(high, low)), no.IdsNotAscending(low, CARRIER))
    refused(played, CARRIER, replace(asked, old_ids=(low, low)), no.IdsNotAscending(low, CARRIER))
    refused(played, CARRIER, replace(asked, new_titles=(second, first)), no.IdsNotAscending(id_of(first), CARRIER))
    for count, changes in (
        (0, {"old_ids": (), "sequences": ()}),
        (2, {"sequences": (3,)}),
        (17, {"old_ids": (low,) * 17, "sequences": (3,) * 17}),
        (0, {"new_titles": ()}),
        (17, {"new_titles": (first,) * 17}),
    ):
        refused(played, CARRIER, replace(asked, **changes), no.TitleCountOutOfRange(count, CARRIER))


def test_the_new_ones_are_issued_like_any_and_versions_follow(played: Played) -> None:
    bill = surrendered(played)
    old, new = played.titles[bill], fresh(1)

    def asked(**changes: object) -> act.Replace:
        return replacing(played, [bill], replace(new, **changes))

    skipping = {"reference_digest": old.reference_digest, "version": 2}
    third = title_id_of(CARRIER, old.reference_digest, 2)
    same = {"reference_digest": old.reference_digest}
    refused(played, CARRIER, asked(**skipping), no.VersionNotReplaced(third, CARRIER))
    refused(played, CARRIER, asked(**same), no.TitleExists(bill, CARRIER))
    refused(played, CARRIER, asked(commitment=NO_DIGEST), no.EmptyDigest(id_of(new), CARRIER))
    refused(played, CARRIER, asked(is_to_order=False), no.ConsigneeMissing(id_of(new), CARRIER))
    refused(played, CARRIER, asked(endorsee=CARRIER), no.CarrierCannotReceive(id_of(new), CARRIER))
    refused(played, CARRIER, asked(endorsee=STRANGER), no.RecipientNotRegistered(id_of(new), CARRIER, STRANGER))
    played.suspend(SHIPPER)
    played.play(CARRIER, asked(endorsee=SHIPPER))
    assert played.titles[id_of(new)].holder == SHIPPER


def test_a_carrier_out_of_standing_replaces_nothing(played: Played) -> None:
    bill = surrendered(played)
    asked = replacing(played, [bill], fresh(1))
    played.suspend(CARRIER)
    refused(played, CARRIER, asked, no.CarrierSuspended(bill, CARRIER))
    played.withdraw_roles(CARRIER)
    refused(played, CARRIER, asked, no.CarrierRoleMissing(bill, CARRIER))

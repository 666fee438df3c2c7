"""Replacement: amended, divided and consolidated bills, always to the party that surrendered the old ones."""

from dataclasses import replace

import pytest

from ebl_service.domain.actions import AcceptSurrender, NewTitle, Replace, RequestSurrender, Transfer
from ebl_service.domain.terms import NO_DIGEST, Purpose, TitleId, digest, title_id_of
from tests.contract.conftest import Refusal
from tests.contract.stage import Stage, signed_data
from tests.local_chain import CAST, LocalChain, Person

NOBODY = "0x" + "00" * 20


def surrendered(
    stage: Stage,
    chain: LocalChain,
    holder: Person | None = None,
    purpose: Purpose = Purpose.AMENDMENT,
    carrier: Person | None = None,
) -> TitleId:
    """A blank bill that its holder surrendered and the carrier took in: sequence 3."""
    holder, carrier = holder or chain.shipper, carrier or chain.carrier
    bill = stage.issue(holder=holder, carrier=carrier)
    stage.play(holder, RequestSurrender(bill, 1, purpose))
    stage.play(carrier, AcceptSurrender(bill, 2))
    return bill


def renewed(stage: Stage, bill: TitleId, endorsee: Person | None = None, *, is_to_order: bool = True) -> NewTitle:
    """The next version of a bill."""
    old = stage.titles[bill]
    named = endorsee.address if endorsee else None
    return NewTitle(named, is_to_order, old.version + 1, old.reference_digest, digest(old.commitment))


def fresh(number: int, endorsee: Person | None = None, *, is_to_order: bool = True) -> NewTitle:
    """A first version of a new reference."""
    return NewTitle(endorsee.address if endorsee else None, is_to_order, 0, digest(3, number), digest(4, number))


def id_of(carrier: Person, made: NewTitle) -> TitleId:
    return title_id_of(carrier.address, made.reference_digest, made.version)


def replacing(stage: Stage, carrier: Person, old: list[TitleId], new: list[NewTitle]) -> Replace:
    """A replacement with both sides in order."""
    ids = tuple(sorted(old))
    ordered = tuple(sorted(new, key=lambda made: id_of(carrier, made)))
    return Replace(ids, tuple(stage.titles[i].sequence for i in ids), ordered)


@pytest.mark.parametrize(
    ("endorsee", "is_to_order"), [(None, True), ("shipper", True), ("bank", True), ("bank", False)]
)
def test_an_amended_bill_takes_the_place_of_the_surrendered_one(
    stage: Stage, chain: LocalChain, way: str, endorsee: str | None, is_to_order: bool
) -> None:
    bill = surrendered(stage, chain)
    named = chain.people[endorsee] if endorsee else None
    made = renewed(stage, bill, named, is_to_order=is_to_order)
    new = id_of(chain.carrier, made)
    replaced, issued, *also = stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [made]), way)
    address = named.address if named else NOBODY
    assert replaced.name == "Replaced"
    assert replaced.arguments == {
        "titleId": bill,
        "holder": chain.shipper.address,
        "carrier": chain.carrier.address,
        "newIds": (new,),
        "sequence": 4,
        "time": stage.now,
    }
    assert issued.name == "Issued"
    assert issued.arguments == {
        "titleId": new,
        "carrier": chain.carrier.address,
        "holder": chain.shipper.address,
        "endorsee": address,
        "endorseeNumber": list(CAST).index(endorsee) + 1 if endorsee else 0,
        "isToOrder": is_to_order,
        "version": 1,
        "referenceDigest": made.reference_digest,
        "commitment": made.commitment,
        "time": stage.now,
        "replaces": (bill,),
    }
    assert also == ([("EndorseeNamed", {"titleId": new, "endorsee": address})] if named else [])
    old, title = stage.title(bill), stage.title(new)
    assert (old["status"], old["holder"], old["sequence"]) == ("REPLACED", chain.shipper.address, 4)
    assert (title["status"], title["version"], title["sequence"]) == ("ISSUED", 1, 1)
    assert title["holder"] == title["entitled"] == chain.shipper.address


def test_versions_follow_one_another(stage: Stage, chain: LocalChain) -> None:
    bill = surrendered(stage, chain)
    for version in (1, 2, 3):
        made = renewed(stage, bill)
        stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [made]))
        bill = id_of(chain.carrier, made)
        assert stage.title(bill)["version"] == version
        stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.AMENDMENT))
        stage.play(chain.carrier, AcceptSurrender(bill, 2))


@pytest.mark.parametrize("way", ["direct", "signed"])
def test_one_bill_is_divided_into_as_many_as_sixteen(stage: Stage, chain: LocalChain, way: str) -> None:
    bill = surrendered(stage, chain)
    parts = [renewed(stage, bill, chain.bank), *(fresh(n, chain.consignee) for n in range(15))]
    happened = stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], parts), way)
    ids = tuple(sorted(id_of(chain.carrier, made) for made in parts))
    assert happened[0].arguments["newIds"] == ids
    assert all(stage.title(i)["holder"] == chain.shipper.address for i in ids)
    assert [e.arguments["replaces"] for e in happened if e.name == "Issued"] == [(bill,)] * 16


@pytest.mark.parametrize("way", ["direct", "signed"])
def test_as_many_as_sixteen_bills_become_one(stage: Stage, chain: LocalChain, way: str) -> None:
    bills = sorted(surrendered(stage, chain) for _ in range(16))
    made = renewed(stage, bills[5])
    happened = stage.play(chain.carrier, replacing(stage, chain.carrier, bills, [made]), way)
    assert [event.name for event in happened] == ["Replaced"] * 16 + ["Issued"]
    assert happened[-1].arguments["replaces"] == tuple(bills)
    assert {stage.title(bill)["status"] for bill in bills} == {"REPLACED"}


def test_a_replacement_goes_to_its_party_though_suspended_and_may_name_it(
    stage: Stage, chain: LocalChain, way: str
) -> None:
    bill = surrendered(stage, chain)
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.shipper.address)
    made = renewed(stage, bill, chain.shipper)
    stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [made]), way)
    assert stage.title(id_of(chain.carrier, made))["holder"] == chain.shipper.address


def test_a_replaced_bill_is_not_replaced_again(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    bill = surrendered(stage, chain)
    stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [fresh(1)]))
    with refused("NotSurrenderedForAmendment", bill, chain.carrier, "REPLACED"):
        stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [fresh(2)]), way)


@pytest.mark.parametrize("purpose", [Purpose.DELIVERY, Purpose.PAPER])
def test_only_a_bill_surrendered_for_amendment_is_replaced(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, purpose: Purpose
) -> None:
    bill = surrendered(stage, chain, purpose=purpose)
    with refused("NotSurrenderedForAmendment", bill, chain.carrier, f"SURRENDERED_FOR_{purpose.name}"):
        stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [fresh(1)]), way)


def test_a_live_or_pending_bill_is_not_replaced(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    bill = stage.issue()
    with refused("NotSurrenderedForAmendment", bill, chain.carrier, "ISSUED"):
        stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [fresh(1)]), way)
    stage.play(chain.shipper, RequestSurrender(bill, 1, Purpose.AMENDMENT))
    with refused("NotSurrenderedForAmendment", bill, chain.carrier, "PENDING_SURRENDER_FOR_AMENDMENT"):
        stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [fresh(1)]), way)


@pytest.mark.parametrize("name", ["other_carrier", "shipper", "stranger"])
def test_only_the_carrier_that_issued_replaces(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, name: str
) -> None:
    bill = surrendered(stage, chain)
    with refused("NotCarrier", bill, chain.people[name]):
        stage.play(chain.people[name], replacing(stage, chain.people[name], [bill], [fresh(1)]), way)


def test_a_carrier_out_of_standing_replaces_nothing(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal
) -> None:
    bill = surrendered(stage, chain)
    asked = replacing(stage, chain.carrier, [bill], [fresh(1)])
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.carrier.address)
    with refused("CarrierSuspended", bill, chain.carrier):
        stage.play(chain.carrier, asked, way)
    stage.call(chain.registrar, "PartyRegistry", "withdrawRole", chain.carrier.address, 1)
    with refused("CarrierRoleMissing", bill, chain.carrier):
        stage.play(chain.carrier, asked, way)


def test_bills_of_two_parties_are_not_consolidated(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    bills = sorted([surrendered(stage, chain), surrendered(stage, chain, chain.bank)])
    with refused("HoldersDiffer", bills[1], chain.carrier):
        stage.play(chain.carrier, replacing(stage, chain.carrier, bills, [fresh(1)]), way)


def test_ids_must_ascend_on_both_sides(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    low, high = sorted([surrendered(stage, chain), surrendered(stage, chain)])
    asked = replacing(stage, chain.carrier, [low, high], [fresh(1), fresh(2)])
    for old in ((high, low), (low, low)):
        with refused("IdsNotAscending", old[1], chain.carrier):
            stage.play(chain.carrier, replace(asked, old_ids=old), way)
    first, second = asked.new_titles
    for new in ((second, first), (first, first)):
        with refused("IdsNotAscending", id_of(chain.carrier, new[1]), chain.carrier):
            stage.play(chain.carrier, replace(asked, new_titles=new), way)


def test_a_replacement_takes_one_to_sixteen_of_each(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal
) -> None:
    bill = surrendered(stage, chain)
    made = (fresh(1),)
    with refused("TitleCountOutOfRange", 0, chain.carrier):
        stage.play(chain.carrier, Replace((), (), made), way)
    with refused("TitleCountOutOfRange", 17, chain.carrier):
        stage.play(chain.carrier, Replace((bill,) * 17, (3,) * 17, made), way)
    with refused("TitleCountOutOfRange", 1, chain.carrier):
        stage.play(chain.carrier, Replace((bill,), (), made), way)
    with refused("TitleCountOutOfRange", 1, chain.carrier):
        stage.play(chain.carrier, Replace((bill,), (3, 3), made), way)
    with refused("TitleCountOutOfRange", 0, chain.carrier):
        stage.play(chain.carrier, Replace((bill,), (3,), ()), way)
    with refused("TitleCountOutOfRange", 17, chain.carrier):
        stage.play(chain.carrier, Replace((bill,), (3,), made * 17), way)


def test_a_stale_or_unknown_bill_is_not_replaced(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    bill = surrendered(stage, chain)
    with refused("StaleSequence", bill, chain.carrier, 3, 2):
        stage.play(chain.carrier, Replace((bill,), (2,), (fresh(1),)), way)
    with refused("UnknownTitle", digest(9), chain.carrier):
        stage.play(chain.carrier, Replace((digest(9),), (2,), (fresh(1),)), way)


def test_a_version_exists_only_in_place_of_the_one_before(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal
) -> None:
    bill, other = surrendered(stage, chain), surrendered(stage, chain)
    skipping = replace(renewed(stage, bill), version=2)
    with refused("VersionNotReplaced", id_of(chain.carrier, skipping), chain.carrier):
        stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [skipping]), way)
    foreign = renewed(stage, other)
    with refused("VersionNotReplaced", id_of(chain.carrier, foreign), chain.carrier):
        stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [foreign]), way)
    same = replace(renewed(stage, bill), version=0)
    with refused("TitleExists", bill, chain.carrier):
        stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [same]), way)


def test_what_is_asked_of_an_issue_is_asked_of_a_replacement(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal
) -> None:
    bill = surrendered(stage, chain)
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.bank.address)

    def asked(**changes: object) -> Replace:
        return replacing(stage, chain.carrier, [bill], [replace(fresh(1), **changes)])

    new = id_of(chain.carrier, fresh(1))
    with refused("EmptyDigest", new, chain.carrier):
        stage.play(chain.carrier, asked(commitment=NO_DIGEST), way)
    with refused("ConsigneeMissing", new, chain.carrier):
        stage.play(chain.carrier, asked(is_to_order=False), way)
    with refused("CarrierCannotReceive", new, chain.carrier):
        stage.play(chain.carrier, asked(endorsee=chain.carrier.address), way)
    with refused("RecipientNotRegistered", new, chain.carrier, chain.stranger):
        stage.play(chain.carrier, asked(endorsee=chain.stranger.address), way)
    with refused("RecipientSuspended", new, chain.carrier, chain.bank):
        stage.play(chain.carrier, asked(endorsee=chain.bank.address), way)


def test_a_replacement_stands_like_a_first_issue(stage: Stage, chain: LocalChain) -> None:
    bill = surrendered(stage, chain)
    made = renewed(stage, bill, chain.bank)
    stage.play(chain.carrier, replacing(stage, chain.carrier, [bill], [made]))
    new = id_of(chain.carrier, made)
    stage.play(chain.shipper, Transfer(new, 1, chain.bank.address))
    assert stage.view("entitledOf", new) == chain.bank.address


def test_a_replacement_too_large_for_a_batch_is_refused_there_and_stands_by_itself(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    bill = surrendered(stage, chain)
    signed = stage.sign(chain.carrier, replacing(stage, chain.carrier, [bill], [fresh(n) for n in range(5)]))
    with refused(""):
        stage.batch([signed_data(signed)])
    assert stage.title(bill)["status"] == "SURRENDERED_FOR_AMENDMENT"
    stage.relay(signed)
    assert stage.title(bill)["status"] == "REPLACED"

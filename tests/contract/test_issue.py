"""Issue: by whom, to whom, under which id, and what the record says then."""

from dataclasses import replace

import pytest

from ebl_service.domain.terms import NO_DIGEST, Role, title_id_of
from tests.contract.conftest import Refusal
from tests.contract.stage import Stage
from tests.local_chain import CAST, LocalChain

NOBODY = "0x" + "00" * 20


@pytest.mark.parametrize(
    ("endorsee", "is_to_order", "may_endorse"),
    [
        (None, True, False),
        ("shipper", True, True),
        ("bank", True, True),
        ("consignee", False, False),
        ("shipper", False, False),
    ],
)
def test_the_carrier_issues(
    stage: Stage, chain: LocalChain, way: str, endorsee: str | None, is_to_order: bool, may_endorse: bool
) -> None:
    named = chain.people[endorsee] if endorsee else None
    asked = stage.issuing(chain.carrier, chain.shipper, named, is_to_order=is_to_order)
    issued, *also = stage.play(chain.carrier, asked, way)
    named_address = named.address if named else NOBODY
    assert issued.name == "Issued"
    assert issued.arguments == {
        "titleId": asked.title_id,
        "carrier": chain.carrier.address,
        "holder": chain.shipper.address,
        "endorsee": named_address,
        "endorseeNumber": list(CAST).index(endorsee) + 1 if endorsee else 0,
        "isToOrder": is_to_order,
        "version": 0,
        "referenceDigest": asked.reference_digest,
        "commitment": asked.commitment,
        "time": stage.now,
        "replaces": (),
    }
    assert also == ([("EndorseeNamed", {"titleId": asked.title_id, "endorsee": named_address})] if named else [])
    title = stage.title(asked.title_id)
    head = title.pop("head")
    assert title == {
        "carrier": chain.carrier.address,
        "holder": chain.shipper.address,
        "endorsee": named_address,
        "entitled": chain.shipper.address,
        "status": "ISSUED",
        "isToOrder": is_to_order,
        "mayEndorse": may_endorse,
        "version": 0,
        "sequence": 1,
        "actedAt": stage.now,
        "commitment": asked.commitment,
    }
    assert head not in (NO_DIGEST, asked.commitment)


def test_the_id_follows_from_carrier_reference_and_version(stage: Stage, chain: LocalChain) -> None:
    asked = stage.issuing(chain.carrier, chain.shipper, None)
    assert stage.view("titleIdOf", chain.carrier.address, asked.reference_digest, 0) == asked.title_id
    for version in (1, 65535):
        assert stage.view("titleIdOf", chain.carrier.address, asked.reference_digest, version) == title_id_of(
            chain.carrier.address, asked.reference_digest, version
        )


def test_one_number_is_issued_once(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    asked = stage.issuing(chain.carrier, chain.shipper, None)
    stage.play(chain.carrier, asked)
    with refused("TitleExists", asked.title_id, chain.carrier):
        stage.play(chain.carrier, replace(asked, holder=chain.bank.address), way)


def test_another_carrier_may_have_the_same_number(stage: Stage, chain: LocalChain, way: str) -> None:
    asked = stage.issuing(chain.carrier, chain.shipper, None)
    stage.play(chain.carrier, asked)
    other = replace(asked, title_id=title_id_of(chain.other_carrier.address, asked.reference_digest))
    stage.play(chain.other_carrier, other, way)
    assert stage.title(other.title_id)["carrier"] == chain.other_carrier.address
    assert stage.title(asked.title_id)["carrier"] == chain.carrier.address


@pytest.mark.parametrize("name", ["stranger", "shipper", "insurer", "terminal", "customs"])
def test_only_a_carrier_issues(stage: Stage, chain: LocalChain, way: str, refused: Refusal, name: str) -> None:
    actor = chain.people[name]
    asked = stage.issuing(actor, chain.bank, None)
    with refused("CarrierRoleMissing", asked.title_id, actor):
        stage.play(actor, asked, way)


def test_a_carrier_whose_role_was_withdrawn_no_longer_issues(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal
) -> None:
    stage.call(chain.registrar, "PartyRegistry", "withdrawRole", chain.carrier.address, Role.CARRIER)
    asked = stage.issuing(chain.carrier, chain.shipper, None)
    with refused("CarrierRoleMissing", asked.title_id, chain.carrier):
        stage.play(chain.carrier, asked, way)


def test_a_suspended_carrier_does_not_issue(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.carrier.address)
    asked = stage.issuing(chain.carrier, chain.shipper, None)
    with refused("CarrierSuspended", asked.title_id, chain.carrier):
        stage.play(chain.carrier, asked, way)
    stage.call(chain.registrar, "PartyRegistry", "reinstate", chain.carrier.address)
    stage.play(chain.carrier, asked, way)


@pytest.mark.parametrize("member", ["holder", "endorsee"])
@pytest.mark.parametrize("is_to_order", [True, False])
def test_those_named_in_an_issue_must_be_parties_in_good_standing(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, member: str, is_to_order: bool
) -> None:
    asked = replace(stage.issuing(chain.carrier, chain.shipper, chain.bank), is_to_order=is_to_order)
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.forwarder.address)
    with refused("CarrierCannotReceive", asked.title_id, chain.carrier):
        stage.play(chain.carrier, replace(asked, **{member: chain.carrier.address}), way)
    with refused("RecipientNotRegistered", asked.title_id, chain.carrier, chain.stranger):
        stage.play(chain.carrier, replace(asked, **{member: chain.stranger.address}), way)
    with refused("RecipientSuspended", asked.title_id, chain.carrier, chain.forwarder):
        stage.play(chain.carrier, replace(asked, **{member: chain.forwarder.address}), way)


def test_a_title_is_never_in_nobodys_hands(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    asked = replace(stage.issuing(chain.carrier, chain.shipper, None), holder=NOBODY)
    with refused("RecipientNotRegistered", asked.title_id, chain.carrier, NOBODY):
        stage.play(chain.carrier, asked, way)


@pytest.mark.parametrize("member", ["reference_digest", "commitment"])
def test_reference_and_commitment_must_not_be_empty(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, member: str
) -> None:
    asked = replace(stage.issuing(chain.carrier, chain.shipper, None), **{member: NO_DIGEST})
    asked = replace(asked, title_id=title_id_of(chain.carrier.address, asked.reference_digest))
    with refused("EmptyDigest", asked.title_id, chain.carrier):
        stage.play(chain.carrier, asked, way)


def test_a_straight_bill_needs_a_consignee(stage: Stage, chain: LocalChain, way: str, refused: Refusal) -> None:
    asked = stage.issuing(chain.carrier, chain.shipper, None, is_to_order=False)
    with refused("ConsigneeMissing", asked.title_id, chain.carrier):
        stage.play(chain.carrier, asked, way)

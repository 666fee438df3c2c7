"""A carrier asks for bills: issued, refused, asked again, replaced; each told once, and only what is final."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.terms import Purpose, Status
from ebl_service.errors import ActionRefused, NotAllowed
from ebl_service.errors.documents import NotTheIssuingCarrier
from ebl_service.errors.platform import BillAlreadyAsked, NotACarrierHere
from ebl_service.errors.trust import ChecksumDiffers, SignatureNotCarriers
from ebl_service.store.database import Database
from tests.authority import self_signed
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import AUTHORITY, PICTURE, PLATFORM, STRAIGHT, PlatformClerk
from tests.receiver import Receiver, Reply

RESPONSES = "/v3/ebl-issuance-responses"


@pytest.fixture
async def carrier() -> AsyncIterator[Receiver]:
    with Receiver() as standing:
        yield standing


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger, tmp_path: Path, carrier: Receiver) -> PlatformClerk:
    opened = await PlatformClerk.opened(database, ledger, tmp_path)
    await opened.onboard(carrier.url, in_custody=True)
    return opened


def told(carrier: Receiver) -> list[dict[str, Any]]:
    assert {call.path for call in carrier.received} <= {RESPONSES, "/v3/ebl-surrender-requests"}
    return [json.loads(call.body) for call in carrier.received if call.path == RESPONSES]


def codes(carrier: Receiver) -> list[str]:
    return [each["issuanceResponseCode"] for each in told(carrier)]


async def test_a_bill_is_issued_to_whom_the_carrier_named_and_told_once_final(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    asked = clerk.request()
    await clerk.ask(asked)
    await clerk.work(1)
    (title,) = clerk.ledger.world.titles.values()
    assert (title.holder, title.carrier, title.status) == (SHIPPER.address, CARRIER.address, Status.ISSUED)
    assert title.is_to_order
    assert told(carrier) == [], "included is not final"
    await clerk.work(4)
    assert told(carrier) == [asked.bill.fields | {"issuanceResponseCode": "ISSU"}]
    await clerk.work(4)
    assert len(told(carrier)) == 1
    kept = await clerk.room.kept.kept(title)
    assert kept.content == asked.content
    parts = await clerk.room.kept.part(title, {"carrier's picture", "manifest"})
    assert parts == {"carrier's picture": PICTURE, "manifest": asked.manifest.encode()}
    assert await clerk.platform.waiting.page(None, 0, 10) == []


async def test_without_custody_the_act_waits_for_the_carriers_own_signature(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await clerk.platform.custody.turn_off(CARRIER.address)
    await clerk.ask(clerk.request())
    await clerk.work(3)
    assert not clerk.ledger.world.titles
    (waiting,) = await clerk.platform.waiting.page(CARRIER.address, 0, 10)
    assert isinstance(waiting.act, act.Issue)
    assert "issuance request" in waiting.cause
    assert await clerk.platform.waiting.page(BANK.address, 0, 10) == []
    await clerk.sign_waiting()
    await clerk.work(5)
    assert codes(carrier) == ["ISSU"]
    assert await clerk.platform.waiting.page(None, 0, 10) == []
    assert clerk.keys.signed == 0


async def test_what_breaks_rules_is_refused_with_every_breach(clerk: PlatformClerk, carrier: Receiver) -> None:
    await clerk.ask(clerk.request(document={"declaredValue": 1000, "isElectronic": False}))
    await clerk.work()
    (answer,) = told(carrier)
    assert answer["issuanceResponseCode"] == "BREQ"
    rules = {each["errorCode"] for each in answer["errors"]}
    assert {"title_stands_for_an_electronic_bill", "declared_value_has_currency"} <= rules
    assert not clerk.ledger.world.titles
    assert await clerk.platform.waiting.page(None, 0, 10) == []


async def test_a_recipient_that_is_unknown_cannot_be_resolved(clerk: PlatformClerk, carrier: Receiver) -> None:
    issue_to = {
        "partyName": "Nobody",
        "sendToPlatform": PLATFORM,
        "identifyingCodes": [{"codeListProvider": "GLEIF", "partyCode": "EBLX00NOBODY00000001"}],
    }
    await clerk.ask(clerk.request(issue_to=issue_to))
    await clerk.work()
    await clerk.ask(clerk.request(issue_to=issue_to | {"sendToPlatform": "BOLE"}))
    await clerk.work()
    assert codes(carrier) == ["REFU", "REFU"]
    assert "EBLX00NOBODY00000001" in told(carrier)[0]["reason"]
    assert "BOLE" in told(carrier)[1]["reason"]


async def test_a_recipient_that_may_not_receive_cannot_be_resolved(clerk: PlatformClerk, carrier: Receiver) -> None:
    clerk.ledger.suspend(SHIPPER.address)
    await super(PlatformClerk, clerk).work(1)
    await clerk.ask(clerk.request())
    await clerk.work()
    assert codes(carrier) == ["REFU"]
    assert told(carrier)[0]["errors"][0]["errorCode"] == "RecipientSuspended"


async def test_after_a_refusal_a_revised_request_is_taken(clerk: PlatformClerk, carrier: Receiver) -> None:
    await clerk.ask(clerk.request(document={"declaredValue": 1000}))
    await clerk.ask(clerk.request())
    await clerk.work(5)
    assert codes(carrier) == ["BREQ", "ISSU"]


async def test_a_bill_that_is_asked_for_or_issued_is_not_asked_for_again(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await clerk.ask(clerk.request())
    for _ in range(2):
        with pytest.raises(BillAlreadyAsked, match="not answered yet"):
            await clerk.ask(clerk.request())
        with pytest.raises(BillAlreadyAsked):
            await clerk.ask(clerk.request(document={"declaredValue": 1000}))
    await clerk.work(5)
    with pytest.raises(BillAlreadyAsked, match="is issued"):
        await clerk.ask(clerk.request())
    await clerk.ask(clerk.request(clerk.bill(reference="ANOTHER-NUMBER")))
    await clerk.work(5)
    assert codes(carrier) == ["ISSU", "ISSU"]
    assert len(clerk.ledger.world.titles) == 2


async def test_of_requests_at_once_for_one_number_one_is_taken(clerk: PlatformClerk, carrier: Receiver) -> None:
    results = await asyncio.gather(*(clerk.ask(clerk.request()) for _ in range(5)), return_exceptions=True)
    assert [each for each in results if each is None] == [None]
    assert all(isinstance(each, BillAlreadyAsked) for each in results if each is not None)
    await clerk.work(5)
    assert codes(carrier) == ["ISSU"]


async def test_a_title_surrendered_for_amendment_is_replaced_by_a_request_of_its_number(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await clerk.ask(clerk.request())
    await clerk.work(5)
    (first,) = clerk.ledger.world.titles
    with pytest.raises(BillAlreadyAsked):
        await clerk.ask(clerk.request())
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(first, 1, Purpose.AMENDMENT)))
    await clerk.work(5)
    with pytest.raises(BillAlreadyAsked):
        await clerk.ask(clerk.request())
    await clerk.take(clerk.sign(CARRIER, act.AcceptSurrender(first, 2)))
    await clerk.work(5)
    revised = clerk.request(document={"transportDocumentSubReference": "Version_2", "termsAndConditions": "Others."})
    await clerk.ask(revised)
    await clerk.work(5)
    old, new = (
        clerk.ledger.world.titles[first],
        next(title for title in clerk.ledger.world.titles.values() if title.title_id != first),
    )
    assert (old.status, new.status, new.version, new.holder) == (Status.REPLACED, Status.ISSUED, 1, SHIPPER.address)
    assert told(carrier)[-1] == revised.bill.fields | {"issuanceResponseCode": "ISSU"}
    assert codes(carrier) == ["ISSU", "ISSU"]
    with pytest.raises(BillAlreadyAsked):
        await clerk.ask(clerk.request())


async def test_a_replacement_for_another_than_who_surrendered_is_refused(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await clerk.ask(clerk.request())
    await clerk.work(5)
    (first,) = clerk.ledger.world.titles
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(first, 1, Purpose.AMENDMENT)))
    await clerk.take(clerk.sign(CARRIER, act.AcceptSurrender(first, 2)))
    await clerk.work(5)
    bank = {
        "partyName": "A bank",
        "sendToPlatform": PLATFORM,
        "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": "BANK"}],
    }
    await clerk.ask(clerk.request(issue_to=bank))
    await clerk.work()
    assert codes(carrier) == ["ISSU", "BREQ"]
    assert told(carrier)[-1]["errors"][0]["errorCode"] == "replacement_goes_to_who_surrendered"


async def test_nothing_is_told_of_an_issue_that_a_reorganisation_took_away(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await clerk.ask(clerk.request())
    await clerk.work(1)
    assert clerk.ledger.world.titles
    clerk.ledger.reorganise(1)
    clerk.ledger.drop()
    await clerk.indexer.catch_up()
    await clerk.tell()
    assert not clerk.ledger.world.titles
    assert told(carrier) == []
    with pytest.raises(BillAlreadyAsked):
        await clerk.ask(clerk.request())
    await clerk.work(6)
    assert codes(carrier) == ["ISSU"], "the same signed act went out again"


async def test_only_what_the_carriers_own_certificate_signed_is_taken(clerk: PlatformClerk) -> None:
    for stranger in (self_signed("Halcyon Meridian Lines"), AUTHORITY.signer("Halcyon Meridian Lines")):
        with pytest.raises(SignatureNotCarriers):
            await clerk.ask(clerk.request(signer=stranger))
    for changed in (
        {"document": {**clerk.request().document, "isToOrder": False}},
        {"issue_to": {**clerk.request().issue_to, "partyName": "Another"}},
        {"picture": b"%PDF-1.7 another picture"},
        {"picture": None},
    ):
        from dataclasses import replace

        with pytest.raises(ChecksumDiffers):
            await clerk.ask(replace(clerk.request(), **changed))
    assert await clerk.platform.waiting.page(None, 0, 10) == []


async def test_a_revoked_certificate_signs_no_more(clerk: PlatformClerk) -> None:
    (certificate,) = await clerk.platform.carriers.certificates(CARRIER.address)
    await clerk.platform.carriers.revoke(CARRIER.address, certificate.fingerprint, clerk.now())
    with pytest.raises(SignatureNotCarriers):
        await clerk.ask(clerk.request())


async def test_a_party_asks_only_for_bills_of_its_own_as_a_carrier_of_this_platform(clerk: PlatformClerk) -> None:
    with pytest.raises(NotACarrierHere):
        await clerk.ask(clerk.request(), account=BANK.address)
    from ebl_service.domain.carrier_terms import CarrierTerms

    await clerk.platform.carriers.put(CarrierTerms(BANK.address, "English law", "London"), clerk.now())
    (certificate,) = await clerk.platform.carriers.certificates(CARRIER.address)
    await clerk.platform.carriers.register(BANK.address, certificate)
    with pytest.raises(NotTheIssuingCarrier):
        await clerk.ask(clerk.request(), account=BANK.address)


async def test_a_request_that_nobody_signs_is_refused_when_its_day_is_over(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    await clerk.platform.custody.turn_off(CARRIER.address)
    await clerk.ask(clerk.request())
    (waiting,) = await clerk.platform.waiting.page(CARRIER.address, 0, 10)
    assert waiting.until is not None
    clerk.ledger.mine(1, seconds=waiting.until - clerk.now() + 1)
    await clerk.work(6)
    assert codes(carrier) == ["BREQ"]
    assert told(carrier)[0]["errors"][0]["errorCode"] == "NotSignedInTime"
    assert await clerk.platform.waiting.page(None, 0, 10) == []


async def test_a_straight_bill_is_issued_to_its_shipper(clerk: PlatformClerk, carrier: Receiver) -> None:
    await clerk.ask(clerk.request(clerk.bill(STRAIGHT)))
    await clerk.work(5)
    (title,) = clerk.ledger.world.titles.values()
    assert (title.holder, title.endorsee, title.is_to_order) == (SHIPPER.address, BUYER.address, False)
    assert codes(carrier) == ["ISSU"]


async def test_a_carrier_that_is_away_is_told_when_it_is_back(clerk: PlatformClerk, carrier: Receiver) -> None:
    carrier.answers = [Reply(500), Reply(hangs_up=True), Reply(204)]
    await clerk.ask(clerk.request())
    await clerk.work(5)
    for _ in range(4):
        clerk.ahead += 3_600
        await clerk.tell()
    assert codes(carrier) == ["ISSU"] * 3
    assert len({call.headers["ebl-callback-id"] for call in carrier.received}) == 1


def test_the_errors_are_of_the_kinds_that_edges_answer() -> None:
    assert issubclass(BillAlreadyAsked, ActionRefused)
    assert issubclass(NotACarrierHere, NotAllowed)

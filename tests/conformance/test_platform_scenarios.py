"""The 19 scenarios by which DCSA's conformance program tests a platform, with a carrier that speaks as its does.

6 of issuance (ISSU thrice, BREQ, REFU, an error), 13 of surrender (SURR and SREJ, straight and negotiable, for
delivery, for amendment and for paper; an error). Checked is what the program
checks: status, path, schema, codes, actions.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from ebl_service.domain.terms import Purpose
from tests.api.dcsa.test_flows import surrender
from tests.carrier_house import REQUESTS, CarrierHouse
from tests.conformance.synthetic_carrier import BLANK, NEGOTIABLE, NOBODY, STRAIGHT, SyntheticCarrier

ACTIONS = {"ISSUE", "ENDORSE", "SIGN", "SURRENDER_FOR_DELIVERY", "SURRENDER_FOR_AMENDMENT"}
PROVIDERS = {"WAVE", "CARX", "ESSD", "IDT", "BOLE", "EDOX", "IQAX", "SECR", "TRGO", "ETEU", "TRAC", "BRIT", "GSBN"}
PROVIDERS |= {"WISE", "GLEIF", "W3C", "DNB", "FMC", "DCSA", "ZZZ"}
"""The program's list, which is shorter than the definitions'."""
CODES = {Purpose.DELIVERY: ("SREQ", None), Purpose.AMENDMENT: ("AREQ", None), Purpose.PAPER: ("AREQ", "SWTP")}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrierHouse]:
    with CarrierHouse(tmp_path_factory.mktemp("conformance")) as standing:
        yield standing


@pytest.fixture(scope="module")
def carrier(platform: CarrierHouse) -> Iterator[SyntheticCarrier]:
    with SyntheticCarrier(platform) as standing:
        yield standing.join()


def issued(carrier: SyntheticCarrier, request: dict[str, Any]) -> list[dict[str, Any]]:
    answer = carrier.put(request)
    assert answer.status_code == 204, answer.text
    return carrier.await_told(request["document"]["transportDocumentReference"])


@pytest.mark.parametrize("kind", [STRAIGHT, NEGOTIABLE, BLANK])
def test_issuance_of_a_kind_of_bill_is_answered_issu(carrier: SyntheticCarrier, kind: str) -> None:
    request = carrier.issuance(kind)
    (told,) = issued(carrier, request)
    reference = request["document"]["transportDocumentReference"]
    assert told == {"transportDocumentReference": reference, "issuanceResponseCode": "ISSU"}


def test_content_that_a_rule_refuses_is_answered_breq(carrier: SyntheticCarrier) -> None:
    """The platform names a consignee that it does not know."""
    stranger = {"partyName": "Nobody", "identifyingCodes": [NOBODY]}
    (told,) = issued(carrier, carrier.issuance(STRAIGHT, consignee=stranger))
    assert told["issuanceResponseCode"] == "BREQ"
    assert told["errors"]


@pytest.mark.parametrize("issue_to", [{"identifyingCodes": [NOBODY]}, {"sendToPlatform": "DCSR"}])
def test_a_recipient_that_cannot_be_resolved_is_answered_refu(
    carrier: SyntheticCarrier, issue_to: dict[str, Any]
) -> None:
    (told,) = issued(carrier, carrier.issuance(STRAIGHT, issue_to=issue_to))
    assert told["issuanceResponseCode"] == "REFU"


def test_a_request_without_issuing_party_is_an_error_at_once(carrier: SyntheticCarrier) -> None:
    request = carrier.issuance(STRAIGHT, drop="issuingParty")
    answer = carrier.put(request)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["property"], error["jsonPath"]) == ("issuingParty", "$.document.documentParties.issuingParty")
    carrier.house.mine(3)
    assert carrier.told(request["document"]["transportDocumentReference"]) == []


@pytest.mark.parametrize("action", ["SURR", "SREJ"])
@pytest.mark.parametrize("kind", [STRAIGHT, NEGOTIABLE])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_surrender_is_asked_for_and_answered(
    platform: CarrierHouse, carrier: SyntheticCarrier, kind: str, purpose: Purpose, action: str
) -> None:
    carrier.action = action
    request = surrendered(platform, carrier, kind, purpose)
    assert carrier.answer_given(request["surrenderRequestReference"]).status_code == 204
    status = "ISSUED" if action == "SREJ" else f"SURRENDERED_FOR_{purpose.name}"
    platform.eventually(lambda: status in statuses(platform, carrier))


def test_a_surrender_that_the_carrier_calls_an_error_is_answered_all_the_same(
    platform: CarrierHouse, carrier: SyntheticCarrier
) -> None:
    """409 says that the carrier has the request already: it is not sent again."""
    carrier.action, carrier.is_in_error = "SURR", True
    try:
        request = surrendered(platform, carrier, STRAIGHT, Purpose.DELIVERY)
        assert carrier.answer_given(request["surrenderRequestReference"]).status_code == 204
    finally:
        carrier.is_in_error = False
    platform.mine(3)
    assert len(carrier.told(request["transportDocumentReference"], REQUESTS)) == 1


def surrendered(platform: CarrierHouse, carrier: SyntheticCarrier, kind: str, purpose: Purpose) -> dict[str, Any]:
    """The request that the carrier is sent, checked as the program checks it; schemas are checked as it arrives."""
    issuance = carrier.issuance(kind)
    assert [each["issuanceResponseCode"] for each in issued(carrier, issuance)] == ["ISSU"]
    request = surrender(platform, carrier, issuance["document"]["transportDocumentReference"], purpose)
    code, reason = CODES[purpose]
    assert (request["surrenderRequestCode"], request.get("reasonCode")) == (code, reason)
    assert {link["actionCode"] for link in request["endorsementChain"]} <= ACTIONS
    parties = [link[side] for link in request["endorsementChain"] for side in ("actor", "recipient")]
    assert {each["codeListProvider"] for party in parties for each in party["identifyingCodes"]} <= PROVIDERS
    return request


def statuses(platform: CarrierHouse, carrier: SyntheticCarrier) -> list[str]:
    """The newest title's status, once final."""
    platform.mine(1)
    headers = platform.key_of(carrier.account, "read")
    titles = platform.http.get("/v1/titles", params={"limit": 200}, headers=headers).json()["titles"]
    newest = max(titles, key=lambda title: (title["sinceBlock"], title["version"]))
    return [newest["status"]] if newest["finality"] == "final" else []

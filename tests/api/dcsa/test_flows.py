"""A carrier's whole dealings with the platform, over HTTP on a real chain: issue, surrender, amend, reject."""

from typing import Any

from ebl_service.domain.terms import Purpose
from tests.carrier_house import REQUESTS, STRAIGHT, CarrierHouse, CarrierSystem
from tests.dcsa_definitions import SURRENDER
from tests.house import signature
from tests.receiver import Reply
from voyage.documents import Bill


def surrender(platform: CarrierHouse, system: CarrierSystem, reference: str, purpose: Purpose) -> dict[str, Any]:
    """The shipper surrenders the bill; what the carrier is told."""
    count = len(system.told(reference, REQUESTS))
    title = title_of(platform, system, reference)
    act(platform, {"verb": "RequestSurrender", "titleId": title, "purpose": purpose.name})
    return system.await_told(reference, REQUESTS, count + 1)[-1]


def act(platform: CarrierHouse, asked: dict[str, Any]) -> None:
    shipper = platform.chain.shipper
    headers = platform.key_of(shipper.address, "read", "submit")
    data = platform.ask("POST", "/v1/typed-data", asked, headers).json()["typedData"]
    signed = {"typedData": data, "signer": shipper.address, "signature": signature(shipper, data)}
    answer = platform.ask("POST", "/v1/submissions", {"acts": [signed]}, headers)
    assert answer.status_code == 202, answer.text


def title_of(platform: CarrierHouse, system: CarrierSystem, reference: str) -> str:
    """The id of the newest title: this test's, since the house's chain is told of one at a time."""
    headers = platform.key_of(system.account, "read")
    titles: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = platform.http.get("/v1/titles", params={"carrier": system.account, **after}, headers=headers).json()
        titles += page["titles"]
        if page["nextCursor"] is None:
            break
        after = {"after": page["nextCursor"]}
    return max(titles, key=lambda each: (each["sinceBlock"], each["version"]))["id"]  # type: ignore[index]


def codes(answer: Any, at: int = 0) -> list[str]:
    return [link["actionCode"] for link in answer.json()[at]["endorsementChain"]]


def test_a_bill_is_issued_surrendered_and_accepted(platform: CarrierHouse, system: CarrierSystem) -> None:
    reference = system.issued()
    assert codes(system.chains(reference)) == ["ISSUE"]
    request = surrender(platform, system, reference, Purpose.DELIVERY)
    assert [link["actionCode"] for link in request["endorsementChain"]] == ["ISSUE", "SURRENDER_FOR_DELIVERY"]
    answer = system.answer(request["surrenderRequestReference"], "SURR")
    assert answer.status_code == 204, answer.text
    assert system.answer(request["surrenderRequestReference"], "SURR").status_code == 409
    assert system.answer(request["surrenderRequestReference"], "SREJ", "too late").status_code == 409
    await_chain(platform, system, reference, ["SURRENDERED", "SURRENDER_FOR_DELIVERY", "ISSUE"])


def await_chain(platform: CarrierHouse, system: CarrierSystem, reference: str, expected: list[str]) -> None:
    def holds() -> bool:
        platform.mine(1)
        return codes(system.chains(reference)) == expected

    platform.eventually(holds)


def test_a_rejected_surrender_gives_the_bill_back(platform: CarrierHouse, system: CarrierSystem) -> None:
    reference = system.issued(STRAIGHT)
    request = surrender(platform, system, reference, Purpose.DELIVERY)
    feedback = [{"severity": "ERROR", "message": "Freight is unpaid", "propertyPath": "$.comments"}]
    said = {"surrenderRequestReference": request["surrenderRequestReference"], "action": "SREJ"}
    answer = system.call("POST", "/v3/ebl-surrender-responses", said | {"feedbackElements": feedback}, SURRENDER)
    assert answer.status_code == 204, answer.text
    await_chain(platform, system, reference, ["ISSUE"])
    (shown,) = requests_of(platform, system, reference)
    assert shown["outcome"] == "REJECTED"
    assert shown["comments"] == "The carrier rejected the surrender and gave no reason."
    assert shown["feedbackElements"] == feedback
    again = surrender(platform, system, reference, Purpose.DELIVERY)
    assert again["surrenderRequestReference"] != request["surrenderRequestReference"]


def requests_of(platform: CarrierHouse, system: CarrierSystem, reference: str) -> list[dict[str, Any]]:
    """What the shipper reads of its surrender requests."""
    headers = platform.key_of(platform.chain.shipper.address, "read")
    path = f"/v1/titles/{title_of(platform, system, reference)}/surrender-requests"
    shown: list[dict[str, Any]] = platform.ask("GET", path, headers=headers).json()["surrenderRequests"]
    return shown


def test_what_the_holder_asks_for_in_words_reaches_the_carrier(platform: CarrierHouse, system: CarrierSystem) -> None:
    reference = system.issued()
    words = "Please divide the bill: two containers each"
    asked = {"verb": "RequestSurrender", "titleId": title_of(platform, system, reference), "purpose": "AMENDMENT"}
    act(platform, asked | {"reason": "SWI", "comments": words})
    (request,) = system.await_told(reference, REQUESTS)
    assert (request["surrenderRequestCode"], request["reasonCode"], request["comments"]) == ("AREQ", "SWI", words)
    (shown,) = requests_of(platform, system, reference)
    assert (shown["reason"], shown["requestComments"]) == ("SWI", words)
    assert shown["commentsSalt"]
    bank = platform.key_of(platform.chain.bank.address, "read", "submit")
    assert platform.ask("POST", "/v1/typed-data", asked | {"comments": words}, bank).status_code == 404
    shipper = platform.key_of(platform.chain.shipper.address, "read", "submit")
    for wrong in ({"comments": "two\nlines"}, {"comments": "x" * 256}, {"comments": ""}, {"reason": "LONGCODE"}):
        answer = platform.ask("POST", "/v1/typed-data", asked | {"comments": words} | wrong, shipper)
        assert answer.status_code == 400, wrong


def test_an_amended_bill_takes_the_place_of_the_surrendered_one(platform: CarrierHouse, system: CarrierSystem) -> None:
    request = system.request(document={"transportDocumentSubReference": "v1"})
    reference = str(request["document"]["transportDocumentReference"])
    assert system.put(request).status_code == 204
    system.await_told(reference)
    assert system.put(request).status_code == 409
    asked = surrender(platform, system, reference, Purpose.AMENDMENT)
    assert asked["surrenderRequestCode"] == "AREQ"
    assert system.answer(asked["surrenderRequestReference"], "SURR").status_code == 204
    await_chain(platform, system, reference, ["SURRENDERED", "SURRENDER_FOR_AMENDMENT", "ISSUE"])
    revised = system.request(
        document=request["document"] | {"transportDocumentSubReference": "v2", "termsAndConditions": "Amended."}
    )
    assert system.put(revised).status_code == 204
    told = system.await_told(reference, count=2)
    assert [each["issuanceResponseCode"] for each in told] == ["ISSU", "ISSU"]
    assert [each["transportDocumentSubReference"] for each in told] == ["v1", "v2"]
    chains = system.chains(reference)
    assert [each["transportDocumentSubReference"] for each in chains.json()] == ["v2", "v1"]
    assert {each["carrierSCACCode"] for each in chains.json()} == {"ZQHM"}
    assert codes(chains, 0) == ["ISSUE"]
    assert len(system.chains(reference, transportDocumentSubReference="v1").json()) == 1
    assert system.chains(reference, carrierSCACCode="OTHR").status_code == 404


def test_refused_requests_are_told_and_may_be_revised(platform: CarrierHouse, system: CarrierSystem) -> None:
    wrong = system.request(document={"declaredValue": 1000})
    reference = str(wrong["document"]["transportDocumentReference"])
    assert system.put(wrong).status_code == 204
    (told,) = system.await_told(reference)
    assert told["issuanceResponseCode"] == "BREQ"
    assert told["errors"][0]["errorCode"] == "declared_value_has_currency"
    nobody = {"identifyingCodes": [{"codeListProvider": "GLEIF", "partyCode": "EBLX00NOBODY00000001"}]}
    right = {name: value for name, value in wrong["document"].items() if name != "declaredValue"}
    bill = platform.bill().numbered(reference)
    assert system.put(system.request(bill, document=right, issueTo=nobody)).status_code == 204
    assert system.await_told(reference, count=2)[-1]["issuanceResponseCode"] == "REFU"
    assert system.put(system.request(bill, document=right)).status_code == 204
    assert system.await_told(reference, count=3)[-1]["issuanceResponseCode"] == "ISSU"


def test_a_carrier_that_fails_and_lies_is_told_until_it_says_it_has_it(
    platform: CarrierHouse, system: CarrierSystem
) -> None:
    request = system.request()
    reference = str(request["document"]["transportDocumentReference"])
    system.answers = [Reply(404, b"{}"), Reply(200)]
    try:
        assert system.put(request).status_code == 204
        assert len(system.await_told(reference, count=2)) == 2
    finally:
        system.answers = [Reply()]
    ids = [call.headers["ebl-callback-id"] for call in system.received if reference.encode() in call.body]
    assert len(ids) == 2
    assert len(set(ids)) == 1

    def is_delivered() -> bool:
        listed = platform.ask("GET", "/v1/callbacks?limit=200", headers=system.headers).json()["callbacks"]
        return [each["state"] for each in listed if each["id"] == ids[0]] == ["DELIVERED"]

    platform.eventually(is_delivered)
    again = platform.ask("POST", f"/v1/callbacks/{ids[0]}/redeliver", headers=system.headers)
    assert again.status_code == 200, again.text
    assert len(system.await_told(reference, count=3)) == 3


def test_a_chain_is_read_by_carrier_and_present_parties_only(platform: CarrierHouse, system: CarrierSystem) -> None:
    reference = system.issued()
    chain = platform.chain
    shipper, bank = (platform.key_of(each.address, "platform") for each in (chain.shipper, chain.bank))
    platform.eventually(lambda: system.chains(reference, headers=shipper).status_code == 200)
    answers = [system.chains(name, headers=bank) for name in (reference, "UNKNOWN-1")]
    assert [each.status_code for each in answers] == [404, 404]
    assert system.chains(reference, headers={}).status_code == 401
    assert system.chains(reference, headers=platform.key_of(system.account, "read")).status_code == 403


def test_a_request_that_combines_or_divides_bills_is_refused_and_one_that_names_itself_is_not(
    platform: CarrierHouse, system: CarrierSystem
) -> None:
    def naming(bill: Bill, old: str, new: str) -> dict[str, Any]:
        named = {"old": old, "new": new}
        lists = {f"{key}TransportDocumentReferences": [related(value)] for key, value in named.items()}
        return system.request(bill, transportDocumentReplacements=lists)

    def related(number: str) -> dict[str, str]:
        return {"transportDocumentReference": number, "transportDocumentSubReference": "Version_1"}

    bill = platform.bill()
    number = str(bill.document["transportDocumentReference"])
    for old, new in (("ANOTHER", number), (number, "ANOTHER")):
        assert system.put(naming(bill, old, new)).status_code == 204
    assert system.put(naming(bill, number, number)).status_code == 204
    told = system.await_told(number, count=3)
    assert [each["issuanceResponseCode"] for each in told] == ["BREQ", "BREQ", "ISSU"]
    assert told[0]["errors"][0]["errorCode"] == "bills_are_combined_at_once"
    assert "ANOTHER" in told[0]["reason"]

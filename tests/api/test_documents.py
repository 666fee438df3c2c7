"""POST /v1/documents and what is read of them, over HTTP."""

import hashlib
import json
from base64 import b64encode
from typing import Any

import httpx
import pytest

from ebl_service.domain.terms import checksummed
from ebl_service.domain.transport_document.commitment import checksum, commitment
from tests.house import TOKEN, House, signature
from tests.local_chain import LocalChain
from voyage.documents import ROOT, Bill, bills

SAMPLES = ROOT / "samples"
BLANK, STRAIGHT = "blank-ningbo-hamburg", "straight-shanghai-singapore"
PLAYS = {"issuingParty": "carrier", "shipper": "shipper", "endorsee": "shipper", "consignee": "consignee"}
RECORD = {"governingLaw": "English law", "jurisdiction": "High Court of Justice, London"}
PATIENCE = 300
"""Seconds for a hundred prints on a machine that does other things as well."""
DESK = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def named(house: House, cast: LocalChain) -> House:
    """The cast has names and codes."""
    for name in {*PLAYS.values(), "other_carrier"}:
        body = {"legalName": name, "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": name}]}
        answer = house.http.put(f"/v1/parties/{cast.people[name].address}/profile", json=body, headers=DESK)
        assert answer.status_code == 200, answer.text
    return house


def bill(house: House, reference: str, sample: str = BLANK, **changes: Any) -> Bill:
    (found,) = bills(SAMPLES / f"{sample}.json")
    dated = found.issued_on(int(house.chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16))
    parties: Any = dict(dated.document["documentParties"])  # type: ignore[call-overload]
    for role, name in PLAYS.items():
        if role in parties:
            parties[role] = {**parties[role], "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": name}]}
    document = {**dated.document, "documentParties": parties, "transportDocumentReference": reference, **changes}
    return Bill(sample, document)


def send(house: House, *texts: str, about: dict[str, Any] | None = None, **rest: Any) -> httpx.Response:
    drafts = ", ".join(f'{{"document": {text}, {json.dumps(RECORD | rest)[1:]}' for text in texts)
    body = f'{{"documents": [{drafts}], {json.dumps({"dryRun": False} | (about or {}))[1:]}'
    headers = {**DESK, "Content-Type": "application/json"}
    return house.http.post("/v1/documents", content=body.encode(), headers=headers, timeout=PATIENCE)


def test_a_document_is_sent_signed_issued_and_read_back_byte_for_byte(named: House, cast: LocalChain) -> None:
    text = bill(named, "READBACK1", STRAIGHT).sent.replace('": ', '" :\t', 3)
    answer = send(named, text)
    assert answer.status_code == 201, answer.text
    (result,) = answer.json()["results"]
    shown = result["document"]
    assert result["state"] == "KEPT"
    assert (shown["carrier"], shown["holder"]) == (checksummed(cast.carrier.address), checksummed(cast.shipper.address))
    assert shown["documentChecksum"] == checksum(json.loads(text)) == json.loads(shown["record"])["documentChecksum"]
    assert shown["commitment"] == commitment(bytes.fromhex(shown["salt"][2:]), shown["record"].encode())
    data = result["act"]["typedData"]
    assert data["message"]["commitment"] == shown["commitment"]
    landed = named.submit_signed(cast.carrier, data)
    assert landed["titleIds"] == [shown["titleId"]]
    path = f"/v1/titles/{shown['titleId']}"
    read = named.read_as(cast.carrier, f"{path}/document")
    assert read.content == text.encode()
    assert read.headers["cache-control"] == "private, no-store"
    record = named.read_as(cast.carrier, f"{path}/record").json()
    assert {name: record[name] for name in ("record", "salt", "referenceSalt", "commitment")} == {
        name: shown[name] for name in ("record", "salt", "referenceSalt", "commitment")
    }
    pdf = named.read_as(cast.carrier, f"{path}/document.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert named.read_as(cast.carrier, f"{path}/amendments").json()["amendments"] == []
    assert named.read_as(cast.carrier, f"{path}/document.pdf?by=carrier").status_code == 404


def test_one_refused_document_is_a_problem_with_all_its_breaches(named: House) -> None:
    bad = bill(named, "BAD1", transportDocumentTypeCode="SWB", isElectronic=False)
    answer = send(named, bad.sent)
    problem = answer.json()
    assert (answer.status_code, problem["rule"]) == (400, "DocumentRefused")
    found = {each["path"] for each in problem["breaches"]}
    assert {"transportDocumentTypeCode", "isElectronic", "isToOrder"} <= found
    assert all(each["rule"] and each["wrong"] and each["right"] for each in problem["breaches"])


def test_of_a_hundred_at_once_the_good_ones_are_kept_and_the_bad_ones_named(named: House) -> None:
    texts = [bill(named, f"HUNDRED{n}").sent for n in range(100)]
    for n in range(0, 100, 10):
        texts[n] = bill(named, f"HUNDRED{n}", isToOrder=False).sent
    answer = send(named, *texts)
    assert answer.status_code == 201
    results = answer.json()["results"]
    assert [n for n, each in enumerate(results) if each["state"] == "REFUSED"] == list(range(0, 100, 10))
    paths = {breach["path"] for n in range(0, 100, 10) for breach in results[n]["problem"]["breaches"]}
    assert paths == {"documentParties.consignee"}
    assert len({each["act"]["typedData"]["message"]["titleId"] for each in results if each["act"]}) == 90


def test_more_than_a_hundred_are_malformed(named: House) -> None:
    answer = send(named, *["{}"] * 101)
    assert (answer.status_code, answer.json()["rule"]) == (400, "BadValue")


def test_a_dry_run_keeps_nothing(named: House, cast: LocalChain) -> None:
    text = bill(named, "DRY1").sent
    dry = send(named, text, about={"dryRun": True})
    assert dry.status_code == 200
    (result,) = dry.json()["results"]
    assert (result["state"], result["act"]) == ("CHECKED", None)
    issue = {
        **{name: result["document"][name] for name in ("endorsee", "isToOrder", "referenceDigest", "commitment")},
        "carrier": cast.carrier.address,
        "holder": cast.shipper.address,
    }
    named.act(cast.carrier, "Issue", **issue)  # this house relays for others
    gone = named.read_as(cast.carrier, f"/v1/titles/{result['document']['titleId']}/document")
    assert (gone.status_code, gone.json()["rule"]) == (404, "NotFound")


def test_a_document_of_four_megabytes_is_taken(named: House) -> None:
    text = bill(named, "LARGE1", vendorNotes=["x" * 1_000] * 4_000).sent
    assert send(named, text).status_code == 201
    larger = send(named, bill(named, "LARGE2", vendorNotes=["x" * 1_000] * 4_300).sent)
    assert (larger.status_code, larger.json()["rule"]) == (413, "DocumentTooLarge")


@pytest.mark.parametrize(
    ("text", "status", "rule"),
    [
        ('{"a": 1, "a": 2}', 400, "DuplicateKey"),
        ('{"a": 0.1000000000000000055511151231257827}', 400, "NumberNotKept"),
        ('{"a": "\\ud800"}', 400, "LoneSurrogate"),
        ('{"a": 1e999}', 400, "NumberNotKept"),
        ("7", 400, "BadValue"),
    ],
)
def test_what_readers_could_read_differently_is_refused(named: House, text: str, status: int, rule: str) -> None:
    answer = send(named, text)
    assert (answer.status_code, answer.json()["rule"]) == (status, rule)


def test_a_carriers_own_picture_is_served_where_it_sent_one(named: House, cast: LocalChain) -> None:
    own = b"%PDF-1.4\nthe carrier's own\n%%EOF\n"
    answer = send(named, bill(named, "OWNPICTURE1").sent, carriersPicture=b64encode(own).decode())
    (result,) = answer.json()["results"]
    said = json.loads(result["document"]["record"])
    assert said["carrierVisualisationDigest"] == hashlib.sha256(own).hexdigest()
    named.submit_signed(cast.carrier, result["act"]["typedData"])
    path = f"/v1/titles/{result['document']['titleId']}/document.pdf"
    assert named.read_as(cast.carrier, path).content == own
    ledgers = named.read_as(cast.carrier, f"{path}?by=ledger").content
    assert ledgers.startswith(b"%PDF-")
    assert ledgers != own
    none = send(named, bill(named, "OWNPICTURE2").sent, carriersPicture=b64encode(b"GIF89a").decode())
    assert (none.status_code, none.json()["rule"]) == (400, "BadValue")


def test_documents_are_taken_of_who_may_issue_only(named: House) -> None:
    text = bill(named, "NOBODY1").sent
    body = f'{{"documents": [{{"document": {text}, {json.dumps(RECORD)[1:]}]}}'
    for headers in ({}, {"Authorization": "Bearer no token of ours"}):
        answer = named.http.post(
            "/v1/documents", content=body.encode(), headers={"Content-Type": "application/json", **headers}
        )
        assert answer.status_code == 401


def test_a_document_is_read_by_nobody_in_particular(named: House) -> None:
    title_id = named.issue()
    for name in ("document", "document.pdf", "record", "amendments", "paper.pdf"):
        assert named.http.get(f"/v1/titles/{title_id}/{name}").status_code == 401


def test_a_code_that_names_another_party_is_refused(named: House, cast: LocalChain) -> None:
    body = {"legalName": "bank", "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": "carrier"}]}
    answer = named.http.put(f"/v1/parties/{cast.bank.address}/profile", json=body, headers=DESK)
    assert (answer.status_code, answer.json()["rule"]) == (409, "CodeTaken")
    told = named.http.get(f"/v1/parties/{cast.carrier.address}/profile/changes", headers=DESK).json()
    assert [each["legalName"] for each in told["profiles"]] == ["carrier"]
    nobody = named.http.put(f"/v1/parties/{cast.stranger.address}/profile", json=body, headers=DESK)
    assert (nobody.status_code, nobody.json()["rule"]) == (404, "NotFound")


def test_who_brings_the_commitment_of_anothers_document_is_told_nothing_of_it(named: House, cast: LocalChain) -> None:
    (result,) = send(named, bill(named, "SECRET1").sent).json()["results"]
    data = result["act"]["typedData"]
    data = {**data, "message": {**data["message"], "referenceDigest": "0x" + "ab" * 32}}
    others = named.submit({"typedData": data, "signer": cast.carrier.address, "signature": "0x"}, by=None)
    assert (others.status_code, others.json()["rule"]) == (404, "NotFound")
    assert "SECRET1" not in others.text
    signed = {"typedData": data, "signer": cast.other_carrier.address, "signature": signature(cast.other_carrier, data)}
    own = named.submit(signed, by=cast.other_carrier)
    assert (own.status_code, own.json()["rule"]) == (409, "TitleDiffers")
    assert "SECRET1" not in own.text
    assert checksummed(cast.shipper.address) not in own.text
    carriers = named.submit({**signed, "signer": cast.carrier.address}, by=cast.carrier)
    assert "SECRET1" in carriers.text

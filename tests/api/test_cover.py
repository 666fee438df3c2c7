"""Cover over HTTP: an insurer declares, a seller states its sale, the assured reads, waives and is told of gaps."""

import json
from typing import Any

import httpx
import pytest

from ebl_service.domain.terms import checksummed
from tests.api.test_documents import PLAYS, SAMPLES, bill, send
from tests.house import OPERATOR, House, signature
from tests.local_chain import LocalChain

COVER = "follow-cif-shanghai-singapore"
LAW = {"governingLaw": "English law", "jurisdiction": "High Court of Justice, London"}


@pytest.fixture(scope="module")
def insured(house: House, cast: LocalChain) -> dict[str, Any]:
    """A final title with its document, which the insurer may read, and a certificate for it."""
    for name in {*PLAYS.values(), "insurer"}:
        body = {"legalName": name, "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": name}]}
        path = f"/v1/parties/{cast.people[name].address}/profile"
        assert house.http.put(path, json=body, headers=house.bearing(OPERATOR)).status_code == 200
    house.await_party(cast.insurer)
    drawn = bill(house, "COVERED1", "to-order-of-bank-shanghai-singapore")
    [kept] = send(house, drawn.sent).json()["results"]
    house.submit_signed(cast.carrier, kept["act"]["typedData"])
    title_id = kept["document"]["titleId"]
    now = int(cast.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    grant = {"to": cast.insurer.address, "expiresAt": now + 86_400}
    answer = house.post(f"/v1/titles/{title_id}/grants", grant, by=cast.shipper)
    assert answer.status_code == 201, answer.text
    answer = declare(house, document(house, title_id, drawn.document), title_id)
    assert answer.status_code == 201, answer.text
    [result] = answer.json()["results"]
    house.submit_signed(cast.insurer, result["act"]["typedData"])
    return {"title": title_id, "bill": drawn.document, **result["document"]}


def document(house: House, title_id: str, drawn: Any, **changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((SAMPLES / "insurance" / f"{COVER}.json").read_bytes())
    said["insurer"]["identifyingCodes"] = [{"codeListProvider": "ZZZ", "partyCode": "insurer"}]
    said["assignment"] = {
        "chainId": house.chain.chain_id,
        "titleRegistry": house.chain.title_registry,
        "titleId": title_id,
        "clause": "As the title.",
    }
    said["effectiveDate"] = drawn["shippedOnBoardDate"]
    said["transportDocumentReference"] = drawn["transportDocumentReference"]
    return said | changes


def declare(house: House, *documents: dict[str, Any] | str, by: str = "insurer", **about: Any) -> httpx.Response:
    *said, title_id = documents
    given = [{"document": each, "titleId": title_id, **LAW} for each in said]
    return house.post("/v1/insurance-documents", {"documents": given} | about, by=by)


def test_the_document_is_read_back_as_it_was_sent_by_insurer_and_assured(house: House, insured: dict[str, Any]) -> None:
    path = f"/v1/certificates/{insured['certificateId']}/document"
    for reader in ("insurer", "shipper", "carrier"):
        answer = house.get(path, by=reader)
        assert answer.json()["documentReference"] == "SMI-26-C-004817"
        assert answer.headers["cache-control"] == "private, no-store"
        pdf = house.get(f"{path}.pdf", by=reader)
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.content.startswith(b"%PDF-")
    assert house.get(f"{path}.pdf", by="bank").status_code == 404
    unknown = house.get(f"/v1/certificates/0x{'00' * 32}/document", by="bank")
    denied = house.get(path, by="bank")
    assert (denied.status_code, unknown.status_code) == (404, 404)
    assert denied.json()["rule"] == unknown.json()["rule"]


def test_who_read_an_insurance_document_is_noted_as_of_a_bill(house: House, insured: dict[str, Any]) -> None:
    for what in ("document", "document.pdf", "assessment"):
        assert house.get(f"/v1/certificates/{insured['certificateId']}/{what}", by="insurer").status_code == 200
    reads = house.get(f"/v1/titles/{insured['title']}/reads", by="shipper", limit=200).json()["reads"]
    insurer = [each["what"] for each in reads if each["reader"].lower() == house.chain.insurer.address]
    assert insurer[-3:] == ["insurance document", "insurance picture", "insurance document"]


def lines(house: House, by: str, **query: str) -> list[dict[str, str]]:
    """Every line of somebody's stream, to its end."""
    told = house.get("/v1/events", by=by, follow="false", **query).text.split("\n\n")
    read = [dict(part.split(": ", 1) for part in line.split("\n") if ": " in part) for line in told]
    return [each for each in read if "data" in each]


def stream(house: House, by: str, **query: str) -> list[tuple[str, dict[str, Any]]]:
    """Kind and data of every line."""
    return [(each["event"], json.loads(each["data"])) for each in lines(house, by, **query)]


def test_the_stream_tells_of_the_certificate_and_who_is_entitled_of_gaps(house: House, insured: dict[str, Any]) -> None:
    for reader in ("insurer", "shipper"):
        issued = [data for _, data in stream(house, reader) if data.get("event") == "CertificateIssued"]
        assert insured["certificateId"] in {data["certificateId"] for data in issued}
    drawn = bill(house, "BARE1", "to-order-of-bank-shanghai-singapore")
    [kept] = send(house, drawn.sent).json()["results"]
    house.submit_signed(house.chain.carrier, kept["act"]["typedData"])
    bare = kept["document"]["titleId"]
    gaps = {data["titleId"]: data["gaps"] for kind, data in stream(house, "shipper") if kind == "gaps"}
    assert [gap["kind"] for gap in gaps[bare]] == ["NO_COVER"]
    assert insured["title"] not in gaps
    assert not [kind for kind, _ in stream(house, "carrier") if kind == "gaps"]


def test_terms_of_sale_are_signed_stated_and_judged_by(house: House, cast: LocalChain, insured: dict[str, Any]) -> None:
    terms = json.loads((SAMPLES / "insurance" / f"{COVER}.sale.json").read_bytes())
    terms["insurableValue"]["amount"] = 400_000
    path = f"/v1/titles/{insured['title']}/terms-of-sale"
    read_to = [each["id"] for each in lines(house, "shipper") if "id" in each][-1]
    now = int(cast.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    asked = {"terms": terms, "deadline": now + 3600}
    data = house.post(f"{path}/typed-data", asked, by="shipper").json()["typedData"]
    given = asked | {"signer": cast.shipper.address, "signature": signature(cast.shipper, data)}
    refused = house.http.put(path, json=given | {"signature": "0x" + "11" * 65}, headers=house.bearing("shipper"))
    assert (refused.status_code, refused.json()["rule"]) == (409, "InvalidSignature")
    answer = house.http.put(path, json=given, headers=house.bearing("shipper"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["account"] == checksummed(cast.shipper.address)
    assert house.get(path, by="shipper").json()["terms"] == terms
    assert house.get(path, by="insurer").status_code == 404
    assessment = f"/v1/certificates/{insured['certificateId']}/assessment"
    verdicts = {each["rule"]: each for each in house.get(assessment, by="insurer").json()["verdicts"]}
    assert verdicts["sum_is_enough"]["outcome"] == "DISCREPANT"
    assert verdicts["sum_is_enough"]["breaches"][0]["right"] == "USD 440000 at least"
    gaps = house.get(f"/v1/titles/{insured['title']}/gaps", by="shipper").json()["gaps"]
    assert [gap["kind"] for gap in gaps] == ["UNDER_INSURED"]
    resumed = [data for kind, data in stream(house, "shipper", after=read_to) if kind == "gaps"]
    assert resumed == [{"titleId": insured["title"], "gaps": gaps}], "who resumes is told what the sale has shown"
    waivers = f"/v1/certificates/{insured['certificateId']}/waivers"
    assert house.post(waivers, {"rule": "sum_is_enough"}, by="insurer").status_code == 404
    waived = house.post(waivers, {"rule": "sum_is_enough"}, by="shipper")
    assert waived.status_code == 201, waived.text
    assert [each["rule"] for each in waived.json()["waivers"]] == ["sum_is_enough"]
    reads = house.get(f"/v1/titles/{insured['title']}/reads", by="shipper", limit=200).json()["reads"]
    assert (reads[-1]["what"], reads[-1]["reader"]) == ("insurance document", checksummed(cast.shipper.address))
    assert house.post(waivers, {"rule": "marks_agree"}, by="shipper").json()["rule"] == "BadValue"


def test_of_many_each_has_its_own_result_and_a_dry_run_keeps_nothing(house: House, insured: dict[str, Any]) -> None:
    good = document(house, insured["title"], insured["bill"], documentReference="SMI-26-C-004818")
    bad = document(house, insured["title"], insured["bill"], documentType="COVER_NOTE")
    answer = declare(house, good, bad, insured["title"], dryRun=True)
    assert answer.status_code == 200
    assert [each["state"] for each in answer.json()["results"]] == ["CHECKED", "REFUSED"]
    assert answer.json()["results"][1]["problem"]["breaches"][0]["rule"] == "is_no_cover_note"
    assert answer.json()["results"][0]["act"] is None


def test_who_is_no_insurer_of_it_or_not_signed_in_declares_nothing(house: House, insured: dict[str, Any]) -> None:
    said = document(house, insured["title"], insured["bill"])
    assert declare(house, said, insured["title"], by="shipper").json()["rule"] == "RoleMissing"
    given = {"documents": [{"document": said, "titleId": insured["title"], **LAW}]}
    assert house.post("/v1/insurance-documents", given, by=None).status_code == 401
    assert declare(house, *[said] * 101, insured["title"]).json()["rule"] == "BadValue"


def test_gaps_are_told_to_who_is_entitled_only(house: House, insured: dict[str, Any]) -> None:
    for other in ("insurer", "carrier", "bank"):
        assert house.get(f"/v1/titles/{insured['title']}/gaps", by=other).status_code == 404

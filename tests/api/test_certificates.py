"""Certificates over HTTP: issued, followed through a title's life, cancelled, claimed on, carried over."""

import time
from typing import Any

import pytest

from ebl_service.domain.terms import certificate_id_of
from tests.api.test_cover import stream
from tests.house import House, fresh_digest
from tests.local_chain import LocalChain, Person

A_YEAR = 365 * 86_400


def insurance(cast: LocalChain, title_id: str, mode: str = "FOLLOW", named: Person | None = None) -> dict[str, Any]:
    """A request's particulars of a certificate whose risks attach in a year."""
    later = int(time.time()) + A_YEAR
    return {
        "insurer": cast.insurer.address,
        "titleId": title_id,
        "mode": mode,
        "named": named.address if named else None,
        "cargoAttachesAt": later,
        "warAttachesAt": later,
        "referenceDigest": fresh_digest(),
        "commitment": fresh_digest(),
    }


def issue(house: House, cast: LocalChain, title_id: str, mode: str = "FOLLOW", named: Person | None = None) -> str:
    submission = house.act(cast.insurer, "IssueCertificate", **insurance(cast, title_id, mode, named))
    assert submission["titleIds"] == [title_id]
    return str(submission["certificateId"])


def certificate(house: House, which: str, **query: Any) -> dict[str, Any]:
    answer = house.get(f"/v1/certificates/{which}", **query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def same(account: str, person: Person) -> bool:
    return account.lower() == person.address


def test_the_assured_follows_the_title_block_by_block(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    which = issue(house, cast, title_id)
    before = certificate(house, which)
    assert (before["status"], before["mode"], before["named"]) == ("IN_FORCE", "FOLLOW", None)
    assert before["attachesAt"]["strikes"] is None
    assert same(before["assured"], cast.shipper)
    house.act(cast.shipper, "EndorseToOrder", titleId=title_id, to=cast.bank.address)
    after = certificate(house, which)
    assert same(after["assured"], cast.bank)
    assert same(after["payee"], cast.bank)
    assert after["sequence"] == before["sequence"] == 1
    past = house.get(f"/v1/titles/{title_id}/cover", block=before["readAt"]["blockNumber"]).json()
    assert same(past["entitled"], cast.shipper)
    assert same(past["certificates"][0]["assured"], cast.shipper)
    now = house.get(f"/v1/titles/{title_id}/cover").json()
    assert now["entitled"] == now["assured"] == now["certificates"][0]["assured"]
    assert [each["id"] for each in house.get(f"/v1/titles/{title_id}/certificates").json()["certificates"]] == [which]


def test_a_list_is_narrowed_by_who_is_assured_as_titles_stand(house: House, cast: LocalChain) -> None:
    title_id = house.issue(endorsee=cast.consignee, is_to_order=False)
    follows = issue(house, cast, title_id)
    own = issue(house, cast, title_id, "NONE", cast.other_bank)
    found = house.get("/v1/certificates", title=title_id, assured=cast.shipper.address).json()["certificates"]
    assert [each["id"] for each in found] == [follows]
    found = house.get("/v1/certificates", title=title_id, assured=cast.other_bank.address).json()["certificates"]
    assert [each["id"] for each in found] == [own]
    house.act(cast.shipper, "RequestSurrender", titleId=title_id, purpose="DELIVERY")
    house.act(cast.carrier, "AcceptSurrender", titleId=title_id)
    found = house.get("/v1/certificates", title=title_id, assured=cast.consignee.address).json()["certificates"]
    assert [each["id"] for each in found] == [follows]
    assert same(found[0]["assured"], cast.consignee)
    first = house.get("/v1/certificates", title=title_id, limit=1).json()
    rest = house.get("/v1/certificates", title=title_id, limit=1, after=first["nextCursor"]).json()
    assert sorted(each["id"] for each in first["certificates"] + rest["certificates"]) == sorted([follows, own])
    assert rest["nextCursor"] is None


def test_a_claim_after_surrender_goes_its_way(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    which = issue(house, cast, title_id, "LOSS_PAYEE", cast.bank)
    house.act(cast.shipper, "Transfer", titleId=title_id, to=cast.consignee.address)
    house.act(cast.consignee, "RequestSurrender", titleId=title_id, purpose="DELIVERY")
    house.act(cast.carrier, "AcceptSurrender", titleId=title_id)
    house.act(cast.consignee, "NotifyClaim", certificateId=which, documentsDigest=fresh_digest())
    number = certificate(house, which)["claims"][0]["number"]
    house.act(cast.insurer, "AcknowledgeClaim", certificateId=which, claim=number)
    house.act(cast.insurer, "SurveyClaim", certificateId=which, claim=number, surveyDigest=fresh_digest())
    settled = {"certificateId": which, "claim": number, "settlementDigest": fresh_digest()}
    wrong = house.submit(house.sign(cast.insurer, verb="SettleClaim", payee=cast.consignee.address, **settled))
    assert (wrong.status_code, wrong.json()["rule"]) == (409, "NotPayee")
    house.act(cast.bank, "ReleaseLossPayee", certificateId=which)
    house.act(cast.insurer, "SettleClaim", payee=cast.consignee.address, subrogationDigest=fresh_digest(), **settled)
    told = certificate(house, which)
    assert told["claims"][0]["status"] == "SETTLED"
    assert told["isReleased"]
    acts = house.get(f"/v1/certificates/{which}/history").json()["acts"]
    assert [each["event"]["event"] for each in acts] == [
        *("CertificateIssued", "PartyNamed", "ClaimNotified", "ClaimAcknowledged", "ClaimSurveyed"),
        *("LossPayeeReleased", "ClaimSettled"),
    ]


def test_a_certificate_is_carried_over_to_the_amended_bill(house: House, cast: LocalChain) -> None:
    bill = house.bill()
    title_id = str(house.act(cast.carrier, "Issue", **bill)["titleIds"][0])
    which = issue(house, cast, title_id)
    house.act(cast.shipper, "RequestSurrender", titleId=title_id, purpose="AMENDMENT")
    house.act(cast.carrier, "AcceptSurrender", titleId=title_id)
    amended = {
        "isToOrder": True,
        "version": 1,
        "referenceDigest": bill["referenceDigest"],
        "commitment": fresh_digest(),
    }
    house.act(cast.carrier, "Replace", carrier=cast.carrier.address, oldIds=[title_id], newTitles=[amended])
    assert certificate(house, which)["status"] == "REVIEW"
    successor = house.get(f"/v1/titles/{title_id}").json()["replacedBy"][0]
    house.act(cast.shipper, "EndorseToOrder", titleId=successor, to=cast.bank.address)
    assert same(certificate(house, which)["assured"], cast.shipper)
    assert gaps_told(house, "bank")[successor] == ["NO_COVER", "REVIEW"]
    commitment = fresh_digest()
    house.act(cast.insurer, "CarryOver", certificateId=which, titleId=successor, commitment=commitment)
    told = certificate(house, which)
    assert (told["status"], told["titleId"], told["commitment"]) == ("IN_FORCE", successor, commitment)
    assert same(told["assured"], cast.bank)
    assert successor not in gaps_told(house, "bank")
    assert house.get(f"/v1/titles/{title_id}/certificates").json()["certificates"] == []


def gaps_told(house: House, by: str) -> dict[str, list[str]]:
    """The kinds of gaps that somebody's stream tells of, by title."""
    told = [data for kind, data in stream(house, by) if kind == "gaps"]
    return {data["titleId"]: [gap["kind"] for gap in data["gaps"]] for data in told}


def test_notice_and_consent(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    particulars = insurance(cast, title_id) | {"cargoAttachesAt": int(time.time())}
    which = str(house.act(cast.insurer, "IssueCertificate", **particulars)["certificateId"])
    house.act(cast.insurer, "CancelCertificate", certificateId=which, part="WAR")
    told = certificate(house, which)
    assert told["endsAt"]["war"] % 86_400 == 0
    assert told["endsAt"]["cargo"] is None
    refused = house.submit(house.sign(cast.insurer, verb="CancelCertificate", certificateId=which, part="ALL"))
    assert (refused.status_code, refused.json()["rule"]) == (409, "ConsentMissing")
    house.act(cast.shipper, "ConsentToCancellation", certificateId=which, part="ALL")
    house.act(cast.insurer, "CancelCertificate", certificateId=which, part="ALL")
    told = certificate(house, which)
    assert told["endsAt"]["cargo"] > told["endsAt"]["war"] > time.time()
    assert certificate(house, which, block=told["readAt"]["blockNumber"] - 1)["status"] in {None, "IN_FORCE"}


def test_a_certificate_may_be_signed_before_its_title_has_landed(house: House, cast: LocalChain) -> None:
    first = house.sign(cast.carrier, verb="Issue", **house.bill())
    title_id = first["typedData"]["message"]["titleId"]
    second = house.sign(cast.insurer, verb="IssueCertificate", **insurance(cast, title_id))
    answer = house.submit(first, second)
    assert answer.status_code == 202, answer.text
    ids = [each["id"] for each in answer.json()["submissions"]]
    for each, signer in zip(ids, (cast.carrier, cast.insurer), strict=True):
        path = f"/v1/submissions/{each}"
        house.eventually(lambda at=path, by=signer: house.get(at, by=by).json()["state"] in {"INCLUDED", "FINAL"})


@pytest.mark.parametrize("who", ["insurer", "shipper", "stranger"])
def test_what_a_party_may_do_is_told_for_every_act(house: House, cast: LocalChain, who: str) -> None:
    which = issue(house, cast, house.issue())
    told = house.get(f"/v1/certificates/{which}/allowed-acts", party=cast.people[who].address).json()
    allowed = {(each["verb"], each["part"]) for each in told["acts"] if each["isAllowed"]}
    assert (
        allowed
        == {
            "insurer": {("CancelCertificate", "ALL"), ("CancelCertificate", "WAR")},
            "shipper": {
                ("NotifyClaim", None),
                *(("ConsentToCancellation", part) for part in ("ALL", "WAR", "STRIKES")),
            },
            "stranger": set(),
        }[who]
    )
    refused = {each["verb"]: each["refusal"]["rule"] for each in told["acts"] if not each["isAllowed"]}
    assert refused["ReleaseLossPayee"] == "NotLossPayee"


def test_typed_data_of_a_certificate_is_for_its_own_contract(house: House, cast: LocalChain) -> None:
    asked = insurance(cast, house.issue())
    told = house.prepare(verb="IssueCertificate", **asked)
    assert told["certificateId"] == certificate_id_of(cast.insurer.address, asked["referenceDigest"])
    assert told["typedData"]["domain"]["name"] == "eBL Ledger Insurance"
    assert "assuring whoever is entitled under it" in told["sentence"]
    signed = house.sign(cast.insurer, verb="IssueCertificate", **asked)
    signed["typedData"]["domain"]["verifyingContract"] = cast.title_registry
    assert house.submit(signed).json()["rule"] == "ForeignChain"


@pytest.mark.parametrize("path", ["", "/history", "/allowed-acts"])
def test_a_certificate_that_is_not_there_is_not_found(house: House, cast: LocalChain, path: str) -> None:
    query = {"party": cast.bank.address} if path == "/allowed-acts" else {}
    assert house.get(f"/v1/certificates/{'0x' + '5f' * 32}{path}", **query).status_code == 404


def test_a_block_that_is_not_indexed_is_refused(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    which = issue(house, cast, title_id)
    for path in (f"/v1/certificates/{which}", f"/v1/titles/{title_id}/cover"):
        assert house.get(path, block=10**9).status_code == 400


@pytest.mark.parametrize("who", ["carrier", "insurer", "bank", "shipper", "stranger_in_trade"])
def test_a_certificate_is_read_by_its_insurer_by_whom_it_names_and_by_the_titles_present_parties(
    house: House, cast: LocalChain, who: str
) -> None:
    title_id = house.issue()
    which = issue(house, cast, title_id, "LOSS_PAYEE", cast.bank)
    reader = cast.forwarder if who == "stranger_in_trade" else cast.people[who]
    may = who != "stranger_in_trade"
    for path in (f"/v1/certificates/{which}", f"/v1/certificates/{which}/history"):
        assert house.get(path, by=reader).status_code == (200 if may else 404)
    listed = house.get("/v1/certificates", by=reader, title=title_id).json()["certificates"]
    assert [each["id"] for each in listed] == ([which] if may else [])
    stands_on_title = who in {"carrier", "shipper"}
    for path in ("cover", "certificates"):
        told = house.get(f"/v1/titles/{title_id}/{path}", by=reader)
        assert told.status_code == (200 if stands_on_title else 404)
    assert house.get(f"/v1/certificates/{which}", by=None).status_code == 401


def test_who_has_passed_the_title_on_reads_its_certificate_no_more_and_finds_it_in_no_list(
    house: House, cast: LocalChain
) -> None:
    title_id = house.issue()
    which = issue(house, cast, title_id)
    lists = (
        ("/v1/certificates", {}),
        ("/v1/certificates", {"title": title_id}),
        (f"/v1/titles/{title_id}/certificates", {}),
    )

    def found(by: Person) -> list[bool]:
        return [
            which in {each["id"] for each in pages(house, path, by, **query)["certificates"]} for path, query in lists
        ]

    assert house.get(f"/v1/certificates/{which}", by=cast.shipper).status_code == 200
    assert found(cast.shipper) == [True] * 3
    house.act(cast.shipper, "EndorseToOrder", titleId=title_id, to=cast.bank.address)
    past = house.get(f"/v1/titles/{title_id}", by=cast.shipper).json()
    assert past["sequence"] == 2, "of the title it sees what stood after its own last act"
    assert house.get(f"/v1/certificates/{which}", by=cast.shipper).status_code == 404
    assert house.get(f"/v1/certificates/{which}", by=cast.shipper, block=past["sinceBlock"]).status_code == 404
    assert house.get(f"/v1/titles/{title_id}/cover", by=cast.shipper).status_code == 404
    assert found(cast.shipper) == [False] * 3
    assert house.get(f"/v1/certificates/{which}", by=cast.bank).status_code == 200
    assert found(cast.bank) == [True] * 3


def pages(house: House, path: str, by: Person, **query: Any) -> dict[str, Any]:
    """All pages of a list, as one."""
    told: dict[str, Any] = {"certificates": [], "nextCursor": ""}
    while told["nextCursor"] is not None:
        after = {"after": told["nextCursor"]} if told["nextCursor"] else {}
        page = house.get(path, by=by, limit=200, **query, **after).json()
        told = page | {"certificates": told["certificates"] + page["certificates"]}
    return told

"""A title matches its document, and whom it names is exactly one registered party, or the answer names the field."""

import json
from dataclasses import replace

import pytest

from ebl_service.domain.actions import Issue, NewTitle
from ebl_service.domain.terms import Address, Digest, TitleId, title_id_of
from ebl_service.domain.transport_document.commitment import checksum, commitment, reference_digest, reference_salt
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.domain.transport_document.party_resolution import resolve_party
from ebl_service.domain.transport_document.record import Record
from ebl_service.domain.transport_document.title_terms import Secrets, check_title, title_terms
from ebl_service.errors.documents import Breach, DocumentRefused
from tests.domain.transport_document.documents import (
    BLANK,
    BULK_SAMPLES,
    CONTAINER_SAMPLES,
    GONE,
    SAMPLES,
    STRAIGHT,
    TO_BANK,
    names,
    sample,
)

CAST = json.loads((SAMPLES / "parties.json").read_text())["parties"]


def account(key: str) -> Address:
    number = [member["key"] for member in CAST].index(key) + 1
    return Address(f"0x{number:040x}")


REGISTERED: dict[Address, frozenset[Code]] = {
    account(member["key"]): frozenset(
        (code["codeListProvider"], code["partyCode"]) for code in member["identifyingCodes"]
    )
    for member in CAST
}
ONE, TWO = Address("0x" + "11" * 20), Address("0x" + "22" * 20)
LEI, DID = ("GLEIF", "EBLX00SOMEBODY00000"), ("W3C", "did:web:somebody.example")
SALT, REFERENCE_SALT = b"\1" * 32, reference_salt(b"secret", "ZQHMSHA26100417")


def secrets_of(document: dict, salt: bytes = SALT) -> Secrets:
    return Secrets(Record(checksum(document), "English law", "London").canonical(), salt, REFERENCE_SALT)


def issue_of(document: dict) -> Issue:
    terms, secrets = title_terms(document, REGISTERED), secrets_of(document)
    digest = reference_digest(terms.reference, REFERENCE_SALT)
    return Issue(
        title_id=title_id_of(terms.carrier, digest),
        holder=account("shipper"),
        endorsee=terms.made_out_to,
        is_to_order=terms.is_to_order,
        reference_digest=digest,
        commitment=commitment(secrets.salt, secrets.record),
    )


def test_a_party_is_found_by_any_of_its_codes() -> None:
    registered = {ONE: frozenset({LEI}), TWO: frozenset({DID})}
    assert resolve_party("documentParties.endorsee", [LEI], registered) == ONE
    assert resolve_party("documentParties.endorsee", [DID, ("SCAC", "ZQHM")], registered) == TWO


@pytest.mark.parametrize(
    ("codes", "registered", "words"),
    [
        ([], {ONE: frozenset({LEI})}, "the party has no identifying code"),
        ([DID], {ONE: frozenset({LEI})}, "no registered party has W3C did:web:somebody.example"),
        ([("OTHER", LEI[1])], {ONE: frozenset({LEI})}, "no registered party has OTHER EBLX00SOMEBODY00000"),
        ([LEI, DID], {ONE: frozenset({LEI}), TWO: frozenset({DID})}, "2 registered parties"),
        ([LEI], {ONE: frozenset({LEI}), TWO: frozenset({LEI})}, "2 registered parties"),
    ],
)
def test_a_party_that_is_not_exactly_one_registered_party_is_named_by_its_field(
    codes: list[Code], registered: dict[Address, frozenset[Code]], words: str
) -> None:
    found = resolve_party("documentParties.consignee", codes, registered)
    assert isinstance(found, Breach)
    assert (found.rule, found.path) == ("party_is_registered_once", "documentParties.consignee.identifyingCodes")
    assert found.wrong.startswith(words)


@pytest.mark.parametrize("name", [*CONTAINER_SAMPLES, *BULK_SAMPLES])
def test_the_parties_of_a_sample_are_members_of_the_cast(name: str) -> None:
    document = sample(name)
    terms = title_terms(document, REGISTERED)
    assert terms.carrier in {account("carrier"), account("second-carrier")}
    assert terms.is_to_order is document["isToOrder"]
    assert (terms.made_out_to is None) is not {"endorsee", "consignee"} & document["documentParties"].keys()
    assert check_title(document, terms, terms.carrier, issue_of(document), secrets_of(document)) == ()


def test_every_party_that_is_not_found_is_named_at_once() -> None:
    document = sample(TO_BANK)
    with pytest.raises(DocumentRefused) as refused:
        title_terms(document, {account("shipper"): REGISTERED[account("shipper")]})
    assert {breach.path for breach in refused.value.breaches} == {
        "documentParties.issuingParty.identifyingCodes",
        "documentParties.endorsee.identifyingCodes",
    }


@pytest.mark.parametrize(
    ("name", "change", "path"),
    [
        (STRAIGHT, {"is_to_order": True}, "isToOrder"),
        (STRAIGHT, {"endorsee": account("buyer")}, "documentParties.consignee"),
        (TO_BANK, {"endorsee": None}, "documentParties.endorsee"),
        (BLANK, {"endorsee": account("bank")}, "documentParties.endorsee"),
        (STRAIGHT, {"reference_digest": Digest("0x" + "00" * 32)}, "transportDocumentReference"),
        (STRAIGHT, {"title_id": TitleId("0x" + "00" * 32)}, "transportDocumentReference"),
        (STRAIGHT, {"commitment": Digest("0x" + "00" * 32)}, ""),
    ],
)
def test_a_title_that_differs_from_its_document_is_refused_by_the_field(name: str, change: dict, path: str) -> None:
    document = sample(name)
    terms = title_terms(document, REGISTERED)
    asked = replace(issue_of(document), **change)
    found = check_title(document, terms, terms.carrier, asked, secrets_of(document))
    assert names(found) == {("title_matches_its_document", path)}


def test_all_differences_come_in_one_answer() -> None:
    document = sample(STRAIGHT)
    terms = title_terms(document, REGISTERED)
    asked = replace(issue_of(document), is_to_order=True, endorsee=None)
    found = check_title(document, terms, account("second-carrier"), asked, secrets_of(document, b"\2" * 32))
    assert {breach.path for breach in found} == {
        "documentParties.issuingParty",
        "isToOrder",
        "documentParties.consignee",
        "transportDocumentReference",
        "",
    }


def test_a_record_of_another_document_is_refused() -> None:
    document, other = sample(STRAIGHT), sample(STRAIGHT, {"numberOfRiderPages": 1})
    terms = title_terms(document, REGISTERED)
    asked = issue_of(other)
    (breach,) = check_title(document, terms, terms.carrier, asked, secrets_of(other))
    assert "the record's checksum" in breach.wrong


def test_a_replacement_is_held_to_its_document_as_an_issue_is() -> None:
    document = sample(STRAIGHT)
    terms, first = title_terms(document, REGISTERED), issue_of(document)
    made = NewTitle(first.endorsee, first.is_to_order, 1, first.reference_digest, first.commitment)
    assert check_title(document, terms, terms.carrier, made, secrets_of(document)) == ()
    wrong = replace(made, is_to_order=True)
    assert check_title(document, terms, terms.carrier, wrong, secrets_of(document))


def test_a_number_under_another_salt_is_another_number() -> None:
    document = sample(STRAIGHT, {"transportDocumentReference": "ZQHMSHA26100418"})
    terms = title_terms(document, REGISTERED)
    asked = replace(issue_of(document), reference_digest=issue_of(sample(STRAIGHT)).reference_digest)
    found = check_title(document, terms, terms.carrier, asked, secrets_of(document))
    assert {breach.path for breach in found} == {"transportDocumentReference"}


def test_a_carrier_without_codes_is_named() -> None:
    document = sample(BLANK, {"documentParties.issuingParty.identifyingCodes": GONE})
    with pytest.raises(DocumentRefused, match=r"issuingParty\.identifyingCodes: the party has no identifying code"):
        title_terms(document, REGISTERED)

"""A certificate of insurance in print: what it says, all of it, the same each time."""

import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from ebl_service.domain.terms import Address, CertificateId, TitleId
from ebl_service.domain.transport_document.commitment import checksum
from ebl_service.domain.transport_document.record import Record
from ebl_service.printing.insurance import print_insurance
from ebl_service.printing.particulars import CertificateParticulars
from tests.domain.insurance_document.cover import ASSIGNMENT, CIF, CIP, FOB, read
from tests.printing.prints import pages_of, squeezed

PAYEE = {"partyName": "Pelican Straits Bank Ltd.", "identifyingCodes": [{"codeListProvider": "X", "partyCode": "P1"}]}
MODES = {CIF: "FOLLOW", CIP: "LOSS_PAYEE", FOB: "NONE"}


def document_of(name: str) -> dict[str, Any]:
    """A sample as its insurer completes it."""
    document: dict[str, Any] = read(name)
    if name != FOB:
        document["assignment"] = ASSIGNMENT
    if name == CIP:
        document["lossPayee"] = PAYEE
    return document


def printed(document: dict[str, Any], mode: str) -> bytes:
    particulars = CertificateParticulars(
        CertificateId("0x" + "7c" * 32),
        TitleId("0x" + "5e" * 32),
        31337,
        Address("0x" + "cd" * 20),
        Address("0x" + "ef" * 20),
        mode,
    )
    return print_insurance(document, Record(checksum(document), "English law", "London"), particulars)


def leaves(value: object) -> list[str]:
    """Every text in a document."""
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("name", MODES)
def test_everything_that_it_says_is_printed(name: str) -> None:
    document = document_of(name)
    found = squeezed(" ".join(pages_of(printed(document, MODES[name])))).lower()
    coded = {"CARGO_INSURANCE_1", "CERTIFICATE", "POLICY", "BLANK", "NAMED", "WAREHOUSE_TO_WAREHOUSE", "PORT_TO_PORT"}
    for text in leaves(document):
        if text not in coded and not text.startswith(("ICC_", "WAR_", "STRIKES_")):
            # A cell of a table may break its lines: then other cells' words stand between.
            assert all(squeezed(word).lower() in found for word in text.split()), text
    for words in ("Institute Cargo Clauses", "warehouse to warehouse" if name != FOB else "port to port"):
        assert squeezed(words).lower() in found


def test_it_says_that_it_is_a_copy_who_insures_and_for_how_much() -> None:
    [first, *rest] = pages_of(printed(document_of(CIF), "FOLLOW"))
    assert "CERTIFICATE OF CARGO INSURANCE" in first
    assert "Saltgrebe Marine Insurance plc" in first
    assert squeezed("USD 427 680") in squeezed(first)
    assert squeezed("CIF + 10 %") in squeezed(first)
    assert all("THE ORIGINAL IS ON THE LEDGER; THIS IS A COPY" in page for page in (first, *rest))


def test_the_same_document_gives_the_same_bytes() -> None:
    assert printed(document_of(CIP), "LOSS_PAYEE") == printed(document_of(CIP), "LOSS_PAYEE")


def test_fields_that_nobody_knows_are_printed_under_their_name_in_words() -> None:
    document = document_of(CIF) | {"broker": {"name": "Wherry & Sons", "slip": 7}}
    found = squeezed(" ".join(pages_of(printed(document, "FOLLOW"))))
    assert squeezed("Broker, name: Wherry & Sons") in found
    assert squeezed("Broker, slip: 7") in found


def test_the_code_names_chain_contract_and_certificate() -> None:
    page = pypdfium2.PdfDocument(printed(document_of(CIF), "FOLLOW"))[0]
    [code] = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert code.text == f"EBL-INSURANCE:1:31337:{'CD' * 20}:{'7C' * 32}"


def test_the_samples_folder_holds_these_three() -> None:
    found = sorted((Path(__file__).parents[2] / "samples" / "insurance").glob("*.json"))
    assert {path.stem for path in found if not path.stem.endswith(".sale")} == set(MODES)
    assert all(json.loads(path.read_text()) for path in found)

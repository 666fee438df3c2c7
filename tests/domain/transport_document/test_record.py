"""The record: law and jurisdiction named, one canonical form, and a commitment that the salt alone opens."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.domain.transport_document.commitment import checksum, commitment
from ebl_service.domain.transport_document.record import PaperOriginal, Record, check_record, read_record
from ebl_service.errors import InvalidRequest
from ebl_service.errors.documents import DocumentRefused
from tests.domain.transport_document.documents import STRAIGHT, names, sample

CHECKSUM = checksum(sample(STRAIGHT))
PLAIN = Record(CHECKSUM, "Singapore law", "High Court of Singapore")
FULL = replace(
    PLAIN,
    paper_originals=(PaperOriginal("ZQHM-1/3", "Shanghai"), PaperOriginal("ZQHM-2/3", "Rotterdam")),
    manifest_digest="aa" * 32,
    pdf_digest="bb" * 32,
    carrier_visualisation_digest="cc" * 32,
)


def test_a_record_says_its_particulars_in_canonical_json_and_nothing_of_what_is_not_there() -> None:
    assert (
        PLAIN.canonical()
        == (
            f'{{"documentChecksum":"{CHECKSUM}","governingLaw":"Singapore law",'
            '"jurisdiction":"High Court of Singapore"}'
        ).encode()
    )
    assert list(json.loads(FULL.canonical())) == [
        "carrierVisualisationDigest",
        "changeOfMedium",
        "documentChecksum",
        "governingLaw",
        "jurisdiction",
        "manifestDigest",
        "pdfDigest",
    ]
    assert json.loads(FULL.canonical())["changeOfMedium"]["paperOriginals"][0] == {
        "number": "ZQHM-1/3",
        "surrenderedAt": "Shanghai",
    }


@pytest.mark.parametrize("record", [PLAIN, FULL])
def test_a_record_is_read_back_as_it_was(record: Record) -> None:
    assert read_record(record.canonical()) == record
    assert record.digest() == sha256(record.canonical()).hexdigest()


def test_the_commitment_is_of_salt_and_the_records_digest() -> None:
    salt = b"\7" * 32
    assert commitment(salt, FULL.canonical()) == "0x" + keccak(salt + bytes.fromhex(FULL.digest())).hex()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"governing_law": ""}, ("field_pattern", "governingLaw")),
        ({"governing_law": "-"}, ("record_names_law_and_jurisdiction", "governingLaw")),
        ({"jurisdiction": " "}, ("field_pattern", "jurisdiction")),
        ({"jurisdiction": "—"}, ("record_names_law_and_jurisdiction", "jurisdiction")),
        ({"document_checksum": CHECKSUM.upper()}, ("field_pattern", "documentChecksum")),
        ({"pdf_digest": "bb"}, ("field_length", "pdfDigest")),
        ({"manifest_digest": "0x" + "aa" * 31}, ("field_pattern", "manifestDigest")),
        ({"carrier_visualisation_digest": ""}, ("field_length", "carrierVisualisationDigest")),
        (
            {"paper_originals": (PaperOriginal("1", ""),)},
            ("field_pattern", "changeOfMedium.paperOriginals[0].surrenderedAt"),
        ),
        (
            {"paper_originals": (PaperOriginal("a1", "Oslo"), PaperOriginal("A1", "Bergen"))},
            ("paper_originals_are_named_once", "changeOfMedium.paperOriginals[1].number"),
        ),
        (
            {"paper_originals": (PaperOriginal("1", "Oslo"), PaperOriginal("1", "Bergen"))},
            ("paper_originals_are_named_once", "changeOfMedium.paperOriginals[1].number"),
        ),
    ],
)
def test_a_record_that_is_not_whole_has_no_canonical_form(change: dict, found: tuple[str, str]) -> None:
    with pytest.raises(DocumentRefused) as refused:
        replace(FULL, **change).canonical()
    assert names(refused.value.breaches) == {found}


def test_a_record_without_law_and_jurisdiction_is_refused_for_both() -> None:
    found = names(check_record({"documentChecksum": CHECKSUM, "more": 1, "changeOfMedium": {"paperOriginals": []}}))
    assert found == {
        ("field_required", "governingLaw"),
        ("field_required", "jurisdiction"),
        ("record_has_known_fields", "more"),
        ("field_count", "changeOfMedium.paperOriginals"),
    }


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(json.loads(PLAIN.canonical()), indent=1).encode(),
        PLAIN.canonical() + b"\n",
        PLAIN.canonical().replace(b'"governingLaw"', b'"\\u0067overningLaw"'),
    ],
)
def test_a_record_in_another_form_than_the_canonical_one_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentRefused, match="not the canonical form"):
        read_record(content)


@given(st.data())
def test_a_changed_byte_of_a_record_never_gives_the_same_record(data: st.DataObject) -> None:
    whole = FULL.canonical()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        read = read_record(bytes(changed))
    except InvalidRequest:
        return
    assert read != FULL
    assert commitment(b"\7" * 32, read.canonical()) != commitment(b"\7" * 32, whole)

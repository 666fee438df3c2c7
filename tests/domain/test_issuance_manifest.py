"""What a carrier's manifest covers: everything that a title depends on, to the last value."""

import copy
import hashlib
import json
import os
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebl_service.domain.issuance_manifest import decoded_picture, issuance_manifest, require_signed
from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.errors.trust import ChecksumDiffers

SAMPLES = sorted(Path("samples").glob("*.json"))
DOCUMENTS = {path.stem: json.loads(path.read_bytes()) for path in SAMPLES if path.stem != "parties"}
ISSUE_TO = {
    "partyName": "Straße & Söhne",
    "sendToPlatform": "EBLL",
    "identifyingCodes": [{"codeListProvider": "GLEIF", "partyCode": "529900T8BM49AURSDO55", "codeListName": "LEI"}],
}
DEEP = bool(os.environ.get("EBL_DEEP"))
PICTURE = b"%PDF-1.7 a picture"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a JSON document, objects and arrays too."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for at, inner in items:
        yield from leaves(inner, (*path, at))


def changed(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, list):
        return [*value, value[0] if value else 0]
    return {**value, "unheardOf": 0}


def at(whole: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        whole = whole[step]
    return whole


def put(whole: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with `value` at `path`; what is beside the path is shared."""
    if not path:
        return value
    other = copy.copy(whole)
    other[path[0]] = put(whole[path[0]], path[1:], value)
    return other


@pytest.mark.parametrize("name", DOCUMENTS if DEEP else ["straight-shanghai-singapore"])
@pytest.mark.parametrize("part", ["document", "issueTo"])
def test_a_change_anywhere_in_document_or_recipient_is_found(name: str, part: str) -> None:
    """n of n: each value changed, and each left out."""
    sent = {"document": DOCUMENTS[name], "issueTo": ISSUE_TO}
    signed = issuance_manifest(sent["document"], sent["issueTo"], None).payload
    found = tried = 0
    for path in list(leaves(sent[part])):
        holder = at(sent[part], path[:-1])
        before = holder[path[-1]]
        others = [copy.copy(holder), copy.copy(holder)]
        others[0][path[-1]] = changed(before)
        del others[1][path[-1]]
        for other in others:
            tried += 1
            said = {**sent, part: put(sent[part], path[:-1], other)}
            with pytest.raises(ChecksumDiffers) as told:
                require_signed(issuance_manifest(said["document"], said["issueTo"], None), signed)
            assert told.value.details["at"] == part
            found += 1
    assert found == tried > 10


def test_the_checksums_are_over_the_canonical_form_of_what_was_received() -> None:
    one = parsed(b'{"b": 1.0, "a": "\\u20ac", "unheardOf": [1, 2]}')
    other = parsed('{ "unheardOf":[1,2], "a":"€", "b":1 }'.encode())
    assert issuance_manifest(one, other, None).document == issuance_manifest(other, one, None).document
    said = '{"a":"€","b":1,"unheardOf":[1,2]}'.encode()
    assert issuance_manifest(one, {}, None).document == hashlib.sha256(said).hexdigest()


def test_the_order_of_an_array_is_signed() -> None:
    signed = issuance_manifest({"a": [1, 2]}, {}, None).payload
    with pytest.raises(ChecksumDiffers):
        require_signed(issuance_manifest({"a": [2, 1]}, {}, None), signed)


@settings(max_examples=200)
@given(st.binary(max_size=40), st.binary(max_size=40))
def test_another_picture_is_found(one: bytes, other: bytes) -> None:
    signed = issuance_manifest({}, {}, one).payload
    require_signed(issuance_manifest({}, {}, one), signed)
    if one != other:
        with pytest.raises(ChecksumDiffers, match="not what was signed"):
            require_signed(issuance_manifest({}, {}, other), signed)


def test_a_picture_is_signed_and_a_signed_picture_is_there() -> None:
    with_one, without = issuance_manifest({}, {}, PICTURE), issuance_manifest({}, {}, None)
    with pytest.raises(ChecksumDiffers, match="was not signed"):
        require_signed(with_one, without.payload)
    with pytest.raises(ChecksumDiffers, match="signed and not sent"):
        require_signed(without, with_one.payload)


@pytest.mark.parametrize("claimed", [7, True, [], {}, "", "AB" * 32, "ab" * 31, "ab" * 33, "zz" * 32])
@pytest.mark.parametrize("name", ["documentChecksum", "issueToChecksum", "eBLVisualisationByCarrierChecksum"])
def test_a_claim_that_is_no_checksum_is_refused(name: str, claimed: Any) -> None:
    sent = issuance_manifest({}, {}, PICTURE)
    with pytest.raises(ChecksumDiffers, match="64 hexadecimal digits"):
        require_signed(sent, sent.payload | {name: claimed})


@pytest.mark.parametrize("name", ["documentChecksum", "issueToChecksum"])
def test_a_checksum_that_is_left_out_is_missed(name: str) -> None:
    sent = issuance_manifest({}, {}, None)
    claims = {key: value for key, value in sent.payload.items() if key != name}
    with pytest.raises(ChecksumDiffers, match="was not signed"):
        require_signed(sent, claims)


def test_a_picture_has_one_base64() -> None:
    content = b64encode(PICTURE).decode()
    assert decoded_picture(content) == PICTURE
    for wrong in (content + "\n", content.rstrip("="), content[:-2] + "x=", "data:" + content, "€", content + "===="):
        if wrong != content:
            with pytest.raises(ChecksumDiffers):
                decoded_picture(wrong)


@pytest.mark.parametrize(
    ("part", "name", "form"),
    [
        ("document", "documentChecksum", "canonical JSON form (RFC 8785)"),
        ("issueTo", "issueToChecksum", "canonical JSON form (RFC 8785)"),
        ("eBLVisualisationByCarrier", "eBLVisualisationByCarrierChecksum", "decoded from base64"),
    ],
)
@pytest.mark.parametrize("claimed", ["0" * 64, "AB" * 32, ["x"]])
def test_a_difference_names_the_form_the_value_that_came_and_the_one_expected(
    part: str, name: str, form: str, claimed: Any
) -> None:
    sent = issuance_manifest(DOCUMENTS["straight-shanghai-singapore"], ISSUE_TO, PICTURE)
    with pytest.raises(ChecksumDiffers) as differs:
        require_signed(sent, sent.payload | {name: claimed})
    told = differs.value
    assert told.details["at"] == part
    assert told.details["expected"] == sent.payload[name]
    got = claimed if isinstance(claimed, str) else ascii(claimed)
    assert all(words in told.message for words in ("SHA-256", form, got, sent.payload[name], name))

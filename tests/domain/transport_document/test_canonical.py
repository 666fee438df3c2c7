"""A document as received: every fault of its bytes by its class, and a checksum that only its content decides."""

import contextlib
import json
import random
import time
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.domain.transport_document.canonical import MOST_BYTES, MOST_DEPTH, parsed, received
from ebl_service.errors import InvalidRequest
from ebl_service.errors.documents import (
    DocumentTooDeep,
    DocumentTooLarge,
    LoneSurrogate,
    NotADocument,
    NumberNotKept,
    RepeatedKey,
)
from tests.domain.transport_document.documents import CONTAINER_SAMPLES, content

NUMBERS = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(TEXT, VALUES, max_size=6)


@pytest.mark.parametrize("name", CONTAINER_SAMPLES)
def test_a_sample_is_kept_byte_for_byte_and_hashed_in_canonical_form(name: str) -> None:
    got = received(content(name))
    assert got.content == content(name)
    assert got.document == json.loads(content(name))
    assert got.checksum == sha256(rfc8785.dumps(json.loads(content(name)))).hexdigest()


@given(DOCUMENTS)
def test_the_canonical_form_of_a_canonical_form_is_itself(document: dict) -> None:
    once = received(json.dumps(document).encode())
    again = received(once.canonical)
    assert again.canonical == once.canonical
    assert again.checksum == once.checksum


@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_the_order_of_keys_and_the_space_between_do_not_change_the_checksum(
    document: dict, chance: random.Random
) -> None:
    def shuffled(value: object) -> object:
        if isinstance(value, dict):
            keys = list(value)
            chance.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        return [shuffled(inner) for inner in value] if isinstance(value, list) else value

    written = json.dumps(shuffled(document), indent=chance.choice([None, 1, 4]), ensure_ascii=chance.random() < 0.5)
    assert received(written.encode()).checksum == received(json.dumps(document).encode()).checksum


@given(DOCUMENTS, DOCUMENTS)
def test_documents_that_say_different_things_have_different_checksums(one: dict, other: dict) -> None:
    same = rfc8785.dumps(one) == rfc8785.dumps(other)
    assert (received(json.dumps(one).encode()).checksum == received(json.dumps(other).encode()).checksum) is same


def test_the_order_of_an_array_is_part_of_the_document() -> None:
    assert received(b'{"a":[1,2]}').checksum != received(b'{"a":[2,1]}').checksum


def test_keys_are_sorted_by_utf_16_as_rfc_8785_has_it() -> None:
    got = received('{"\u20ac":1,"\\r":2,"\ufb33":3,"1":4,"\U0001f600":5,"\u0080":6,"\u00f6":7}'.encode())
    assert list(json.loads(got.canonical).values()) == [2, 4, 6, 7, 1, 5, 3]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("1.10", "1.1"),
        ("-0.0", "0"),
        ("-0", "0"),
        ("1e2", "100"),
        ("14880.000", "14880"),
        ("9007199254740991", "9007199254740991"),
        ("9007199254740992", "9007199254740992"),
        ("1E21", "1e+21"),
        ("0.0000001", "1e-7"),
        ("0.10000000000000001", "0.1"),
        ("5e-324", "5e-324"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ],
)
def test_a_number_that_a_double_holds_is_kept(written: str, canonical: str) -> None:
    got = received(f'{{"a":{written}}}'.encode())
    assert got.canonical == f'{{"a":{canonical}}}'.encode()
    assert received(got.canonical).checksum == got.checksum


@pytest.mark.parametrize(
    "written",
    [
        "1e309",
        "-1e400",
        "1" * 400,
        "1e-400",
        "9007199254740993",
        "-9007199254740993",
        "9007199254740993.0",
        "1152921504606846976",
        "12345678901234567890",
        "0.1000000000000000055511151231257827",
        "1e" + "9" * 30,
        "1e-" + "9" * 30,
        "NaN",
        "Infinity",
        "-Infinity",
        "9" * 5000,
    ],
)
def test_a_number_beyond_a_double_is_refused(written: str) -> None:
    with pytest.raises(NumberNotKept) as refused:
        received(f'{{"a":[{written}]}}'.encode())
    assert len(refused.value.message) < 120


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (b'{"a":1,"a":1}', RepeatedKey),
        (b'{"a":[{"b":1,"c":2,"b":3}]}', RepeatedKey),
        (b'{"a":1,"\\u0061":2}', RepeatedKey),
        (b'{"a":"\\ud800"}', LoneSurrogate),
        (b'{"a":["x\\udfff"]}', LoneSurrogate),
        (b'{"\\ud83d":1}', LoneSurrogate),
        (b'{"a":"\\ude00\\ud83d"}', LoneSurrogate),
        (b'{"a":"\xed\xa0\x80"}', NotADocument),
        (b'{"a":"\xff"}', NotADocument),
        (b'{"a":"\xc0\x80"}', NotADocument),
        (b"\xef\xbb\xbf{}", NotADocument),
        ('{"a":1}'.encode("utf-16"), NotADocument),
        (b"", NotADocument),
        (b"[]", NotADocument),
        (b'"text"', NotADocument),
        (b"{} {}", NotADocument),
        (b'{"a":1,}', NotADocument),
        (b"{'a':1}", NotADocument),
        (b'{"a":01}', NotADocument),
        (b'{"a":+1}', NotADocument),
        (b'{"a":.5}', NotADocument),
        (b'{"a":"\n"}', NotADocument),
        (b'{"a":nul}', NotADocument),
        (b'{"a":' + b"[" * MOST_DEPTH + b"]" * MOST_DEPTH + b"}", DocumentTooDeep),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, DocumentTooDeep),
        (b"[" * 100_000, DocumentTooDeep),
        (b'{"a":"' + b"x" * MOST_BYTES + b'"}', DocumentTooLarge),
    ],
    ids=range(27),
)
def test_bytes_that_readers_could_read_differently_are_refused_by_their_fault(
    written: bytes, fault: type[InvalidRequest]
) -> None:
    with pytest.raises(fault):
        received(written)


def test_a_document_as_deep_as_allowed_is_read() -> None:
    inner = MOST_DEPTH - 1
    assert parsed(b'{"a":' + b"[" * inner + b"]" * inner + b"}")


@pytest.mark.parametrize("repeated", [b'"', b'\\"', b"[", b"[]", b'{"a":[', b"[}", b'["', b"\\", b"9", b"]["])
def test_hostile_bytes_cost_no_more_than_others(repeated: bytes) -> None:
    started = time.perf_counter()
    with pytest.raises(InvalidRequest):
        received(b'{"a":' + repeated * (1_000_000 // len(repeated)))
    assert time.perf_counter() - started < 2


def test_both_halves_of_a_surrogate_pair_are_a_character() -> None:
    assert received(b'{"a":"\\ud83d\\ude00"}').canonical == '{"a":"\U0001f600"}'.encode()


def test_the_field_of_a_lone_surrogate_is_named() -> None:
    with pytest.raises(LoneSurrogate) as refused:
        received(b'{"documentParties":{"notifyParties":[{"partyName":"\\ud800"}]}}')
    assert refused.value.details == {"path": "documentParties.notifyParties[0].partyName"}


@given(st.binary(max_size=200))
def test_no_bytes_are_met_with_anything_but_a_document_or_a_named_refusal(written: bytes) -> None:
    with contextlib.suppress(InvalidRequest):
        received(written)


@given(st.data())
def test_a_flipped_byte_of_a_sample_is_refused_or_changes_the_checksum_unless_it_was_space(data: st.DataObject) -> None:
    whole = content(CONTAINER_SAMPLES[0])
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[at] ^= data.draw(st.integers(1, 255))
    try:
        got = received(bytes(flipped))
    except InvalidRequest:
        return
    if got.checksum == received(whole).checksum:
        # Only space outside of texts may differ, or a number be written otherwise: what is said is the same.
        assert json.loads(bytes(flipped)) == json.loads(whole)

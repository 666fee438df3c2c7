"""The parser of all JSON from outside: bounds before anything is built, the first fault alone, short words for it."""

import json
import tracemalloc

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.api.strict_request import parse
from ebl_service.domain.strict_json import MOST_KEY, MOST_KEYS
from ebl_service.domain.transport_document.canonical import MOST_VALUES, parsed, received
from ebl_service.domain.transport_document.commitment import canonical_form
from ebl_service.errors import InvalidRequest
from ebl_service.errors.documents import LoneSurrogate, NumberNotKept, RepeatedKey
from ebl_service.errors.requests import MalformedJson, TooManyValues

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)
WIDE = [b"1,", b"[],", b"{},", b'"",', b'{"a":1},', b"[[],[]],", b'"\\"[{,",', b"1e5,"]


@given(st.dictionaries(TEXT, VALUES, max_size=6))
def test_the_canonical_form_is_the_one_that_the_library_of_rfc_8785_writes(document: dict) -> None:
    assert canonical_form(document) == rfc8785.dumps(document)


@pytest.mark.parametrize("element", WIDE)
def test_more_values_than_any_document_has_are_refused_before_one_is_built(element: bytes) -> None:
    content = b'{"a":[' + element * (4_000_000 // len(element)) + b"0]}"
    tracemalloc.start()
    try:
        with pytest.raises(TooManyValues) as refused:
            received(content)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.details == {"most_values": MOST_VALUES}
    assert most < 4 * len(content)  # copies with fewer and fewer texts; the values themselves would be twenty times


def test_as_many_values_as_may_be_are_read_and_commas_in_texts_are_none() -> None:
    assert len(parsed(b'{"a":[' + b"1," * (MOST_VALUES - 3) + b"1]}")["a"]) == MOST_VALUES - 2
    with pytest.raises(TooManyValues):
        parsed(b'{"a":[' + b"1," * MOST_VALUES + b"1]}")
    assert parsed(b'{"a":"' + b",[{" * MOST_VALUES + b'"}')


def test_of_very_many_keys_the_one_that_stands_twice_is_named_else_that_they_are_too_many() -> None:
    keys = [f'"{number:x}":1' for number in range(40_000)]
    with pytest.raises(TooManyValues) as wide:
        parsed(f"{{{','.join(keys)}}}".encode())
    assert wide.value.details == {"most_keys": MOST_KEYS}
    with pytest.raises(RepeatedKey) as twice:
        parsed(f'{{{",".join(keys)},"9c3f":"\\ud800"}}'.encode())
    assert twice.value.details == {"key": "9c3f"}


def test_half_a_surrogate_is_found_without_a_path_to_every_other_text() -> None:
    key = "k" * MOST_KEY
    texts = ",".join(f'{{"{key}":"x"}}' for _ in range(10_000))
    content = f'{{"{key}":[{texts},{{"{key}":"\\ud800"}}]}}'.encode()
    tracemalloc.start()
    try:
        with pytest.raises(LoneSurrogate) as refused:
            parsed(content)
        assert tracemalloc.get_traced_memory()[1] < 5 * len(content)
    finally:
        tracemalloc.stop()
    assert "[10000]" in str(refused.value.details["path"])
    assert len(str(refused.value.details["path"])) < 3 * MOST_KEY


@pytest.mark.parametrize(
    "content",
    [
        '{"' + "k" * 1_000_000 + '":1,"' + "k" * 1_000_000 + '":1}',
        '{"' + "k" * 1_000_000 + '":"\\ud800"}',
        '{"a":' + "9" * 1_000_000 + "}",
        '{"a":1e' + "9" * 1_000_000 + "}",
        '{"a":0.' + "0" * 1_000_000 + "}",
        '{"a":1e400000}',
        '{"a":' + "[" * 1_000_000,
        '{"a":"' + "\\" * 1_000_001,
    ],
    ids=["twice", "surrogate", "integer", "exponent", "zeros", "1e400000", "deep", "backslashes"],
)
def test_the_words_of_a_fault_are_short_whatever_was_sent(content: str) -> None:
    for read in (parsed, parse):
        with pytest.raises(InvalidRequest) as refused:
            read(content.encode())
        assert len(refused.value.message) < 2 * MOST_KEY
        assert len(json.dumps(refused.value.details)) < 2 * MOST_KEY


@pytest.mark.parametrize("number", ["1e400000", "1" * 400, "9007199254740993", "-1e999"])
def test_a_number_that_no_double_holds_is_refused_in_a_body_as_in_a_document(number: str) -> None:
    with pytest.raises(NumberNotKept):
        parsed(f'{{"a":{number}}}'.encode())
    with pytest.raises(MalformedJson):
        parse(f'{{"a":{number}}}'.encode())

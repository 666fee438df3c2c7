"""Where values stand in JSON text: each slice reads as the value, and holds every byte of it as it was written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.domain.json_slices import elements, members, whole

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
SPACE = st.text(" \t\n\r", max_size=3)


@given(st.dictionaries(st.text(), VALUES, max_size=5), st.sampled_from([None, 0, 2]), st.booleans(), SPACE)
def test_each_member_reads_as_its_value(content: dict, indent: int | None, ascii_only: bool, space: str) -> None:
    text = space + json.dumps(content, indent=indent, ensure_ascii=ascii_only) + space
    found = members(text, whole(text))
    assert list(found) == list(content)
    for key, (begin, end) in found.items():
        assert json.dumps(json.loads(text[begin:end])) == json.dumps(content[key])
        assert text[begin:end] == text[begin:end].strip()


@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 0, 2]), SPACE)
def test_each_element_reads_as_its_value(content: list, indent: int | None, space: str) -> None:
    text = space + json.dumps(content, indent=indent) + space
    found = [text[begin:end] for begin, end in elements(text, whole(text))]
    assert [json.dumps(json.loads(each)) for each in found] == [json.dumps(each) for each in content]


def test_a_slice_is_as_it_was_written() -> None:
    text = '{"a" :\n  {"x":1.50, "y" : "\\u00e9 é"  } , "b":[ 1e2 ,[]]}'
    found = members(text, whole(text))
    assert text[slice(*found["a"])] == '{"x":1.50, "y" : "\\u00e9 é"  }'
    assert [text[slice(*each)] for each in elements(text, found["b"])] == ["1e2", "[]"]


def test_a_number_of_many_digits_is_no_trouble() -> None:
    text = '{"n": ' + "9" * 10_000 + "}"
    assert members(text, whole(text))["n"] == (6, 10_006)


@pytest.mark.parametrize(("reader", "text"), [(members, "[1]"), (members, '"{"'), (elements, "{}"), (elements, "7")])
def test_what_is_of_another_kind_is_told(reader, text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        list(reader(text, whole(text)))

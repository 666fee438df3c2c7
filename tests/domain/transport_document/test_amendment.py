"""Changed fields side by side: all of them, and nothing else."""

import json
from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.domain.transport_document.amendment import ABSENT, Change, changes
from tests.domain.transport_document.documents import GONE, STRAIGHT, sample

KEYS = st.text("abcd", min_size=1, max_size=2)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([0.0, 1.0, 1.5]), st.text("xy", max_size=2)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=10,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


def applied(old: dict, made: tuple[Change, ...]) -> dict:
    """The old document with the changes made: from the last to the first, so that arrays shrink from their end."""
    document = json.loads(json.dumps(old))
    for change in [*(each for each in made if each.new is not ABSENT), *reversed([e for e in made if e.new is ABSENT])]:
        *way, last = [
            int(at) if at.isdigit() else at for at in change.path.replace("[", ".").replace("]", "").split(".")
        ]
        inner: Any = document
        for step in way:
            inner = inner[step]
        if change.new is ABSENT:
            del inner[last]
        elif isinstance(inner, list) and last == len(inner):
            inner.append(change.new)
        else:
            inner[last] = change.new
    return document


def test_an_amended_bill_shows_each_changed_field_with_what_it_was_and_what_it_is() -> None:
    new = sample(
        STRAIGHT,
        {
            "transports.portOfDischarge.UNLocationCode": "MYPKG",
            "serviceContractReference": GONE,
            "declaredValue": 5,
            "carrierClauses[3]": "On deck.",
            "consignmentItems[0].shippingMarks[0]": "BATU",
        },
    )
    assert set(changes(sample(STRAIGHT), new)) == {
        Change("transports.portOfDischarge.UNLocationCode", "SGSIN", "MYPKG"),
        Change("serviceContractReference", "HML-SC-26-0208", ABSENT),
        Change("declaredValue", ABSENT, 5),
        Change("carrierClauses[3]", ABSENT, "On deck."),
        Change("consignmentItems[0].shippingMarks[0]", "KALLANG TERN", "BATU"),
    }


def test_the_order_of_an_array_is_a_change_and_the_order_of_keys_is_none() -> None:
    assert changes({"a": [1, 2]}, {"a": [2, 1]}) == (Change("a[0]", 1, 2), Change("a[1]", 2, 1))
    assert changes({"a": 1, "b": 2}, {"b": 2, "a": 1}) == ()


def test_a_number_is_compared_by_its_value_and_a_truth_value_is_no_number() -> None:
    assert changes({"a": 1}, {"a": 1.0}) == ()
    assert changes({"a": 1}, {"a": True}) == (Change("a", 1, True),)
    assert changes({"a": None}, {}) == (Change("a", None, ABSENT),)
    assert changes({"a": {}}, {"a": []}) == (Change("a", {}, []),)


@given(DOCUMENTS, DOCUMENTS)
def test_the_changes_turn_the_old_version_into_the_new_one(old: dict, new: dict) -> None:
    assert rfc8785.dumps(applied(old, changes(old, new))) == rfc8785.dumps(new)


@given(DOCUMENTS, DOCUMENTS)
def test_there_is_no_change_exactly_where_the_canonical_forms_are_equal(old: dict, new: dict) -> None:
    assert changes(old, old) == ()
    assert (changes(old, new) == ()) is (rfc8785.dumps(old) == rfc8785.dumps(new))

"""The published example transport documents: refused with exactly their breaches, and accepted once completed.

And our judgement of shapes against another program's: a changed document breaks our tables exactly where a JSON Schema
validator with the published definition refuses it. Both run where the definitions stand beside the project.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from ebl_service.domain.transport_document.check import check
from ebl_service.domain.transport_document.schema.conformance import shape_breaches
from ebl_service.domain.transport_document.schema.container_bill import CONTAINER_BILL
from tests.dcsa_definitions import FOLDER as DEFINITIONS
from tests.dcsa_definitions import are_here
from tests.domain.transport_document.documents import CONTAINER_SAMPLES, GONE, names, put, sample

pytestmark = pytest.mark.skipif(not are_here(), reason="the published definitions are not here")

LACKING = {
    ("issued_bill_has_issue_date", "issueDate"),
    ("bill_to_order_names_a_notify_party", "documentParties.notifyParties"),
}
"""What each of the eleven lacks, and nothing else; their shippers' displayed addresses are addresses enough."""

COMPLETION = {
    "issueDate": "2023-12-21",
    "documentParties.notifyParties": [
        {"partyName": "DCSA CTK", "address": {"street": "Strawinskylaan", "city": "Amsterdam", "countryCode": "NL"}}
    ],
}


def _documents(value: Any) -> Iterator[dict]:
    if isinstance(value, dict):
        if "termsAndConditions" in value:
            yield value
        for inner in value.values():
            yield from _documents(inner)


def examples() -> list[tuple[str, dict]]:
    return [
        (path.stem, document)
        for path in sorted((DEFINITIONS / "examples").glob("*.json"))
        for document in _documents(json.loads(path.read_text()))
    ]


def test_there_are_eleven_examples() -> None:
    assert len(examples()) == 11


@pytest.mark.parametrize(("name", "document"), examples(), ids=lambda value: value if isinstance(value, str) else "")
def test_an_example_is_refused_with_exactly_its_breaches_and_accepted_once_completed(name: str, document: dict) -> None:
    assert names(check(document)) == LACKING, name
    for path, value in COMPLETION.items():
        put(document, path, value)
    assert check(document) == ()


@cache
def validator() -> jsonschema.Draft4Validator:
    definition = json.loads((DEFINITIONS / "ebl-iss-3.0.4.openapi.json").read_text())
    schema = {"$ref": "#/components/schemas/TransportDocument", "components": definition["components"]}
    # Draft 4, as OpenAPI 3.0 has it: exclusiveMinimum is a truth value there.
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker(["date"]))


CHOICES = ("partyContactDetails", "placeOfIssue", "invoicePayableAt", "dangerousGoods")
"""Where fields stand under oneOf or anyOf, a validator lets a wrong one pass beside a right one; we do not."""


def _paths(value: Any, path: str = "") -> list[str]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += [] if key in CHOICES else _paths(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            found += _paths(inner, f"{path}[{at}]")
    return found


# No text that ends with a line feed: the validator matches with Python's $, which lets one pass; ECMAScript's does not.
CHANGES = st.one_of(
    st.just(GONE),
    st.none(),
    st.booleans(),
    st.integers(-2, 2**31 - 1),
    st.floats(-10, 10**6, allow_nan=False),
    st.sampled_from(["", " ", "x", "CY", "BOL", "USD", "CNSHA", "2026-10-06", "2026-13-06", "0", "x" * 60, "x" * 300]),
    st.sampled_from([[], {}, [{}], ["x"], ["x" * 40], ["x"] * 200]),
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_changed_document_breaks_our_tables_exactly_where_a_validator_refuses_it(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(CONTAINER_SAMPLES))
    document = sample(name)
    path = data.draw(st.sampled_from(_paths(document)))
    put(document, path, data.draw(CHANGES))
    ours = bool(list(shape_breaches(CONTAINER_BILL, document)))
    # In canonical form 1.0 is 1, a whole number; draft 4 minds how it was written.
    theirs = [error.json_path for error in validator().iter_errors(json.loads(rfc8785.dumps(document)))]
    assert ours is bool(theirs), (path, theirs)

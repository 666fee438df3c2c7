"""What is refused at once is what the definition of an issuance request refuses, and nothing else."""

import copy
import json
from functools import cache
from typing import Any

import jsonschema
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ebl_service.api.dcsa.requests import IssuanceRequest, SurrenderAnswer
from ebl_service.domain.transport_document.check import undefined
from tests.conformance.test_dcsa_examples import CHANGES
from tests.dcsa_definitions import FOLDER, are_here
from tests.domain.transport_document.documents import CONTAINER_SAMPLES, GONE, put, sample

pytestmark = pytest.mark.skipif(not are_here(), reason="the published definitions are not here")
ISSUE_TO = {
    "partyName": "Shanghai Luting Industrial",
    "sendToPlatform": "EBLL",
    "identifyingCodes": [{"codeListProvider": "GLEIF", "partyCode": "X", "codeListName": "LEI"}],
    "taxLegalReferences": [{"type": "USCC", "countryCode": "CN", "value": "91310000MA1FL0000X"}],
}
ANSWER = {
    "surrenderRequestReference": "Z12345",
    "action": "SREJ",
    "comments": "Freight is not paid",
    "feedbackElements": [{"severity": "ERROR", "message": "Freight", "propertyPath": "$.comments"}],
}
OUR_OWN = ("taxLegalReferences", "identifyingCodes", "TransportDocumentReferences", "feedbackElements", "content")
"""Where we bound lists that the definition does not, or read base64 more strictly."""


@cache
def validator(definition: str, schema: str) -> jsonschema.Draft4Validator:
    whole = json.loads((FOLDER / f"{definition}.openapi.json").read_text())
    wanted = {"$ref": f"#/components/schemas/{schema}", "components": whole["components"]}
    # Draft 4, as OpenAPI 3.0 has it: exclusiveMinimum is a truth value there.
    return jsonschema.Draft4Validator(wanted, format_checker=jsonschema.FormatChecker(["date"]))


def request_of(name: str) -> dict[str, Any]:
    relation = {"transportDocumentReference": "ZQHM1"}
    return {
        "document": sample(name),
        "issueTo": copy.deepcopy(ISSUE_TO),
        "eBLVisualisationByCarrier": {"name": "bill.pdf", "content": "JVBERi0=", "contentType": "application/pdf"},
        "issuanceManifestSignedContent": "e30.e30.AA",
        "transportDocumentReplacements": {"oldTransportDocumentReferences": [relation]},
    }


def paths(value: Any, path: str = "") -> list[str]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            found += paths(inner, f"{path}[{at}]")
    return found


def is_refused(model: Any, content: dict[str, Any]) -> bool:
    try:
        model.model_validate(content)
    except ValidationError:
        return True
    return model is IssuanceRequest and any(undefined(content["document"]))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_an_issuance_request_is_refused_at_once_exactly_where_a_validator_refuses_it(data: st.DataObject) -> None:
    """Choices (oneOf, anyOf) are judged as the definition judges them."""
    content = request_of(data.draw(st.sampled_from(CONTAINER_SAMPLES)))
    path = data.draw(st.sampled_from(paths(content)))
    change = data.draw(CHANGES)
    put(content, path, change)
    theirs = [
        error.json_path for error in validator("ebl-iss-3.0.4", "IssuanceRequest").iter_errors(canonical(content))
    ]
    ours = is_refused(IssuanceRequest, content)
    assert ours is bool(theirs) or (ours and any(name in path for name in OUR_OWN)), (path, change, theirs)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_an_answer_to_a_surrender_is_refused_exactly_where_a_validator_refuses_it(data: st.DataObject) -> None:
    content = copy.deepcopy(ANSWER)
    path = data.draw(st.sampled_from(paths(content)))
    change = data.draw(CHANGES)
    put(content, path, change)
    theirs = list(validator("ebl-sur-3.0.4", "SurrenderRequestAnswer").iter_errors(content))
    ours = is_refused(SurrenderAnswer, content)
    assert ours is bool(theirs) or (ours and any(name in path for name in OUR_OWN)), (path, change)


@pytest.mark.parametrize(
    ("path", "change", "field"),
    [
        ("documentParties.issuingParty", GONE, "documentParties.issuingParty"),
        ("documentParties.shipper", GONE, "documentParties.shipper"),
        ("transports", GONE, "transports"),
        ("isToOrder", "true", "isToOrder"),
        ("receiptTypeAtOrigin", "YARD", "receiptTypeAtOrigin"),
    ],
)
def test_what_the_definition_refuses_names_its_field(path: str, change: Any, field: str) -> None:
    document = sample(CONTAINER_SAMPLES[0])
    put(document, path, change)
    assert field in [breach.path for breach in undefined(document)]


def canonical(content: Any) -> Any:
    """In canonical form 1.0 is 1, a whole number; draft 4 minds how it was written."""
    return json.loads(rfc8785.dumps(content))

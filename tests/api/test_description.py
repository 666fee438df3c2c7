"""The description is enough to write a client: an example of every request, callbacks as webhooks, the manifest."""

import json
from typing import Any

import jsonschema
import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from ebl_service.api.app import NOUNS, create
from ebl_service.api.dcsa.webhooks import IssuanceResponse, SurrenderRequestDetails
from ebl_service.api.example_documents import TERMS_OF_SALE, TRANSPORT_DOCUMENT
from ebl_service.api.examples import EXAMPLES
from ebl_service.domain.carrier_messages import BillName, Names, Reason, Verdict, Why, issuance_response
from ebl_service.domain.carrier_messages import surrender_request as surrender_message
from ebl_service.domain.insurance_document.terms_of_sale import TERMS_OF_SALE as TERMS
from ebl_service.domain.issuance_manifest import issuance_manifest
from ebl_service.domain.terms import Purpose
from ebl_service.domain.transport_document.check import check
from ebl_service.domain.transport_document.schema.conformance import shape_breaches
from tests.dcsa_definitions import ISSUANCE, require_valid

DESCRIPTION: dict[str, Any] = create().openapi()
ROUTES = [route for noun in NOUNS for route in noun.router.routes if isinstance(route, APIRoute) and route.body_field]
BILL = BillName("ZQHM1", "v1")


def test_every_request_has_an_example() -> None:
    asked = {
        (method, path)
        for path, operations in DESCRIPTION["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }
    assert asked == EXAMPLES.keys()
    for method, path in asked:
        content = DESCRIPTION["paths"][path][method]["requestBody"]["content"]["application/json"]
        assert content["example"] == EXAMPLES[method, path]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_an_example_is_taken_as_the_service_takes_a_request(route: APIRoute) -> None:
    assert route.body_field is not None
    (method,) = route.methods
    info = route.body_field.field_info
    TypeAdapter(Any if info.annotation is None else info.annotation).validate_python(
        EXAMPLES[method.lower(), route.path]
    )


def test_the_documents_of_the_examples_keep_every_rule() -> None:
    assert check(TRANSPORT_DOCUMENT) == ()
    assert list(shape_breaches(TERMS, TERMS_OF_SALE)) == []
    require_valid(ISSUANCE, "IssuanceRequest", EXAMPLES["put", "/v3/ebl-issuance-requests"])


def test_callbacks_are_described_as_they_are_sent() -> None:
    assert DESCRIPTION["openapi"].startswith("3.1")
    hooks = DESCRIPTION["webhooks"]
    assert set(hooks) == {"ebl-issuance-responses", "ebl-surrender-requests"}
    refused = issuance_response(BILL, Verdict.CONTENT_IS_WRONG, [Reason("a_rule", "it is wrong")])
    for sent in (refused, issuance_response(BILL, Verdict.ISSUED)):
        IssuanceResponse.model_validate_json(sent)
        validate("IssuanceResponse", sent)
    names = Names("EBLL", {})
    request = surrender_message("0" * 32, BILL, Purpose.PAPER, Why("SWTP", "to paper, please"), (), names)
    SurrenderRequestDetails.model_validate_json(request)
    validate("SurrenderRequestDetails", request)


def test_the_manifests_payload_is_described() -> None:
    schema = DESCRIPTION["components"]["schemas"]["IssuanceRequest"]["properties"]["issuanceManifestSignedContent"]
    assert schema["contentSchema"] == {"$ref": "#/components/schemas/IssuanceManifest"}
    validate("IssuanceManifest", json.dumps(issuance_manifest({}, {}, b"picture").payload).encode())


def validate(name: str, content: bytes) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DESCRIPTION["components"]}
    jsonschema.Draft202012Validator(schema).validate(json.loads(content))

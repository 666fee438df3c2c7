"""Generated requests to DCSA's paths and a carrier's own: no 5xx, no status or answer that is not described."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ebl_service.api.app import create
from tests.carrier_house import OPERATOR, CarrierHouse, CarrierSystem
from tests.dcsa_definitions import are_here, statuses
from tests.figures import say

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SENT: list[str] = []
MOST = 300 if os.environ.get("EBL_DEEP") else 15
PATHS = r"^/(v3/|endorsement-chains/|v1/(onboarding|callbacks|parties/\{account\}/(custody|signing-certificates)))"
schema = schemathesis.openapi.from_dict(create().openapi()).include(path_regex=PATHS)


@pytest.fixture(scope="module", autouse=True)
def told(request: pytest.FixtureRequest) -> Iterator[None]:
    """How many requests were generated, said at the end."""
    yield
    say(request.config, f"{len(SENT)} requests generated, each checked against the description")


@schema.parametrize()
@settings(max_examples=MOST, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_whatever_a_carrier_asks_is_answered_as_described(
    case: Any, platform: CarrierHouse, system: CarrierSystem
) -> None:
    headers = OPERATOR if case.path.startswith("/v1/onboarding") else system.headers
    SENT.append(case.path)
    answer = case.call_and_validate(base_url=platform.url, headers=headers, checks=CHECKS, timeout=20)
    if case.path.startswith(("/v3/", "/endorsement-chains/")):
        assert answer.headers["api-version"] == ["3.0.3"]


def test_our_description_has_the_statuses_of_the_definitions() -> None:
    if not are_here():
        pytest.skip("the published definitions are not here")
    ours = create().openapi()["paths"]
    for definition, path, method in (
        ("ebl-iss-3.0.3", "/v3/ebl-issuance-requests", "put"),
        ("ebl-sur-3.0.4", "/v3/ebl-surrender-responses", "post"),
        ("ebl-end-3.0.4", "/endorsement-chains/{transportDocumentReference}", "get"),
    ):
        named = statuses(definition, path, method) - {"default"}
        assert named <= set(ours[path][method]["responses"]), json.dumps(path)

"""Generated requests: whatever comes, no status of 500 and above, and none that the description does not name."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ebl_service.api.app import create
from tests.house import TOKEN, House

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_dict(create().openapi())


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_whatever_is_asked_is_answered_as_described(case: Any, house: House) -> None:
    if case.path == "/v1/events":
        case.query = {**(case.query or {}), "follow": "false"}  # else it stays for what comes
    if case.query and "wait" in case.query:
        case.query["wait"] = 0
    headers = {"Authorization": f"Bearer {TOKEN}"} if case.path.startswith("/v1/parties") else {}
    case.call_and_validate(base_url=house.url, headers=headers, checks=CHECKS, timeout=20)

"""Generated requests: whatever comes, no status of 500 and above, and none that the description does not name."""

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
from tests.house import CARRIER, OPERATOR, Caller, House

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_dict(create().openapi())


@schema.parametrize()
@pytest.mark.parametrize("by", [None, CARRIER, OPERATOR], ids=["nobody", "a party", "the operator"])
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_whatever_is_asked_is_answered_as_described(case: Any, house: House, by: Caller) -> None:
    if case.path == "/v1/events":
        case.query = {**(case.query or {}), "follow": "false"}  # else it stays for what comes
    if case.query and "wait" in case.query:
        case.query["wait"] = 0
    headers = house.bearing(by)
    if case.path == "/v1/sign-out" and by == CARRIER:  # of a session of its own, which nobody else needs
        headers = {"Authorization": f"Bearer {house.signed_in(house.chain.carrier)}"}
    case.call_and_validate(base_url=house.url, headers=headers, checks=CHECKS, timeout=20)

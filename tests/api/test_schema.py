"""Generated requests: whatever comes, no status of 500 and above, and none that the description does not name.

The cases of a route are sent in turn as nobody, as a party and as the operator. With EBL_DEEP=1 there are many more,
and each is sent as all three.
"""

import itertools
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
from tests.figures import say
from tests.house import CARRIER, OPERATOR, Caller, House

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DEEP = bool(os.environ.get("EBL_DEEP"))
EXAMPLES = 60 if DEEP else 6
SENT: list[str] = []
CALLERS: tuple[Caller, ...] = (None, CARRIER, OPERATOR)
turns = itertools.cycle(CALLERS)
schema = schemathesis.openapi.from_dict(create().openapi())


@pytest.fixture(scope="module", autouse=True)
def told(request: pytest.FixtureRequest) -> Iterator[None]:
    """How many requests were generated, said at the end."""
    yield
    say(request.config, f"{len(SENT)} requests generated, each checked against the description")


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_whatever_is_asked_is_answered_as_described(case: Any, house: House) -> None:
    if case.path == "/v1/events":
        case.query = {**(case.query or {}), "follow": "false"}  # else it stays for what comes
    if case.query and "wait" in case.query:
        case.query["wait"] = 0
    for by in CALLERS if DEEP else (next(turns),):
        headers = house.bearing(by)
        if case.path == "/v1/sign-out" and by == CARRIER:  # of a session of its own, which nobody else needs
            headers = {"Authorization": f"Bearer {house.signed_in(house.chain.carrier)}"}
        SENT.append(case.path)
        case.call_and_validate(base_url=house.url, headers=headers, checks=CHECKS, timeout=20)

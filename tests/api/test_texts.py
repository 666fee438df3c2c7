"""Texts that reach other parties hold what a reader sees; numbers and codes are printable ASCII."""

from typing import Any

import pytest

from tests.house import OPERATOR, House

HIDDEN, BILL = "Pelican\u202e Bank", "ZZZ\u200b"


@pytest.mark.parametrize(
    ("method", "path", "body", "at"),
    [
        ("PUT", "/v1/parties/{account}/profile", {"legalName": HIDDEN, "identifyingCodes": []}, "legalName"),
        (
            "PUT",
            "/v1/parties/{account}/profile",
            {"legalName": "A", "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": BILL}]},
            "identifyingCodes.0.partyCode",
        ),
        ("POST", "/v1/onboarding", {"legalName": HIDDEN}, "legalName"),
        ("POST", "/v1/onboarding", {"legalName": "A", "jurisdiction": HIDDEN}, "jurisdiction"),
        ("POST", "/v1/api-keys", {"name": HIDDEN, "scopes": ["read"], "days": 1}, "name"),
    ],
)
def test_an_unseen_character_is_refused_by_its_field_and_code_point(
    house: House, method: str, path: str, body: dict[str, Any], at: str
) -> None:
    account = house.chain.bank.address
    answer = house.http.request(method, path.format(account=account), json=body, headers=house.bearing(OPERATOR))
    assert answer.status_code == 400, answer.text
    told = answer.json()
    assert "U+202E" in answer.text or "U+200B" in answer.text
    assert "\u202e" not in answer.text
    assert "\u200b" not in answer.text
    assert at in str(told)


def test_advice_that_a_carrier_wants_refused_is_named(house: House) -> None:
    body = {"legalName": "A", "refusedAdvice": ["container_numbers"]}
    answer = house.post("/v1/onboarding", body, by=OPERATOR)
    assert answer.status_code == 400, answer.text
    assert "container_number_has_its_check_digit" in answer.text

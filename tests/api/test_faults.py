"""Every fault of a request is its own error, answered as RFC 9457 says."""

import json
import socket
from typing import Any

import httpx
import pytest

from ebl_service.domain.terms import checksummed
from tests.house import OPERATOR, TOKEN, House
from tests.local_chain import LocalChain

JSON = {"content-type": "application/json"}


def rule(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:ebl-ledger:error:{problem['rule']}"
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    assert problem["hint"]
    assert problem["instance"].startswith("/")
    return answer.status_code, problem["rule"]


def post(house: House, body: bytes | str, **headers: str) -> httpx.Response:
    return house.http.post("/v1/typed-data", content=body, headers=JSON | headers)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b'{"a":NaN}', b'{"verb":1e999999,}', b"[" * 100_0, b"nul", b'{"a":Infinity}']
)
def test_what_is_not_json_is_malformed(house: House, body: bytes) -> None:
    assert rule(post(house, body)) == (400, "MalformedJson")


def test_a_key_that_stands_twice_is_refused(house: House) -> None:
    answer = post(house, '{"verb":"Sign","titleId":"0x00","titleId":"0x01"}')
    assert rule(answer) == (400, "DuplicateKey")
    assert answer.json()["details"]["key"] == "titleId"


def test_a_key_that_stands_twice_deep_inside_is_refused(house: House) -> None:
    assert rule(post(house, '{"verb":"Replace","newTitles":[{"version":1,"version":2}]}')) == (400, "DuplicateKey")


def test_a_body_that_is_not_declared_as_json_is_refused(house: House) -> None:
    answer = house.http.post("/v1/typed-data", content=b"{}", headers={"content-type": "text/plain"})
    assert rule(answer) == (415, "WrongContentType")


def test_a_body_that_is_too_long_is_refused(house: House) -> None:
    assert rule(post(house, b'"' + b"x" * 100_000 + b'"')) == (413, "BodyTooLarge")


def test_a_caller_that_goes_in_the_middle_of_its_body_is_no_fault_of_the_service(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def told() -> bool:
        return 'route="/v1/sign-in",status="400"} 1.0' in house.get("/metrics", by=OPERATOR).text

    with socket.create_connection(("127.0.0.1", house.port)) as caller:
        lines = ("POST /v1/sign-in HTTP/1.1", "Host: x", "Content-Type: application/json", "Content-Length: 9", "", "{")
        caller.sendall("\r\n".join(lines).encode())
    house.eventually(told)
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


def test_what_may_be_wrong_with_a_body_is_described_wherever_one_is_read(house: House) -> None:
    paths = house.http.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for method in methods.keys() & {"post", "put"}:
            assert {"408", "413", "415"} <= methods[method]["responses"].keys(), (method, path)
    headers = house.bearing("carrier") | {"content-type": "text/plain"}
    answer = house.http.post("/v1/sign-out", content=b"bye", headers=headers)
    assert rule(answer) == (415, "WrongContentType")


def test_that_a_caller_is_unknown_or_asks_too_often_is_described_wherever_callers_are_counted(house: House) -> None:
    for path, methods in house.http.get("/openapi.json").json()["paths"].items():
        for method, told in methods.items():
            assert path.startswith("/health/") or {"401", "429"} <= told["responses"].keys(), (method, path)


def test_a_body_in_many_parts_is_counted_as_it_comes(house: House) -> None:
    answer = house.http.post("/v1/typed-data", content=(b" " * 10_000 for _ in range(20)), headers=JSON)
    assert rule(answer) == (413, "BodyTooLarge")


def asked(house: House, cast: LocalChain, **changes: Any) -> httpx.Response:
    body = {"verb": "Transfer", "titleId": "0x" + "11" * 32, "to": cast.bank.address} | changes
    return house.post("/v1/typed-data", {name: value for name, value in body.items() if value is not ...})


@pytest.mark.parametrize(
    ("changes", "expected", "at"),
    [
        ({"remark": "none"}, "UnknownField", "remark"),
        ({"to": ...}, "MissingField", "to"),
        ({"titleId": "0x1234"}, "BadHex", "titleId"),
        ({"titleId": "11" * 32}, "BadHex", "titleId"),
        ({"titleId": "0x" + "zz" * 32}, "BadHex", "titleId"),
        ({"titleId": 5}, "BadValue", "titleId"),
        ({"to": "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}, "BadAddressChecksum", "to"),
        ({"to": "0X" + "11" * 20}, "BadHex", "to"),
        ({"verb": "Burn"}, "BadValue", "body"),
        ({"verb": ...}, "MissingField", "body"),
        ({"deadline": "tomorrow"}, "BadValue", "deadline"),
        ({"deadline": -1}, "BadValue", "deadline"),
        ({"deadline": 1.5}, "BadValue", "deadline"),
    ],
)
def test_a_fault_of_a_field_names_rule_and_field(
    house: House, cast: LocalChain, changes: dict[str, Any], expected: str, at: str
) -> None:
    answer = asked(house, cast, **changes)
    assert rule(answer) == (400, expected)
    fault = answer.json()["faults"][0]
    assert fault["rule"] == expected
    assert fault["at"].endswith(at)


def test_an_account_may_be_written_with_its_checksum_or_in_lower_case(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    for to in (cast.bank.address, checksummed(cast.bank.address)):
        told = house.prepare(verb="Transfer", titleId=title_id, to=to)
        assert told["typedData"]["message"]["to"] == checksummed(cast.bank.address)


def test_an_expired_deadline_is_refused_by_the_ledgers_rule(house: House, cast: LocalChain) -> None:
    assert rule(asked(house, cast, deadline=1_000)) == (409, "DeadlinePassed")


def test_a_deadline_too_far_away_is_refused_by_the_ledgers_rule(house: House, cast: LocalChain) -> None:
    assert rule(asked(house, cast, deadline=10**11)) == (409, "DeadlineTooDistant")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("chainId", 1),
        ("name", "Another Ledger"),
        ("version", "2"),
        ("verifyingContract", "0x" + "22" * 20),
    ],
)
def test_typed_data_of_another_ledger_is_foreign(house: House, cast: LocalChain, member: str, value: Any) -> None:
    signed = house.sign(cast.shipper, verb="Sign", titleId=house.issue())
    signed["typedData"]["domain"][member] = value
    answer = house.submit(signed)
    assert rule(answer) == (400, "ForeignChain")
    assert answer.json()["details"]["expected_chain_id"] == cast.chain_id


def test_types_that_are_not_the_acts_are_refused(house: House, cast: LocalChain) -> None:
    signed = house.sign(cast.shipper, verb="Sign", titleId=house.issue())
    signed["typedData"]["types"]["Sign"].reverse()
    assert rule(house.submit(signed)) == (400, "BadValue")


def test_too_many_acts_at_once_are_refused(house: House, cast: LocalChain) -> None:
    signed = house.sign(cast.shipper, verb="Sign", titleId=house.issue())
    del signed["typedData"]["types"]
    answer = house.submit(*([signed] * 101))
    assert rule(answer) == (400, "BadValue")
    assert answer.json()["details"]["most"] == 100


def test_no_acts_at_all_are_refused(house: House) -> None:
    assert rule(house.submit()) == (400, "BadValue")


def test_an_unknown_path_is_not_found(house: House) -> None:
    assert rule(house.get("/v1/nothing")) == (404, "NotFound")


def test_a_method_that_a_path_does_not_take_is_told(house: House) -> None:
    assert rule(house.http.delete("/v1/titles")) == (405, "MethodNotAllowed")


@pytest.mark.parametrize(
    "path",
    ["/v1/titles/0x" + "11" * 32, "/v1/submissions/0x" + "11" * 32, "/v1/parties/0x" + "11" * 20],
)
def test_what_is_not_there_is_not_found(house: House, path: str) -> None:
    assert rule(house.get(path)) == (404, "NotFound")


@pytest.mark.parametrize("path", ["/v1/titles/0x11", "/v1/submissions/here", "/v1/parties/me"])
def test_an_identifier_that_is_none_is_refused(house: House, path: str) -> None:
    assert rule(house.get(path)) == (400, "BadHex")


def test_the_registrars_desk_needs_the_operators_token(house: House, cast: LocalChain) -> None:
    path = f"/v1/parties/{cast.bank.address}/suspend"
    wrong = {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": ""}
    for headers, told in (({}, "NotSignedIn"), *[(each, "TokenRefused") for each in wrong]):
        answer = house.post(path, by=None, **headers)
        assert rule(answer) == (401, told)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert rule(house.post(path, by=cast.bank)) == (403, "OperatorOnly")


def test_a_problem_never_shows_a_secret(house: House, cast: LocalChain) -> None:
    answer = house.post("/v1/parties", {"x": 1}, Authorization=f"Bearer {TOKEN}")
    assert TOKEN not in json.dumps(answer.json())

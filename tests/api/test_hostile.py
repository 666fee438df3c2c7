"""Requests made to hurt: text that cannot be written back, numbers too long, objects too wide."""

import time

import httpx
import pytest

from tests.house import House

JSON = {"content-type": "application/json"}
LONE = r'"\ud800"'
"""A lone surrogate: JSON can say it, UTF-8 cannot."""


def post(house: House, body: str) -> httpx.Response:
    return house.http.post("/v1/typed-data", content=body.encode(), headers=JSON)


@pytest.mark.parametrize(
    "body",
    [
        f'{{"verb":{LONE}}}',
        f'{{"verb":"Sign","titleId":{LONE}}}',
        f'{{"verb":"Sign",{LONE}:1}}',
        f"{{{LONE}:1,{LONE}:2}}",
        f"[{LONE}]",
        f'{{"verb":"RequestSurrender","titleId":"0x{"12" * 32}","purpose":"PAPER","reason":{LONE}}}',
        '{"verb":"Sign","titleId":"\\u0000"}',
        '{"verb":"Sign","deadline":' + "9" * 5_000 + "}",
        '{"verb":"Sign","deadline":1e999}',
        '{"verb":"Sign","deadline":-0.0}',
        "null",
        '"Sign"',
        "[" * 20_000 + "]" * 20_000,
    ],
)
def test_text_and_numbers_that_cannot_be_meant_are_refused_as_a_problem(house: House, body: str) -> None:
    answer = post(house, body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["hint"]


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/v1/documents", "POST"),
        ("/v3/ebl-surrender-responses", "POST"),
        ("/v1/parties/0x" + "11" * 20 + "/profile", "PUT"),
    ],
)
def test_the_character_that_no_database_keeps_is_refused_and_what_looks_like_its_escape_is_not(
    house: House, path: str, method: str
) -> None:
    for text, is_refused in ((r"\u0000", True), (r"\\\u0000", True), (r"\\u0000", False), (r"\\\\u0000", False)):
        headers = JSON | house.bearing("carrier")
        answer = house.http.request(method, path, content=f'{{"a{text}":1}}'.encode(), headers=headers)
        assert answer.status_code == 400
        assert ("NulInText" in answer.text) is is_refused


@pytest.mark.parametrize(("old", "sequences"), [(0, 0), (1, 0), (0, 1), (1, 2)])
def test_a_replacement_names_old_titles_and_the_sequence_of_each(house: House, old: int, sequences: int) -> None:
    data = house.prepare(verb="Issue", **house.bill())["typedData"]
    said = {"oldIds": ["0x" + "11" * 32] * old, "sequences": [1] * sequences, "newTitles": []}
    message = said | {"deadline": data["message"]["deadline"]}
    replace = {"domain": data["domain"], "primaryType": "Replace", "message": message}
    given = {"typedData": replace, "signer": house.chain.carrier.address, "signature": "0x"}
    for by in (None, "carrier"):
        answer = httpx.post(f"{house.url}/v1/submissions", json={"acts": [given]}, headers=house.bearing(by))
        assert (answer.status_code, answer.json()["rule"]) == (400, "BadValue")


def test_a_cursor_of_api_keys_is_a_keys_id(house: House) -> None:
    for after in ("\0", "0" * 15, "G" * 16):
        answer = house.get("/v1/api-keys", after=after)
        assert (answer.status_code, answer.json()["rule"]) == (400, "InvalidRequest")
    assert house.get("/v1/api-keys", after="0" * 16).status_code == 200


def test_a_key_that_stands_twice_among_very_many_is_found_without_delay(house: House) -> None:
    many = ",".join(f'"{number:x}":1' for number in range(9_000))
    started = time.monotonic()
    answer = post(house, f'{{{many},"2327":1}}')
    assert answer.json()["rule"] == "DuplicateKey"
    assert answer.json()["details"]["key"] == "2327"
    assert time.monotonic() - started < 1

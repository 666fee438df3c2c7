"""Bodies of callers: who may send one, how long, how fast, how many at once, and how much is said of what is wrong."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from ebl_service.api import strict_request
from ebl_service.api.app import create
from ebl_service.api.entry import entry_of
from ebl_service.api.places import MOST_BODIES, MOST_STREAMS
from ebl_service.api.problems import MOST_FAULTS
from tests.house import House
from tests.local_chain import LocalChain

JSON = {"content-type": "application/json"}
BODY_ROUTES = ["/v1/documents", "/v1/insurance-documents", "/v1/onboarding", "/v1/parties", "/v1/api-keys"]
OPEN = {"/v1/verifications", "/v1/sign-in/challenges", "/v1/sign-in", "/v1/typed-data", "/v1/submissions"}


@contextmanager
def begun(house: House, path: str, head: str = "", body: bytes = b"", length: str = "90000") -> Iterator[socket.socket]:
    """A request whose body never ends, as far as it is sent here."""
    lines = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{head}"
    with closing(socket.create_connection(("127.0.0.1", house.port), 20)) as connection:
        connection.sendall(f"{lines}\r\n".encode() + body)
        yield connection


def told(connection: socket.socket) -> str:
    """All that comes until the other side closes."""
    text = b""
    while part := connection.recv(65_536):
        text += part
    return text.decode()


@pytest.mark.parametrize("path", BODY_ROUTES)
def test_who_has_no_token_is_refused_before_a_byte_of_its_body_is_there(house: House, path: str) -> None:
    with begun(house, path) as connection:
        answer = told(connection)
    assert answer.startswith("HTTP/1.1 401 ")
    assert "connection: close" in answer.lower()


def test_a_party_without_the_role_is_refused_before_its_body_is_read(house: House, cast: LocalChain) -> None:
    for path, by in (("/v1/documents", cast.bank), ("/v1/insurance-documents", cast.carrier)):
        head = f"Authorization: {house.bearing(by)['Authorization']}\r\n"
        with begun(house, path, head) as connection:
            answer = told(connection)
        assert answer.startswith("HTTP/1.1 403 ")
        assert "RoleMissing" in answer


@pytest.mark.parametrize("length", ["100001", "9" * 19])
def test_a_length_above_the_bound_is_refused_as_it_is_declared(house: House, length: str) -> None:
    with begun(house, "/v1/typed-data", length=length) as connection:
        assert told(connection).startswith("HTTP/1.1 413 ")


def test_an_answer_that_comes_before_the_body_is_read_to_its_end_and_the_connection_ends(house: House) -> None:
    answer = httpx.post(f"{house.url}/v1/documents", content=b" " * 3_000_000, headers=JSON)
    assert answer.status_code == 401
    assert answer.json()["hint"]


def test_a_body_that_pauses_or_trickles_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_request, "IDLE_SECONDS", 0.2)
    with begun(house, "/v1/typed-data", body=b"{") as connection:
        answer = told(connection)
    assert answer.startswith("HTTP/1.1 408 ")
    assert "BodyTooSlow" in answer
    monkeypatch.setattr(strict_request, "IDLE_SECONDS", 30.0)
    monkeypatch.setattr(strict_request, "BODY_SECONDS", 0.5)
    with begun(house, "/v1/typed-data", body=b"{") as connection:
        until, sent = time.monotonic() + 20, 0
        connection.settimeout(0.01)
        answer = ""
        while not answer and time.monotonic() < until:
            try:
                connection.sendall(b" ")
                sent += 1
                answer = connection.recv(65_536).decode()
            except TimeoutError:
                continue
    assert answer.startswith("HTTP/1.1 408 ")
    assert sent > 2


def test_so_many_bodies_of_one_caller_are_under_way_and_no_more(house: House) -> None:
    opened = [begun(house, "/v1/typed-data", body=b"{") for _ in range(MOST_BODIES)]
    connections = [each.__enter__() for each in opened]
    try:
        bodies = app_of(house).state.bodies
        house.eventually(lambda: bodies._under_way["127.0.0.1"] == MOST_BODIES)
        refused = house.http.post("/v1/typed-data", json={}, headers={})
        assert (refused.status_code, refused.json()["rule"]) == (429, "TooManyAtOnce")
        assert house.post("/v1/typed-data", {}).status_code == 400  # who has a token is counted by itself
    finally:
        for connection in connections:
            connection.close()
    house.eventually(lambda: not bodies._under_way and not bodies._bytes)


def app_of(house: House) -> FastAPI:
    app = house._server.config.loaded_app
    while not isinstance(app, FastAPI):
        app = app.app
    return app


def test_so_many_event_streams_of_one_caller_are_open_and_no_more(house: House, cast: LocalChain) -> None:
    headers = house.bearing(cast.shipper)
    with httpx.Client(base_url=house.url, timeout=30) as client:
        streams = [client.stream("GET", "/v1/events", headers=headers) for _ in range(MOST_STREAMS)]
        for stream in streams:
            assert stream.__enter__().status_code == 200
        refused = client.get("/v1/events", headers=headers)
        assert (refused.status_code, refused.json()["rule"]) == (429, "TooManyAtOnce")
        assert client.get("/v1/events", params={"follow": "false"}, headers=house.bearing("carrier")).status_code == 200
        for stream in streams:
            stream.__exit__(None, None, None)
        house.eventually(lambda: client.get("/v1/events?follow=false", headers=headers).status_code == 200)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/submissions", {"acts": [{}] * 20_000}),
        ("/v1/submissions", {"acts": [1] * 30_000}),
        ("/v1/typed-data", {"verb": "x" * 90_000}),
        ("/v1/typed-data", {"verb": "Sign", **{f"k{number}": 1 for number in range(900)}}),
        ("/v1/typed-data", {f"k{number}": 1 for number in range(7_000)}),
        ("/v1/typed-data", {"verb": "Join", "roles": ["x"] * 20_000}),
        ("/v1/typed-data", {"verb": "Replace", "oldIds": [{}] * 20_000, "newTitles": [[]] * 10_000}),
        ("/v1/sign-in", {"message": "\ud83d\ude00" * 2_000, "signature": "0x" + "z" * 30_000}),
        ("/v1/documents", {"documents": [1] * 1_000_000}),
        ("/v1/documents", {"documents": [{}] * 50_000}),
        ("/v1/documents", {"documents": [{"document": {"identifyingCodes": [{}] * 20_000}}] * 2}),
    ],
    ids=range(11),
)
def test_of_very_many_faults_the_first_are_told_and_shortly(house: House, path: str, body: Any) -> None:
    content = json.dumps(body, separators=(",", ":")).encode()
    answer = house.http.post(path, content=content, headers=JSON | house.bearing("carrier"))
    assert answer.status_code == 400
    assert len(answer.content) < 40_000
    assert len(answer.json()["faults"]) <= MOST_FAULTS


def test_a_document_with_a_fault_in_every_element_is_told_a_hundred(house: House) -> None:
    document = {"utilizedTransportEquipments": [{}] * 20_000, "transportDocumentReference": "x" * 50_000}
    given = {"document": document, "governingLaw": "English law", "jurisdiction": "London"}
    one = house.post("/v1/documents", {"documents": [given]}).json()
    assert one["rule"] == "DocumentRefused"
    assert len(one["breaches"]) == len(one["details"]["breaches"]) == 100
    many = house.post("/v1/documents", {"documents": [given] * 2}).json()
    assert [len(each["problem"]["breaches"]) for each in many["results"]] == [100] * 2
    small = {"document": {"utilizedTransportEquipments": [{}] * 200}, "governingLaw": "a", "jurisdiction": "b"}
    more = house.post("/v1/documents", {"documents": [small] * 100})
    assert [len(each["problem"]["breaches"]) for each in more.json()["results"]] == [10] * 100
    assert len(more.content) < 1_000_000


@pytest.mark.parametrize("packed", ["gzip", "br", "deflate, gzip"])
def test_a_packed_body_is_refused_unopened(house: House, packed: str) -> None:
    headers = JSON | {"content-encoding": packed}
    answer = house.http.post("/v1/typed-data", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["rule"]) == (415, "WrongContentType")


@pytest.mark.parametrize("path", ["/v1/titles/", "/v1/ledger/", "/v1/sign-in/", "/docs/", "/v3/ebl-issuance-requests/"])
def test_a_trailing_slash_leads_nowhere_whatever_host_the_caller_names(house: House, path: str) -> None:
    for method in ("GET", "POST", "PUT"):
        answer = house.http.request(method, path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert answer.status_code == 404
        assert "location" not in answer.headers
        assert "evil.example" not in answer.text


def test_only_these_take_bodies_of_anybody_and_each_reads_them_strictly() -> None:
    described = create().openapi()["paths"]
    with_bodies = {path for path, methods in described.items() for each in methods.values() if "requestBody" in each}
    assert with_bodies >= OPEN
    from ebl_service.api.app import NOUNS

    found = [route for noun in NOUNS for route in noun.router.routes if isinstance(route, APIRoute)]
    taking = [route for route in found if route.body_field is not None]
    assert taking
    assert all(isinstance(route, strict_request.StrictRoute) for route in taking)
    assert {route.path for route in taking if entry_of(route.endpoint).is_open} == OPEN


def test_every_array_of_a_request_has_a_longest_length_and_is_judged_to_its_first_fault() -> None:
    from ebl_service.api.app import NOUNS

    found = 0
    for noun in NOUNS:
        for route in noun.router.routes:
            if isinstance(route, APIRoute) and route.body_field is not None:
                for array in arrays(route.body_field._type_adapter.core_schema):
                    assert array.get("max_length", 10_000) <= 1_000, (route.path, array)
                    assert array.get("fail_fast"), (route.path, array)
                    found += 1
    assert found > 15


def arrays(schema: Any) -> Iterator[dict[str, Any]]:
    """Every array that a validator takes."""
    if isinstance(schema, dict):
        if str(schema.get("type")) in {"list", "tuple", "set", "frozenset"}:
            yield schema
        for inner in schema.values():
            yield from arrays(inner)
    elif isinstance(schema, list | tuple):
        for inner in schema:
            yield from arrays(inner)

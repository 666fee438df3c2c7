"""docs/access.md is so: every route of the API, asked by every kind of caller, lets in whom the table lets in."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ebl_service.api.app import create
from tests.house import OPERATOR, House, fresh_digest
from tests.local_chain import LocalChain

KINDS = ("nobody", "stranger", "past", "present", "grantee", "read key", "operator")
TABLE = (Path(__file__).parent.parent.parent / "docs" / "access.md").read_text()
ROWS = [
    (method, path, dict(zip(KINDS, cells.split(" | "), strict=True)))
    for method, path, cells in re.findall(r"^\| ([A-Z]+) \| (/\S+) \| (.*) \|$", TABLE, re.MULTILINE)
]
DAY = 86_400


@pytest.fixture(scope="module")
def scene(house: House, cast: LocalChain) -> dict[str, Any]:
    """A title that the shipper passed on to the bank, and the bank granted to the forwarder; an act of the bank's."""
    title = house.issue(endorsee=cast.shipper)
    house.act(cast.shipper, "EndorseToOrder", titleId=title, to=cast.bank.address)
    signed = house.act(cast.bank, "Sign", titleId=title)
    until = int(time.time()) + DAY
    given = house.post(f"/v1/titles/{title}/grants", {"to": cast.forwarder.address, "expiresAt": until}, by=cast.bank)
    assert given.status_code == 201, given.text
    cover = {"titleId": title, "mode": "FOLLOW", "cargoAttachesAt": until, "referenceDigest": fresh_digest()}
    insured = house.act(
        cast.insurer, "IssueCertificate", **cover, commitment=fresh_digest(), insurer=cast.insurer.address
    )
    return {
        "title_id": title,
        "submission_id": signed["id"],
        "certificate_id": insured["certificateId"],
        "account": cast.terminal.address,
        "until": until,
    }


def bearing(house: House, cast: LocalChain, kind: str) -> dict[str, str]:
    people = {"stranger": cast.consignee, "past": cast.shipper, "present": cast.bank, "grantee": cast.forwarder}
    if kind in people:
        return house.bearing(people[kind])
    if kind == "read key":
        asked = {"name": "walk", "scopes": ["read"], "days": 1}
        return {"Authorization": f"Bearer {house.post('/v1/api-keys', asked, by=cast.bank).json()['key']}"}
    return house.bearing(OPERATOR if kind == "operator" else None)


def body(house: House, cast: LocalChain, scene: dict[str, Any], path: str) -> Any:
    """What is sent there: well-formed, so that it is the caller that decides."""
    title = scene["title_id"]
    return {
        "/v1/verifications": {"titleId": title},
        "/v1/sign-in/challenges": {"account": cast.bank.address},
        "/v1/sign-in": {"message": "no message", "signature": "0x"},
        "/v1/api-keys": {"name": "walk", "scopes": ["read"], "days": 1},
        "/v1/typed-data": {"verb": "Sign", "titleId": title},
        "/v1/titles/{title_id}/terms-of-sale/typed-data": {"terms": {}, "deadline": scene["until"]},
        "/v1/titles/{title_id}/terms-of-sale": {
            "terms": {},
            "deadline": scene["until"],
            "signer": cast.bank.address,
            "signature": "0x",
        },
        "/v1/certificates/{certificate_id}/waivers": {"rule": "sum_is_enough"},
        "/v1/titles/{title_id}/grants": {"to": cast.forwarder.address, "expiresAt": scene["until"]},
        "/v1/parties/{account}/grant-role": {"roles": ["TERMINAL"]},
        "/v1/parties/{account}/withdraw-role": {"roles": ["TERMINAL"]},
        "/v1/parties/{account}/profile": {"legalName": "Another Bank"},
        "/v1/parties/{account}/custody": {"statement": "a.b.c"},
    }.get(path)


def asked(house: House, cast: LocalChain, scene: dict[str, Any], kind: str, method: str, path: str) -> httpx.Response:
    """The answer to one kind of caller."""
    headers = bearing(house, cast, kind)
    values = {**scene, "key_id": "0" * 16, "fingerprint": "0" * 64, "callback_id": "0" * 32, "grant_id": "1"}
    values["transportDocumentReference"] = "NOBODYS"
    if path == "/v1/api-keys/{key_id}/revoke":
        made = house.post("/v1/api-keys", {"name": "walk", "scopes": ["read"], "days": 1}, by=cast.bank).json()
        values["key_id"] = made["id"]
    if path == "/v1/grants/{grant_id}/revoke":
        given = {"to": cast.other_bank.address, "expiresAt": scene["until"]}
        made = house.post(f"/v1/titles/{scene['title_id']}/grants", given, by=cast.bank).json()
        values["grant_id"] = str(made["id"])
    if path == "/v1/sign-out" and kind in {"stranger", "past", "present", "grantee"}:
        people = {"stranger": cast.consignee, "past": cast.shipper, "present": cast.bank, "grantee": cast.forwarder}
        headers = {"Authorization": f"Bearer {house.signed_in(people[kind])}"}
    query = {
        "/v1/titles/{title_id}/allowed-acts": {"party": cast.bank.address},
        "/v1/certificates/{certificate_id}/allowed-acts": {"party": cast.bank.address},
        "/v1/events": {"follow": "false"},
        "/v1/parties/by-code": {"provider": "GLEIF", "code": "NOBODYS"},
        "/v1/parties/by-name": {"name": "Nobody"},
        "/v1/titles/by-number": {"number": "NOBODYS"},
        "/v1/names": {"titleId": scene["title_id"], "account": cast.bank.address},
        "/v1/submissions": {"status": "AWAITING_SIGNATURE"} if method == "GET" else {},
    }.get(path, {})
    sent = BODIES.get(path, lambda *_: None)(house, cast, scene) if method != "GET" else None
    sent = sent if sent is not None else (body(house, cast, scene, path) if method != "GET" else None)
    return house.http.request(method, path.format(**values), json=sent, params=query, headers=headers)


def join(house: House, cast: LocalChain, _: dict[str, Any]) -> Any:
    told = house.prepare(verb="Join", account=cast.stranger.address, roles=[], identityDigest=fresh_digest())
    return {"typedData": told["typedData"], "signature": "0x" + "11" * 65}


def act(house: House, cast: LocalChain, scene: dict[str, Any]) -> Any:
    """The bank's, signed, at the sequence that is due."""
    return {"acts": [house.sign(cast.bank, verb="Sign", titleId=scene["title_id"])]}


BODIES = {"/v1/parties": join, "/v1/submissions": act}
UNREAD = ("that you may read", "of yours", "There is no submission")
"""How the answers begin or end that keep to themselves what there is."""


def told(answer: httpx.Response) -> str:
    """What the table calls this answer."""
    if answer.status_code in {401, 403}:
        return str(answer.status_code)
    if answer.status_code == 404 and any(words in answer.text for words in UNREAD):
        return "404"
    return "yes"


def routes() -> Iterator[tuple[str, str]]:
    for path, operations in create().openapi()["paths"].items():
        for method in operations:
            yield method.upper(), path


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert sorted((method, path) for method, path, _ in ROWS) == sorted(routes())


CHECKED_FIRST = {
    "/v1/documents",
    "/v1/insurance-documents",
    "/v1/onboarding",
    "/v1/parties/{account}/signing-certificates",
    "/v3/ebl-issuance-requests",
    "/v3/ebl-surrender-responses",
}
"""Their bodies are long: here an empty one is sent, and its faults may be told before what the caller may not do."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "path", "cells"), ROWS, ids=[f"{method} {path}" for method, path, _ in ROWS])
def test_a_route_answers_each_kind_of_caller_as_the_table_says(
    house: House, cast: LocalChain, scene: dict[str, Any], method: str, path: str, cells: dict[str, str], kind: str
) -> None:
    answer = asked(house, cast, scene, kind, method, path)
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    if path in CHECKED_FIRST and method != "GET" and answer.status_code in {400, 415, 422}:
        assert kind != "nobody"  # whom no body is read of
        return
    assert told(answer) == cells[kind], answer.text


READ_OF_A_TITLE = [path for method, path, _ in ROWS if "{title_id}" in path and method == "GET"]


@pytest.mark.parametrize("path", READ_OF_A_TITLE)
def test_what_is_there_and_what_is_not_are_told_apart_by_nothing(
    house: House, cast: LocalChain, scene: dict[str, Any], path: str
) -> None:
    nowhere = "0x" + "42" * 32
    headers, query = house.bearing(cast.consignee), {"party": cast.bank.address} if "allowed" in path else {}
    answers = [
        house.http.get(path.format(title_id=title_id), params=query, headers=headers)
        for title_id in (scene["title_id"], nowhere)
    ]
    bodies = [answer.text.replace(scene["title_id"], nowhere) for answer in answers]
    assert bodies[0] == bodies[1]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert {k: v for k, v in answers[0].headers.items() if k != "date"} == {
        k: v for k, v in answers[1].headers.items() if k != "date"
    }

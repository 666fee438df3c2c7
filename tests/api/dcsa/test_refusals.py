"""What a carrier's request may not be: changed anywhere after it was signed, malformed, sent by another, or twice."""

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.authority import self_signed
from tests.carrier_house import CarrierHouse, CarrierSystem, checked
from tests.dcsa_definitions import ISSUANCE, SURRENDER
from tests.domain.transport_document.documents import GONE, put
from tests.figures import say

MOST = 2_000 if os.environ.get("EBL_DEEP") else 60
PATH = "/v3/ebl-issuance-requests"
NOT_SIGNED = {"name", "contentType"}
"""Of a picture: the manifest covers its content only."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every value of a request stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for at, inner in items:
        yield (*path, at)
        yield from places(inner, (*path, at))


def mutated(request: dict[str, Any], path: tuple[Any, ...], how: str) -> dict[str, Any]:
    """The request with the value at `path` changed, left out, or made another kind."""
    other = copy.deepcopy(request)
    holder: Any = other
    for step in path[:-1]:
        holder = holder[step]
    value = holder[path[-1]]
    if how == "left out":
        del holder[path[-1]]
    elif how == "another kind":
        holder[path[-1]] = [value]
    elif isinstance(value, bool):
        holder[path[-1]] = not value
    elif isinstance(value, int | float):
        holder[path[-1]] = value + 1
    elif isinstance(value, str):
        middle = len(value) // 2
        letter = "A" if value[middle : middle + 1] != "A" else "B"
        holder[path[-1]] = value[:middle] + letter + value[middle + 1 :]
    else:
        holder[path[-1]] = [*value, 0] if isinstance(value, list) else {**value, "unheardOf": 0}
    return other


def test_a_request_changed_anywhere_after_it_was_signed_is_refused(
    request: pytest.FixtureRequest, system: CarrierSystem
) -> None:
    """n of n; nothing of them is kept: the request as it was signed is taken afterwards."""
    signed = system.request()
    chance = random.Random(1)
    every = [
        (path, how)
        for path in places(signed)
        if path[-1] not in NOT_SIGNED or path[0] != "eBLVisualisationByCarrier"
        for how in ("changed", "left out", "another kind")
        if (path, how)
        != (("eBLVisualisationByCarrier",), "changed")  # a field that nobody knows, beside what is signed
    ]
    chosen = [(path, how) for path, how in every if len(path) <= 2 and path[0] != "document"]
    chosen += chance.sample(every, min(MOST, len(every)))
    refused = 0
    for path, how in chosen:
        answer = system.put(mutated(signed, path, how))
        assert answer.status_code in {400, 403}, (path, how, answer.text)
        refused += 1
    assert refused == len(chosen) > 60
    say(request.config, f"{refused} of {len(chosen)} changed requests refused")
    assert system.put(signed).status_code == 204


CHANGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no document": lambda request: {k: v for k, v in request.items() if k != "document"},
    "a document that is none": lambda request: request | {"document": []},
    "no reference": lambda request: request | {"document": {}},
    "a long reference": lambda request: request | {"document": {"transportDocumentReference": "A" * 21}},
    "no codes": lambda request: request | {"issueTo": request["issueTo"] | {"identifyingCodes": []}},
    "a recipient under a name of our own": lambda request: (
        {k: v for k, v in request.items() if k != "issueTo"} | {"issue_to": request["issueTo"]}
    ),
    "no manifest": lambda request: request | {"issuanceManifestSignedContent": ""},
    "alg none": lambda request: request | {"issuanceManifestSignedContent": "eyJhbGciOiJub25lIn0.e30.AA"},
    "a picture that is no base64": lambda request: (
        request | {"eBLVisualisationByCarrier": {"name": "a", "content": "?"}}
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_malformed_request_is_told_what_is_wrong(system: CarrierSystem, change: str) -> None:
    answer = system.put(CHANGES[change](system.request()))
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["errorCodeText"]
    assert answer.json()["httpMethod"] == "PUT"
    assert answer.json()["requestUri"] == PATH


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("documentParties.issuingParty", GONE),
        ("documentParties.shipper", GONE),
        ("transports", GONE),
        ("isToOrder", "true"),
        ("cargoMovementTypeAtOrigin", 1),
        ("transportDocumentTypeCode", "AWB"),
        ("consignmentItems[0].cargoItems", []),
    ],
)
def test_a_document_that_breaks_the_definition_is_refused_at_once_by_field(
    platform: CarrierHouse, system: CarrierSystem, path: str, change: Any
) -> None:
    """BREQ is for what the definition allows and a rule refuses."""
    document = copy.deepcopy(dict(platform.bill().document))
    put(document, path, change)
    request = system.request(whole=document)
    answer = system.put(request)
    assert answer.status_code == 400, answer.text
    (error,) = answer.json()["errors"]
    assert error["jsonPath"] == f"$.document.{path}"
    assert error["property"] == path.rpartition(".")[2]
    platform.mine(3)
    assert system.told(str(document["transportDocumentReference"])) == []


def test_a_request_signed_by_another_key_is_refused(platform: CarrierHouse, system: CarrierSystem) -> None:
    own, system.signer = system.signer, self_signed("Halcyon Meridian Lines")
    try:
        answer = system.put(system.request())
    finally:
        system.signer = own
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["errorCodeText"] == "SignatureNotCarriers"


def test_every_fault_of_http_is_answered_in_dcsas_form(platform: CarrierHouse, system: CarrierSystem) -> None:
    http, body = platform.http, json.dumps(system.request())
    of_a_bank = platform.key_of(platform.chain.bank.address, "platform")
    json_headers = system.headers | {"Content-Type": "application/json"}
    asked: list[tuple[int, Any]] = [
        (401, http.put(PATH, content=body, headers={"Content-Type": "application/json"})),
        (401, http.put(PATH, content=body, headers=json_headers | {"Authorization": "Bearer nothing"})),
        (403, http.put(PATH, content=body, headers=json_headers | platform.key_of(system.account, "read"))),
        (
            403,
            http.put(PATH, content=body, headers=json_headers | of_a_bank),
        ),
        (404, http.put("/v3/ebl-unheard-of", content=body, headers=json_headers)),
        (405, http.get(PATH, headers=system.headers)),
        (405, http.request("OPTIONS", PATH, headers=system.headers)),
        (415, http.put(PATH, content=body, headers=system.headers | {"Content-Type": "text/plain"})),
        (400, http.put(PATH, content=b"{", headers=json_headers)),
        (400, http.put(PATH, content=b'{"a":1,"a":2}', headers=json_headers)),
        (400, http.put(PATH, content=b"[" * 1000, headers=json_headers)),
        (400, http.put(PATH, content=body, headers=json_headers | {"API-Version": "4.0.0"})),
        (413, http.put(PATH, content=b" " * 40_000_000, headers=json_headers)),
    ]
    for status, answer in asked:
        assert answer.status_code == status, answer.text
        checked(answer, ISSUANCE)
    assert asked[0][1].headers["WWW-Authenticate"] == "Bearer"


def test_an_answer_to_no_surrender_is_a_conflict(system: CarrierSystem) -> None:
    for reference in ("Z12345", "0" * 32):
        assert system.answer(reference, "SURR").status_code == 409
    for body in ({"action": "SURR"}, {"surrenderRequestReference": "Z", "action": "VOID"}, [], {}):
        answer = system.call("POST", "/v3/ebl-surrender-responses", body, SURRENDER)
        assert answer.status_code == 400, answer.text


def test_the_version_may_be_named(system: CarrierSystem) -> None:
    headers, system.headers = system.headers, system.headers | {"API-Version": "3"}
    try:
        assert system.answer("Z12345", "SURR").status_code == 409
    finally:
        system.headers = headers

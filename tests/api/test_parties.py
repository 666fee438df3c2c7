"""Parties, and the registrar's desk."""

import httpx

from ebl_service.domain.terms import checksummed
from ebl_service.wallet.key import PartyKey
from tests.house import OPERATOR, TOKEN, House, fresh_digest, signature
from tests.local_chain import LocalChain, Person

DESK = {"Authorization": f"Bearer {TOKEN}"}


def newcomer() -> Person:
    return Person("newcomer", PartyKey.random())


def join(house: House, somebody: Person, roles: list[str]) -> dict[str, object]:
    told = house.prepare(verb="Join", account=somebody.address, roles=roles, identityDigest=fresh_digest())
    assert checksummed(somebody.address) in told["sentence"]
    return {"typedData": told["typedData"], "signature": signature(somebody, told["typedData"])}


def test_a_party_joins_by_its_own_signature_and_the_registrars_call(house: House) -> None:
    somebody = newcomer()
    answer = house.post("/v1/parties", join(house, somebody, ["CARRIER", "TERMINAL"]), **DESK)
    assert answer.status_code == 201
    house.await_party(somebody)
    party = house.get(f"/v1/parties/{somebody.address}").json()
    assert party["account"] == checksummed(somebody.address)
    assert party["roles"] == ["CARRIER", "TERMINAL"]
    assert not party["isSuspended"]


def test_a_join_with_another_keys_signature_is_refused(house: House) -> None:
    body = join(house, newcomer(), [])
    body["signature"] = signature(newcomer(), body["typedData"])  # type: ignore[arg-type]
    answer = house.post("/v1/parties", body, **DESK)
    assert (answer.status_code, answer.json()["rule"]) == (409, "InvalidSignature")


def test_nobody_joins_twice(house: House, cast: LocalChain) -> None:
    answer = house.post("/v1/parties", join(house, cast.bank, []), **DESK)
    assert (answer.status_code, answer.json()["rule"]) == (409, "AlreadyRegistered")


def test_a_suspended_party_receives_nothing_until_it_is_reinstated(house: House) -> None:
    somebody = newcomer()
    house.post("/v1/parties", join(house, somebody, []), **DESK)
    house.await_party(somebody)
    path = f"/v1/parties/{somebody.address}"
    assert house.post(f"{path}/suspend", **DESK).status_code == 200
    house.eventually(lambda: house.get(path).json()["isSuspended"])
    title_id = house.issue()
    shipper = house.chain.shipper
    refused = house.submit(house.sign(shipper, verb="Transfer", titleId=title_id, to=somebody.address))
    assert refused.json()["rule"] == "RecipientSuspended"
    assert house.post(f"{path}/suspend", **DESK).json()["rule"] == "AlreadySuspended"
    assert house.post(f"{path}/reinstate", **DESK).status_code == 200
    house.eventually(lambda: not house.get(path).json()["isSuspended"])
    house.act(shipper, "Transfer", titleId=title_id, to=somebody.address)


def test_roles_are_granted_and_withdrawn(house: House) -> None:
    somebody = newcomer()
    house.post("/v1/parties", join(house, somebody, []), **DESK)
    house.await_party(somebody)
    path = f"/v1/parties/{somebody.address}"
    assert house.post(f"{path}/grant-role", {"roles": ["INSURER", "CUSTOMS"]}, **DESK).status_code == 200
    house.eventually(lambda: house.get(path).json()["roles"] == ["INSURER", "CUSTOMS"])
    assert house.post(f"{path}/withdraw-role", {"roles": ["INSURER"]}, **DESK).status_code == 200
    house.eventually(lambda: house.get(path).json()["roles"] == ["CUSTOMS"])


def test_parties_are_listed_in_the_order_of_joining(house: House) -> None:
    first = house.get("/v1/parties", by=OPERATOR, limit=3).json()
    assert [party["number"] for party in first["parties"]] == [1, 2, 3]
    second = house.get("/v1/parties", by=OPERATOR, limit=3, after=first["nextCursor"]).json()
    assert [party["number"] for party in second["parties"]] == [4, 5, 6]


def test_a_party_is_found_by_a_code_to_the_letter_by_who_signed_in(house: House, cast: LocalChain) -> None:
    named = {"legalName": "Pelican Straits Bank", "identifyingCodes": [codes("GLEIF", "EBLX00PELICANSTRSG41")]}
    path = f"/v1/parties/{cast.other_bank.address}/profile"
    assert house.http.put(path, json=named, headers=house.bearing(OPERATOR)).status_code == 200

    def found(provider: str, code: str, by: str | None = "shipper") -> httpx.Response:
        return house.get("/v1/parties/by-code", by=by, provider=provider, code=code)

    answer = found("GLEIF", "EBLX00PELICANSTRSG41")
    assert answer.json() == {
        "account": checksummed(cast.other_bank.address),
        "legalName": "Pelican Straits Bank",
        "roles": [],
        "isSuspended": False,
    }
    for provider, code in (
        ("GLEIF", "EBLX00PELICANSTRSG4"),
        ("GLEIF", "eblx00pelicanstrsg41"),
        ("GLEIF", "%"),
        ("SMDG", "EBLX00PELICANSTRSG41"),
    ):
        assert found(provider, code).status_code == 404
    assert found("GLEIF", "EBLX00PELICANSTRSG41", by=None).status_code == 401
    assert found("GLEIF", "\x00").status_code == 400


def codes(provider: str, code: str) -> dict[str, str]:
    return {"codeListProvider": provider, "partyCode": code}

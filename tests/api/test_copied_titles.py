"""Every route of the API, walked by parties whose titles and certificates copy all that is public of another's.

What opens a document, a record, terms of sale, an insurance document or a key goes through the vault: that nothing of
the victim's is opened there is watched while the walk goes on, and that no answer says a word of it. A route that is
new is walked by itself, but for its body: without a row in `SENT` it fails here.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ebl_service.chain.artifacts import artifact
from ebl_service.domain.terms import NOBODY, Digest, Mode, Purpose, Role, certificate_id_of, title_id_of
from ebl_service.vault.envelope import OwnersKey, Vault
from tests.api import test_access
from tests.api.test_cover import COVER, declare, document
from tests.api.test_documents import PLAYS, RECORD, SAMPLES, bill, send
from tests.house import OPERATOR, House, fresh_digest, signature
from tests.local_chain import LocalChain

NUMBER, INSURED = "VICTIMS-NUMBER-1", "VICTIMS-COVER-1"
ATTACKERS = ("other_carrier", "forwarder", "rogue_insurer")
"""Carrier and first holder of the copied titles; insurer of the copied certificates, which names the second."""
Scene = dict[str, Any]


@pytest.fixture(scope="module")
def victim(house: House, cast: LocalChain) -> Scene:
    """A bill that is insured, its sale stated, each in a final block."""
    for name in {*PLAYS.values(), "insurer", "other_carrier"}:
        body = {"legalName": name, "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": name}]}
        path = f"/v1/parties/{cast.people[name].address}/profile"
        assert house.http.put(path, json=body, headers=house.bearing(OPERATOR)).status_code == 200
    house.await_party(cast.insurer)
    drawn = bill(house, NUMBER, "to-order-of-bank-shanghai-singapore")
    [kept] = send(house, drawn.sent).json()["results"]
    house.submit_signed(cast.carrier, kept["act"]["typedData"])
    title_id, until = kept["document"]["titleId"], cast.time() + 86_400
    grant = {"to": cast.insurer.address, "expiresAt": until}
    assert house.post(f"/v1/titles/{title_id}/grants", grant, by=cast.shipper).status_code == 201
    said = document(house, title_id, drawn.document, documentReference=INSURED)
    answer = declare(house, said, title_id)
    assert answer.status_code == 201, answer.text
    [result] = answer.json()["results"]
    house.submit_signed(cast.insurer, result["act"]["typedData"])
    state_terms(house, cast, title_id, until)
    title = house.get(f"/v1/titles/{title_id}").json()
    certificate = house.get(f"/v1/certificates/{result['document']['certificateId']}", by="insurer").json()
    return {"title": title, "certificate": certificate, "words": words_of(drawn.document, said)}


def state_terms(house: House, cast: LocalChain, title_id: str, until: int) -> None:
    terms = json.loads((SAMPLES / "insurance" / f"{COVER}.sale.json").read_bytes())
    path = f"/v1/titles/{title_id}/terms-of-sale"
    asked = {"terms": terms, "deadline": min(until, cast.time() + 3600)}
    data = house.post(f"{path}/typed-data", asked, by=cast.shipper).json()["typedData"]
    given = asked | {"signer": cast.shipper.address, "signature": signature(cast.shipper, data)}
    answer = house.http.put(path, json=given, headers=house.bearing(cast.shipper))
    assert answer.status_code in {200, 201}, answer.text


def words_of(drawn: Any, said: dict[str, Any]) -> list[str]:
    """What would give the victim away: its numbers and its ship."""
    return [NUMBER, INSURED, said["insurer"]["partyName"], str(drawn["transports"]["vesselVoyages"][0]["vesselName"])]


@pytest.fixture(scope="module")
def copies(house: House, cast: LocalChain, victim: Scene) -> Scene:
    """Titles and certificates with all that is public of the victim's, sent without the service."""
    rogue = cast.join("rogue_insurer", Role.INSURER)
    cast.rpc("anvil_mine", "0x2")
    house.await_party(rogue)
    original = victim["title"]
    digests = (original["referenceDigest"], original["commitment"])
    live = issued(cast, *digests)
    paper = ended(cast, issued(cast, fresh_digest(), original["commitment"]), Purpose.PAPER)
    number = fresh_digest()
    old = ended(cast, issued(cast, number, original["commitment"]), Purpose.AMENDMENT)
    new = (NOBODY, True, 1, number, original["commitment"])
    by_call(cast, "other_carrier", "titles", "replace", [old], [3], [new])
    replaced = title_id_of(cast.other_carrier.address, Digest(number), 1)
    insured = [copied_certificate(cast, victim, title_id) for title_id in (original["id"], live)]
    cast.rpc("anvil_mine", "0x3")
    house.eventually(lambda: house.get(f"/v1/certificates/{insured[-1]}", by=rogue).status_code == 200)
    return {"titles": [live, paper, old, replaced], "certificates": insured}


def by_call(cast: LocalChain, who: str, contract: str, function: str, *arguments: Any) -> None:
    """An act by its actor's own call."""
    address, name = {
        "titles": (cast.title_registry, "TitleRegistry"),
        "insurance": (cast.cargo_insurance, "CargoInsurance"),
    }[contract]
    made = cast.web3.eth.contract(cast.web3.to_checksum_address(address), abi=artifact(name).abi)
    data = made.encode_abi(function, args=[checked(cast, each) for each in arguments])
    receipt = cast.transact(cast.people[who].address, address, bytes.fromhex(data[2:]))
    assert receipt["status"] == "0x1", (function, receipt)


def checked(cast: LocalChain, argument: Any) -> Any:
    """As web3 wants it: addresses with their checksums."""
    if isinstance(argument, list | tuple):
        return type(argument)(checked(cast, each) for each in argument)
    is_address = isinstance(argument, str) and len(argument) == 42
    return cast.web3.to_checksum_address(argument) if is_address else argument


def issued(cast: LocalChain, number: str, commitment: str) -> str:
    holder = cast.forwarder.address
    by_call(cast, "other_carrier", "titles", "issue", holder, NOBODY, True, number, commitment)
    return title_id_of(cast.other_carrier.address, Digest(number))


def ended(cast: LocalChain, title_id: str, purpose: Purpose) -> str:
    by_call(cast, "forwarder", "titles", "requestSurrender", title_id, 1, int(purpose), "0x" + "00" * 32)
    by_call(cast, "other_carrier", "titles", "acceptSurrender", title_id, 2)
    return title_id


def copied_certificate(cast: LocalChain, victim: Scene, title_id: str) -> str:
    number = fresh_digest() if title_id == victim["title"]["id"] else victim["certificate"]["referenceDigest"]
    begins, commitment = [cast.time() + 86_400] * 3, victim["certificate"]["commitment"]
    named = cast.forwarder.address
    arguments = (title_id, int(Mode.NONE), named, *begins, number, commitment)
    by_call(cast, "rogue_insurer", "insurance", "issueCertificate", *arguments)
    return certificate_id_of(cast.rogue_insurer.address, Digest(number))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose keys the vault opens, meanwhile."""
    owners: list[str] = []
    really = Vault.open_key

    async def noting(self: Vault, owner: str, wrapped: Any) -> OwnersKey:
        owners.append(owner)
        return await really(self, owner, wrapped)

    monkeypatch.setattr(Vault, "open_key", noting)
    return owners


# The walk


def drafted(house: House, _: LocalChain, scene: Scene) -> Any:
    """A document in the place of a title that copies."""
    given = {"document": bill(house, "ROGUES-1").document, **RECORD}
    return {"documents": [given], "replaces": [scene["title_id"]], "dryRun": True}


def declared(house: House, _: LocalChain, scene: Scene) -> Any:
    said = document(house, scene["title_id"], bill(house, "ROGUES-1").document)
    return {"documents": [{"document": said, "titleId": scene["title_id"], **RECORD}], "dryRun": True}


def copied_again(house: House, cast: LocalChain, scene: Scene) -> Any:
    """The copy once more, by the service this time."""
    number = fresh_digest()
    asked = {
        "verb": "Issue",
        "carrier": cast.other_carrier.address,
        "holder": cast.forwarder.address,
        "isToOrder": True,
        "referenceDigest": number,
        "commitment": scene["commitment"],
    }
    return {"acts": [house.sign(cast.other_carrier, **asked)]}


def guessed(_: House, __: LocalChain, scene: Scene) -> Any:
    opening = {"titleId": scene["title_id"], "salt": fresh_digest(), "record": "{}"}
    return {"file": "e30=", "opening": opening}


def as_in_the_table(path: str) -> Callable[[House, LocalChain, Scene], Any]:
    return lambda house, cast, scene: test_access.body(house, cast, scene, path)


def nothing(*_: Any) -> Any:
    return {}


OF_TABLE = (
    "/v1/typed-data",
    "/v1/titles/{title_id}/terms-of-sale/typed-data",
    "/v1/titles/{title_id}/terms-of-sale",
    "/v1/certificates/{certificate_id}/waivers",
    "/v1/titles/{title_id}/grants",
    "/v1/api-keys",
    "/v1/sign-in",
    "/v1/sign-in/challenges",
    "/v1/parties/{account}/grant-role",
    "/v1/parties/{account}/withdraw-role",
    "/v1/parties/{account}/profile",
    "/v1/parties/{account}/custody",
)
SENT: dict[str, Callable[[House, LocalChain, Scene], Any]] = {
    "/v1/documents": drafted,
    "/v1/insurance-documents": declared,
    "/v1/submissions": copied_again,
    "/v1/verifications": guessed,
    **{path: as_in_the_table(path) for path in OF_TABLE},
    # What these take is about parties, keys, sessions and callbacks by their own ids: no title or certificate.
    "/v1/api-keys/{key_id}/revoke": nothing,
    "/v1/grants/{grant_id}/revoke": nothing,
    "/v1/parties": nothing,
    "/v1/parties/{account}/suspend": nothing,
    "/v1/parties/{account}/reinstate": nothing,
    "/v1/parties/{account}/signing-certificates": nothing,
    "/v1/parties/{account}/signing-certificates/{fingerprint}/revoke": nothing,
    "/v1/onboarding": nothing,
    "/v1/callbacks/{callback_id}/redeliver": nothing,
    # By a carrier's own requests: `tests/services/test_copied_commitments.py` plays them.
    "/v3/ebl-issuance-requests": nothing,
    "/v3/ebl-surrender-responses": nothing,
}
ENDS_THE_SESSION = "/v1/sign-out"
ROUTES = sorted(test_access.routes())


def test_every_route_that_is_sent_something_has_its_row() -> None:
    sending = {path for method, path in ROUTES if method not in {"GET", "DELETE"}}
    assert sending == SENT.keys() | {ENDS_THE_SESSION}


def test_the_walk_would_notice(house: House, victim: Scene, opened: list[str]) -> None:
    """The victim itself opens its document, and its words are told."""
    answer = house.get(f"/v1/titles/{victim['title']['id']}/document")
    assert victim["title"]["id"] in "".join(opened)
    cover = house.get(f"/v1/certificates/{victim['certificate']['id']}/document", by="insurer")
    assert all(word in answer.text + cover.text for word in victim["words"])


@pytest.mark.parametrize("who", ATTACKERS)
@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[1] != ENDS_THE_SESSION])
def test_a_title_that_copies_opens_nothing(
    house: House, cast: LocalChain, victim: Scene, copies: Scene, opened: list[str], method: str, path: str, who: str
) -> None:
    ids = {"title_id": copies["titles"], "certificate_id": copies["certificates"]}
    name = next((name for name in ids if f"{{{name}}}" in path), None)
    everything = [{name: each} for each in ids[name]] if name else [{"title_id": each} for each in copies["titles"]]
    for values in everything:
        answer = walked(house, cast, victim, method, path, who, values)
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        assert not [word for word in victim["words"] if word in answer.text and word not in str(answer.url)]
    secret = (victim["title"]["commitment"], victim["certificate"]["commitment"], victim["title"]["id"])
    assert not [owner for owner in opened if any(each in owner for each in secret)]


def walked(
    house: House, cast: LocalChain, victim: Scene, method: str, path: str, who: str, values: dict[str, str]
) -> Any:
    scene = {"until": cast.time() + 3_600, "commitment": victim["title"]["commitment"], "title_id": "", **values}
    filled = {
        "title_id": "",
        "certificate_id": "",
        "submission_id": fresh_digest(),
        "account": cast.people[who].address,
        "key_id": "0" * 16,
        "fingerprint": "0" * 64,
        "callback_id": "0" * 32,
        "grant_id": "1",
        "transportDocumentReference": NUMBER,
        **values,
    }
    query = {
        "/v1/titles/{title_id}/allowed-acts": {"party": cast.people[who].address},
        "/v1/certificates/{certificate_id}/allowed-acts": {"party": cast.people[who].address},
        "/v1/events": {"follow": "false"},
        "/v1/parties/by-code": {"provider": "ZZZ", "code": "carrier"},
    }.get(path, {})
    sent = SENT.get(path, nothing)(house, cast, scene) if method not in {"GET", "DELETE"} else None
    where = path.format(**filled)
    return house.http.request(method, where, json=sent, params=query, headers=house.bearing(cast.people[who]))

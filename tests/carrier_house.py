"""A whole house that serves carriers, and a carrier's own system: it asks, is called back, and answers as told.

house.system           CarrierSystem of the carrier onboarded, with custody
system.put(bill)       PUT /v3/ebl-issuance-requests, signed by its certificate
system.await_issued()  …
"""

import json
import time
from base64 import b64encode
from copy import deepcopy
from pathlib import Path
from typing import Any, Self

import httpx
import jsonschema

from ebl_service.domain.custody import VERBS
from ebl_service.domain.issuance_manifest import issuance_manifest
from tests.authority import Authority, Signer
from tests.dcsa_definitions import CHAINS, ISSUANCE, SURRENDER, require_valid
from tests.house import TOKEN, House
from tests.local_chain import Person
from tests.receiver import Call, Receiver, Reply
from voyage.documents import Bill, bills

OPERATOR = {"Authorization": f"Bearer {TOKEN}"}
SAMPLES = Path("samples")
TO_ORDER = SAMPLES / "to-order-of-shipper-shanghai-rotterdam.json"
STRAIGHT = SAMPLES / "straight-shanghai-singapore.json"
RESPONSES, REQUESTS = "/v3/ebl-issuance-responses", "/v3/ebl-surrender-requests"
MESSAGES = {RESPONSES: (ISSUANCE, "IssuanceResponse"), REQUESTS: (SURRENDER, "SurrenderRequestDetails")}
PICTURE = b"%PDF-1.7 the carrier's own picture of the bill\n%%EOF\n"
PATIENCE = 30


class CarrierHouse(House):
    """The house with custody, callbacks to loopback, and roots for carriers' certificates."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.authority = Authority()
        self._numbers = 0

    def _settings(self) -> dict[str, str]:
        roots = self.folder / "roots.pem"
        roots.write_text(self.authority.root_pem)
        return super()._settings() | self.serving_carriers() | {"EBL_CARRIER_ROOTS_FILE": str(roots)}

    def __enter__(self) -> Self:
        super().__enter__()
        self.meet()
        return self

    def meet(self) -> None:
        """Shipper and consignee are named as samples name them."""
        parties = json.loads((SAMPLES / "parties.json").read_text())["parties"]
        self.named = {each["key"]: each for each in parties}
        self.onboard(self.chain.shipper, "shipper")
        self.onboard(self.chain.consignee, "consignee")

    def ask(self, method: str, path: str, body: Any = None, headers: Any = OPERATOR) -> httpx.Response:
        return self.http.request(method, path, json=body, headers=headers)

    def onboard(self, somebody: Person, name: str) -> None:
        """A party that is registered, named as samples name it."""
        given = self.particulars(name) | {"account": somebody.address, "roles": []}
        answer = self.ask("POST", "/v1/onboarding", given)
        assert answer.status_code == 201, answer.text

    def particulars(self, name: str) -> dict[str, Any]:
        party = self.named[name]
        return {"legalName": party["name"], "identifyingCodes": deepcopy(party["identifyingCodes"])}

    def key_of(self, account: str, *scopes: str) -> dict[str, str]:
        """The headers of a fresh API key of the party."""
        asked = {"name": "tests", "scopes": list(scopes), "days": 1, "account": account}
        answer = self.ask("POST", "/v1/api-keys", asked)
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['key']}"}

    def mine(self, blocks: int = 2) -> None:
        """Let blocks become final."""
        self.chain.rpc("anvil_mine", hex(blocks))

    def now(self) -> int:
        return max(self.chain.time(), int(time.time()))

    def bill(self, sample: Path = TO_ORDER) -> Bill:
        """A sample issued today, under a number that no test had before."""
        self._numbers += 1
        (bill,) = bills(sample)
        return bill.issued_on(self.now()).numbered(f"TEST{self._numbers:08d}")


class CarrierSystem(Receiver):
    """A carrier's own software: a real server with its own key. What it gets is held against the definitions."""

    def __init__(self, house: CarrierHouse, account: str | None = None) -> None:
        super().__init__()
        self.house = house
        self.signer: Signer = house.authority.signer("Halcyon Meridian Lines")
        self.account = account or ""
        self.invalid: list[str] = []

    def join(self, *, in_custody: bool = True) -> Self:
        """Onboarded, with a key for the platform's API; custody turned on by its own signature."""
        given = self.house.particulars("carrier") | {
            "roles": ["CARRIER"],
            "certificate": self.signer.chain,
            "callbackUrl": self.url,
            "governingLaw": "English law",
            "jurisdiction": "High Court of Justice, London",
        }
        given |= {"account": self.account} if self.account else {"custody": True}
        given["identifyingCodes"].append({"codeListProvider": "NMFTA", "partyCode": "ZQHM"})
        answer = self.house.ask("POST", "/v1/onboarding", given)
        assert answer.status_code == 201, answer.text
        self.account = answer.json()["account"]
        self.headers = self.house.key_of(self.account, "platform", "read")
        if in_custody:
            self.turn_custody_on()
        return self

    def turn_custody_on(self, **bounds: Any) -> httpx.Response:
        path = f"/v1/parties/{self.account}/custody"
        said = self.house.ask("GET", path, headers=self.headers).json()["example"]
        said |= {"verbs": list(VERBS), "actsADay": 1000, "expiresAt": self.house.now() + 86_400} | bounds
        return self.house.ask("POST", path, {"statement": self.signer.sign(said)}, self.headers)

    # Asking

    def request(self, bill: Bill | None = None, sample: Path = TO_ORDER, **changes: Any) -> dict[str, Any]:
        """An issuance request, signed as it stands. `whole`: a document of another shape in the place of the bill's."""
        document = (bill or self.house.bill(sample)).document | changes.pop("document", {})
        shipper = document["documentParties"]["shipper"]  # type: ignore[index]
        document = changes.pop("whole", document)
        issue_to = {
            "partyName": shipper["partyName"][:70],
            "sendToPlatform": "EBLL",
            "identifyingCodes": shipper["identifyingCodes"],
        } | changes.pop("issueTo", {})
        manifest = issuance_manifest(document, issue_to, PICTURE)
        said = {
            "document": document,
            "issueTo": issue_to,
            "eBLVisualisationByCarrier": {"name": "bill.pdf", "content": b64encode(PICTURE).decode()},
            "issuanceManifestSignedContent": self.signer.sign(manifest.payload),
        }
        return said | changes

    def put(self, request: dict[str, Any]) -> httpx.Response:
        """Ask for a bill."""
        return self.call("PUT", "/v3/ebl-issuance-requests", request, ISSUANCE)

    def answer(self, reference: str, action: str, comments: str | None = None) -> httpx.Response:
        """Answer a surrender request."""
        said = {"surrenderRequestReference": reference, "action": action}
        return self.call(
            "POST", "/v3/ebl-surrender-responses", said | ({"comments": comments} if comments else {}), SURRENDER
        )

    def chains(self, reference: str, headers: Any = None, **query: str) -> httpx.Response:
        answer = self.house.http.get(
            f"/endorsement-chains/{reference}", params=query, headers=self.headers if headers is None else headers
        )
        checked(answer, CHAINS)
        return answer

    def call(self, method: str, path: str, body: Any, definition: str) -> httpx.Response:
        answer = self.house.ask(method, path, body, self.headers)
        checked(answer, definition)
        return answer

    # Being called back

    def reply(self, call: Call) -> Reply:
        definition, schema = MESSAGES[call.path]
        try:
            require_valid(definition, schema, json.loads(call.body))
        except jsonschema.ValidationError as fault:
            self.invalid.append(f"{call.path}: {fault}")
        return super().reply(call)

    def told(self, reference: str, path: str = RESPONSES) -> list[dict[str, Any]]:
        """What came of this bill."""
        assert not self.invalid
        bodies = [json.loads(call.body) for call in list(self.received) if call.path == path]
        return [body for body in bodies if body["transportDocumentReference"] == reference]

    def await_told(self, reference: str, path: str = RESPONSES, count: int = 1) -> list[dict[str, Any]]:
        """The same, once so many came; blocks go on."""
        until = time.monotonic() + PATIENCE
        while len(self.told(reference, path)) < count:
            assert time.monotonic() < until, f"nothing came of {reference} at {path}: {self.received}"
            self.house.mine(1)
            with self._arrived:
                self._arrived.wait(0.05)
        return self.told(reference, path)

    def issued(self, sample: Path = TO_ORDER) -> str:
        """A bill that is issued and told so; its number."""
        request = self.request(sample=sample)
        answer = self.put(request)
        assert answer.status_code == 204, answer.text
        reference = str(request["document"]["transportDocumentReference"])
        assert [each["issuanceResponseCode"] for each in self.await_told(reference)] == ["ISSU"]
        return reference


def checked(answer: httpx.Response, definition: str) -> None:
    """Every answer carries the version and is what the definition says."""
    assert answer.headers["API-Version"] == "3.0.3"
    if answer.status_code == 204:
        assert not answer.content
    elif answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/json"
        said = answer.json()
        require_valid(definition, "ErrorResponse", said)
        assert said["statusCode"] == answer.status_code
    else:
        for each in answer.json():
            require_valid(definition, "EndorsementChain", each)

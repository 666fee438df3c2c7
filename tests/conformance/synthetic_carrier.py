"""A carrier that speaks as the synthetic carrier of DCSA's conformance program does, against the running service.

Facts taken over from the program (github.com/dcsaorg/Conformance-Gateway, ebl-issuance and ebl-surrender), none of its
code: which fields its documents have, that they are dated years ago, references with a dash, extra fields beside the
picture, PS256 under a certificate that leads to no root, an API key that it wants in a header, a path of its own before
DCSA's, rejections without comments, and an error (409) by which it answers a surrender request and yet accepts.
"""

import json
import threading
import uuid
from base64 import b64encode
from dataclasses import replace
from typing import Any, Self

import httpx

from ebl_service.domain.issuance_manifest import issuance_manifest
from tests.authority import RSA, self_signed
from tests.carrier_house import PICTURE, REQUESTS, CarrierHouse, CarrierSystem
from tests.dcsa_definitions import ISSUANCE, SURRENDER
from tests.receiver import Call, Reply

DATED = "2020-12-12"
API_KEY = ("Conformance-Api-Key", "key of the sandbox")
PREFIX = "/conformance/sandbox/api"
NOBODY = {"codeListProvider": "GLEIF", "partyCode": "EBLX00NOBODY00000001", "codeListName": "LEI"}
STRAIGHT, NEGOTIABLE, BLANK = "straight", "negotiable", "blank"


class SyntheticCarrier(CarrierSystem):
    """`action`: SURR or SREJ, as the scenario has it; `is_in_error`: it answers the surrender request with 409."""

    def __init__(self, house: CarrierHouse) -> None:
        super().__init__(house)
        self.signer = self_signed("Synthetic carrier", RSA)
        self.action = "SURR"
        self.is_in_error = False
        self.answers_given: dict[str, httpx.Response] = {}
        self._replying: list[threading.Thread] = []

    def join(self, *, in_custody: bool = True) -> Self:
        """Onboarded with its pinned certificate, its API key, and as much back-dating as its documents need."""
        given = self.house.particulars("carrier") | {
            "roles": ["CARRIER"],
            "custody": True,
            "certificate": self.signer.chain,
            "pinned": True,
            "callbackUrl": f"{self.url}{PREFIX}?sandbox=7",
            "callbackHeader": {"name": API_KEY[0], "value": API_KEY[1]},
            "governingLaw": "English law",
            "jurisdiction": "London",
            "backDatingDays": 3_650,
        }
        answer = self.house.ask("POST", "/v1/onboarding", given)
        assert answer.status_code == 201, answer.text
        self.account = answer.json()["account"]
        self.headers = self.house.key_of(self.account, "platform", "read") | {"API-Version": "3"}
        if in_custody:
            self.turn_custody_on()
        return self

    def issuance(
        self, kind: str, *, issue_to: dict[str, Any] | None = None, drop: str = "", **parties: Any
    ) -> dict[str, Any]:
        """A request as the program's carrier makes it. `drop`: a party of the document that is left out."""
        document = self._document(kind, parties)
        document["documentParties"].pop(drop, None)
        to = {"sendToPlatform": "EBLL", **self._named("shipper")} | (issue_to or {})
        manifest = issuance_manifest(document, to, PICTURE)
        return {
            "document": document,
            "issueTo": to,
            "eBLVisualisationByCarrier": {
                "name": "picture",
                "content": b64encode(PICTURE).decode(),
                "mediatype": "application/octet-stream",
            },
            "issuanceManifestSignedContent": self.signer.sign(manifest.payload, "PS256"),
        }

    def reply(self, call: Call) -> Reply:
        """204, and to a surrender request an answer at the same time."""
        assert call.headers[API_KEY[0].lower()] == API_KEY[1]
        path, _, query = call.path.removeprefix(PREFIX).partition("?")
        assert (call.path.startswith(PREFIX), query) == (True, "sandbox=7")
        super().reply(replace(call, path=path))
        if path != REQUESTS:
            return Reply(204, headers={"Api-Version": "3.0.0"})
        reference = json.loads(call.body)["surrenderRequestReference"]
        replying = threading.Thread(target=self._answer, args=(reference,))
        replying.start()
        self._replying.append(replying)
        return Reply(409, self._error(), {"Api-Version": "3.0.0"}) if self.is_in_error else Reply(204)

    def answer_given(self, reference: str) -> httpx.Response:
        """What the platform said to the answer."""
        self.house.eventually(lambda: reference in self.answers_given)
        for each in self._replying:
            each.join()
        return self.answers_given[reference]

    def _answer(self, reference: str) -> None:
        said = {"surrenderRequestReference": reference, "action": self.action}
        self.answers_given[reference] = self.call("POST", "/v3/ebl-surrender-responses", said, SURRENDER)

    def _error(self) -> bytes:
        fault = {"errorCode": 7003, "errorCodeText": "invalidData", "errorCodeMessage": "not available"}
        said = {"httpMethod": "POST", "requestUri": REQUESTS, "statusCode": 409, "statusCodeText": "Conflict"}
        return json.dumps(said | {"errorDateTime": "2026-01-30T12:00:00Z", "errors": [fault]}).encode()

    def put(self, request: dict[str, Any]) -> httpx.Response:
        return self.call("PUT", "/v3/ebl-issuance-requests", request, ISSUANCE)

    def _named(self, party: str) -> dict[str, Any]:
        known = self.house.particulars(party)
        code = {**known["identifyingCodes"][0], "codeListName": "as agreed"}
        return {"partyName": known["legalName"][:70].strip(), "identifyingCodes": [code]}

    def _document(self, kind: str, parties: dict[str, Any]) -> dict[str, Any]:
        place = {"locationName": "Hamburg", "UNLocationCode": "DEHAM"}
        contact = {"name": "Documentation desk", "phone": "+49 40 0000"}
        address = {"street": "Kai", "city": "Hamburg", "countryCode": "DE"}
        named = {
            "shipper": self._named("shipper"),
            "issuingParty": self._named("carrier") | {"address": address},
            "notifyParties": [{"partyName": "Forwarder", "partyContactDetails": [contact], "address": address}],
            "other": [{"party": {"partyName": "Stuffer", "address": address}, "partyFunction": "SCO"}],
        }
        other = self._named("consignee" if kind == STRAIGHT else "shipper")
        named |= {} if kind == BLANK else {"consignee" if kind == STRAIGHT else "endorsee": other}
        return _FIXED | {
            "transportDocumentReference": str(uuid.uuid4())[20:],
            "shippingInstructionsReference": str(uuid.uuid4()),
            "isToOrder": kind != STRAIGHT,
            "partyContactDetails": [contact, contact],
            "documentParties": named | parties,
            "transports": {
                "plannedArrivalDate": "2024-06-07",
                "plannedDepartureDate": "2024-06-03",
                "preCarriageBy": "RAIL",
                "onCarriageBy": "TRUCK",
                "vesselVoyages": [{"vesselName": "Meridian", "carrierExportVoyageNumber": "2103S"}],
                **dict.fromkeys(("placeOfReceipt", "portOfLoading", "portOfDischarge", "placeOfDelivery"), place),
            },
        }


_FIXED: dict[str, Any] = {
    "transportDocumentStatus": "ISSUED",
    "transportDocumentTypeCode": "BOL",
    "isShippedOnBoardType": True,
    "shippedOnBoardDate": DATED,
    "issueDate": DATED,
    "freightPaymentTermCode": "PRE",
    "isElectronic": True,
    "displayedNameForPortOfLoad": ["Hamburg"],
    "termsAndConditions": "As in the carrier's tariff",
    "receiptTypeAtOrigin": "CY",
    "deliveryTypeAtDestination": "CY",
    "cargoMovementTypeAtOrigin": "FCL",
    "cargoMovementTypeAtDestination": "FCL",
    "declaredValue": 1231.1,
    "declaredValueCurrency": "DKK",
    "carrierCode": "ZQHM",
    "carrierCodeListProvider": "NMFTA",
    "numberOfRiderPages": 2,
    "placeOfIssue": {"locationName": "Hamburg", "UNLocationCode": "DEHAM"},
    "invoicePayableAt": {"UNLocationCode": "DEHAM"},
    "consignmentItems": [
        {
            "carrierBookingReference": "b",
            "descriptionOfGoods": ["Shoes"],
            "HSCodes": ["640510"],
            "cargoItems": [
                {
                    "equipmentReference": "NARU3472484",
                    "cargoGrossWeight": {"value": 12000, "unit": "KGM"},
                    "outerPackaging": {"numberOfPackages": 400, "packageCode": "4G", "description": "Boxes"},
                }
            ],
        }
    ],
    "utilizedTransportEquipments": [
        {
            "equipment": {"equipmentReference": "NARU3472484", "ISOEquipmentCode": "22G1"},
            "isShipperOwned": False,
            "seals": [{"number": "S1"}],
        }
    ],
}

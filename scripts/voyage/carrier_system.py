"""A carrier's own software: it speaks DCSA's API with the platform, signs with its X.509 key, and is called back.

system = await CarrierSystem.started(clerk)    a real HTTP server on loopback
await system.joined(member, in_custody=…)      onboarded; in custody, or signing with its own key
await system.ask(bill)                         PUT /v3/ebl-issuance-requests
await system.told(RESPONSES, reference)        the next callback about this bill
await system.answer(request, accepts=True)     POST /v3/ebl-surrender-responses
await system.sign_waiting()                    what a carrier without custody does then
"""

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from ebl_service.domain.custody import VERBS
from ebl_service.domain.issuance_manifest import issuance_manifest
from ebl_service.domain.terms import Address
from ebl_service.trust.signatures import sign_text
from voyage.cast import Member
from voyage.clerk import PATIENCE, Clerk, Json, Landed
from voyage.documents import Bill

RESPONSES, SURRENDERS = "/v3/ebl-issuance-responses", "/v3/ebl-surrender-requests"
LAW = {"governingLaw": "English law", "jurisdiction": "High Court of Justice, London"}
DAY = 86_400


class CarrierSystem:
    """One carrier's. `carrier`: the party that it is; `in_custody`: whether the platform signs for it."""

    carrier: Member
    in_custody: bool

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._inbox: defaultdict[tuple[str, str], asyncio.Queue[Json]] = defaultdict(asyncio.Queue)
        self._had: set[str] = set()
        self._headers: dict[str, str] = {}

    @classmethod
    async def started(cls, clerk: Clerk) -> "CarrierSystem":
        """A system that can be called back."""
        system = cls(clerk)
        server = web.Application()
        server.add_routes([web.post(path, system._called) for path in (RESPONSES, SURRENDERS)])
        system._runner = web.AppRunner(server, access_log=None)
        await system._runner.setup()
        await web.TCPSite(system._runner, "127.0.0.1", 0).start()
        return system

    async def close(self) -> None:
        """No more calls."""
        await self._runner.cleanup()

    async def joined(self, member: Member, *, in_custody: bool) -> Member:
        """Onboarded by the platform's operator; the party with its account. Raises: Refused."""
        host, port = self._runner.addresses[0][:2]
        codes = [{"codeListProvider": provider, "partyCode": code} for provider, code in sorted(member.codes)]
        given: Json = {
            "legalName": member.name,
            "roles": list(member.roles),
            "identifyingCodes": codes,
            "certificate": self._certificate(member.name),
            "pinned": True,
            "callbackUrl": f"http://{host}:{port}",
            **LAW,
        }
        how = {"custody": True} if in_custody else {"join": await self._clerk.join(member)}
        taken = await self._clerk.operate("/v1/onboarding", given | how)
        self.carrier, self.in_custody = replace(member, account=Address(taken["account"].lower())), in_custody
        key = await self._clerk.api_key(self.carrier, "platform", "read")
        self._headers = {"Authorization": f"Bearer {key}"}
        if in_custody:
            self._clerk.bear(self.carrier, key)
            await self._turn_custody_on()
        return self.carrier

    async def ask(self, bill: Bill, *, signed: Bill | None = None) -> None:
        """Ask for the bill. `signed`: what the manifest is made over, where it is another. Raises: Refused."""
        issue_to = _shipper(bill)
        manifest = issuance_manifest((signed or bill).document, issue_to, None)
        rest = {"issueTo": issue_to, "issuanceManifestSignedContent": self._sign(manifest.payload)}
        body = f'{{"document": {bill.sent}, {json.dumps(rest)[1:]}'
        await self._clerk.speak("PUT", "/v3/ebl-issuance-requests", body, self._headers)

    async def answer(self, request: Json, *, accepts: bool) -> None:
        """Answer a surrender request that was told. Raises: Refused."""
        said = {"surrenderRequestReference": request["surrenderRequestReference"]}
        said |= {"action": "SURR"} if accepts else {"action": "SREJ", "comments": "Freight is not paid"}
        await self._clerk.speak("POST", "/v3/ebl-surrender-responses", json.dumps(said), self._headers)

    async def told(self, path: str, reference: str) -> Json:
        """The next message about this bill at one of this system's paths. Raises: TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            return await self._inbox[path, reference].get()

    async def sign_waiting(self) -> list[Landed]:
        """Sign with the own key what the platform made ready, and have it carried; nothing to do in custody."""
        if self.in_custody:
            return []
        waiting = await self._clerk.get(self.carrier, "/v1/submissions", status="AWAITING_SIGNATURE")
        signed = [self._clerk.signed(self.carrier, each["typedData"]) for each in waiting["submissions"]]
        return [await self._clerk.submit(self.carrier, each) for each in signed]

    async def newest_title(self) -> Json:
        """Of the carrier's titles, the one that has changed last."""
        found = await self._clerk.get(self.carrier, "/v1/titles", carrier=self.carrier.address, limit=200)
        return dict(max(found["titles"], key=lambda title: (title["sinceBlock"], title["version"])))

    async def _called(self, request: web.Request) -> web.Response:
        """At least once is how callbacks come: what was had is had."""
        callback = request.headers["EBL-Callback-Id"]
        if callback not in self._had:
            self._had.add(callback)
            message = await request.json()
            self._inbox[request.path, message["transportDocumentReference"]].put_nowait(message)
        return web.Response(status=204)

    async def _turn_custody_on(self) -> None:
        path = f"/v1/parties/{self.carrier.address}/custody"
        said = (await self._clerk.get(self.carrier, path))["example"]
        said |= {"verbs": list(VERBS), "actsADay": 1_000, "expiresAt": int(time.time()) + DAY}
        await self._clerk.speak("POST", path, json.dumps({"statement": self._sign(said)}), self._headers)

    def _sign(self, payload: dict[str, Any]) -> str:
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return sign_text(payload, pem, "ES256")

    def _certificate(self, subject: str) -> str:
        """Self-signed, PEM: the demonstration's operator pins it."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self._key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _shipper(bill: Bill) -> Json:
    """To whom the bill goes, as a request names it."""
    document: Any = bill.document
    shipper = document["documentParties"]["shipper"]
    codes = shipper["identifyingCodes"]
    return {"partyName": shipper["partyName"][:70].strip(), "sendToPlatform": "EBLL", "identifyingCodes": codes}

"""The service as a party uses it: sign in, ask for typed data, sign with the own key, submit, wait for finality."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from ebl_service.domain.signed_act import SigningDomain, signing_digest
from ebl_service.domain.terms import Address
from voyage.cast import Member

Json = dict[str, Any]
PATIENCE = 30
"""Seconds until an act must be in a block."""


class Refused(Exception):
    """The service or the ledger refused: by which rule, and why."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(f"{rule}: {detail}")
        self.rule = rule
        self.detail = detail


@dataclass(frozen=True)
class Landed:
    """An act in a block, and what was signed."""

    submission: Json
    signed: Json


class Clerk:
    """The HTTP API."""

    def __init__(self, url: str, registrar_token: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(10, read=PATIENCE + 10))
        self._desk = {"Authorization": f"Bearer {registrar_token}"}
        self._sessions: dict[Address, dict[str, str]] = {}

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def get(self, by: Member, path: str, **query: Any) -> Json:
        """A GET's answer to a member. Raises: Refused."""
        return _answer(await self._http.get(path, params=query, headers=await self._bearing(by)))

    async def ask(self, by: Member, method: str, path: str, body: Json) -> Json:
        """A member's request with a body. Raises: Refused."""
        return _answer(await self._http.request(method, path, json=body, headers=await self._bearing(by)))

    async def register(self, member: Member) -> None:
        """Join: signed by the member, sent by the registrar's desk, and seen in the index. Raises: Refused."""
        await self.operate("/v1/parties", await self.join(member))

    async def join(self, member: Member) -> Json:
        """The member's signed wish to join. Raises: Refused."""
        asked = {"verb": "Join", "account": member.address, "roles": member.roles}
        prepared = await self._prepare({**asked, "identityDigest": member.identity_digest})
        return {"typedData": prepared["typedData"], "signature": _signature(member, prepared["typedData"])}

    async def operate(self, path: str, body: Json) -> Json:
        """A POST of the operator's. Raises: Refused."""
        return _answer(await self._http.post(path, json=body, headers=self._desk))

    async def api_key(self, member: Member, *scopes: str) -> str:
        """A key for a member's machines, which the operator makes. Raises: Refused."""
        asked = {"name": "demonstration", "scopes": scopes, "days": 1, "account": member.address}
        return str((await self.operate("/v1/api-keys", asked))["key"])

    def bear(self, member: Member, token: str) -> None:
        """Know a member by this token, instead of by signing in."""
        self._sessions[member.address] = {"Authorization": f"Bearer {token}"}

    async def speak(self, method: str, path: str, body: str, headers: dict[str, str]) -> None:
        """A machine's request, by DCSA's API too. Raises: Refused."""
        headers = {**headers, "Content-Type": "application/json"}
        response = await self._http.request(method, path, content=body.encode(), headers=headers)
        if response.is_error:
            _answer(response)

    async def await_party(self, member: Member) -> None:
        """Wait until the index knows the member. Raises: TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while True:
                response = await self._http.get(f"/v1/parties/{member.address}", headers=self._desk)
                if response.status_code != httpx.codes.NOT_FOUND:
                    _answer(response)
                    return
                await asyncio.sleep(0.05)

    async def name(self, member: Member) -> None:
        """Have the registrar's desk say how a member is called, so that documents find it. Raises: Refused."""
        codes = [{"codeListProvider": provider, "partyCode": code} for provider, code in sorted(member.codes)]
        body = {"legalName": member.name, "identifyingCodes": codes}
        path = f"/v1/parties/{member.address}/profile"
        _answer(await self._http.put(path, json=body, headers=self._desk))

    async def read(self, by: Member, path: str) -> httpx.Response:
        """What stands behind a title, read by a member. Raises: Refused."""
        response = await self._http.get(path, headers=await self._bearing(by))
        if response.is_error:
            _answer(response)
        return response

    async def until(self, read: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """What is read once it is not refused any more. Raises: Refused, after long enough."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return await read()
            except Refused:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.1)

    async def send_documents(self, carrier: Member, drafts: Sequence[tuple[str, Json]], **about: Any) -> Json:
        """A carrier's documents as text, each with particulars, to be kept; the acts. Raises: Refused."""
        told = [f'{{"document": {text}, {json.dumps(particulars)[1:]}' for text, particulars in drafts]
        body = f'{{"documents": [{", ".join(told)}], {json.dumps({"dryRun": False} | about)[1:]}'
        headers = {**await self._bearing(carrier), "Content-Type": "application/json"}
        return _answer(await self._http.post("/v1/documents", content=body.encode(), headers=headers))

    def signed(self, actor: Member, data: Json) -> Json:
        """An act that the service gave typed data of, signed, as /v1/submissions takes it."""
        return {"typedData": data, "signer": actor.address, "signature": _signature(actor, data)}

    async def sign(self, actor: Member, asked: Json) -> Json:
        """A signed act, as /v1/submissions takes it. Raises: Refused."""
        return self.signed(actor, (await self._prepare(asked, actor))["typedData"])

    async def submit(self, actor: Member, signed: Json) -> Landed:
        """Have a member's act carried, and wait until it is final: then others may read of it. Raises: Refused."""
        headers = await self._bearing(actor)
        answer = _answer(await self._http.post("/v1/submissions", json={"acts": [signed]}, headers=headers))
        submission = answer["submissions"][0]
        until = time.monotonic() + PATIENCE
        while submission["state"] in {"PREPARED", "SENT", "INCLUDED"}:
            if time.monotonic() > until:
                raise Refused("NotIncluded", f"not final in {PATIENCE} s: the act is {submission['state']}")
            submission = await self.get(actor, f"/v1/submissions/{submission['id']}", wait=5)
        if submission["refusal"]:
            raise Refused(submission["refusal"]["rule"], submission["refusal"]["detail"])
        return Landed(submission, signed)

    async def _prepare(self, asked: Json, by: Member | None = None) -> Json:
        headers = await self._bearing(by) if by else {}
        return _answer(await self._http.post("/v1/typed-data", json=asked, headers=headers))

    async def _bearing(self, member: Member) -> dict[str, str]:
        """The header by which a member is known; it signs in the first time."""
        if member.address not in self._sessions:
            asked = _answer(await self._http.post("/v1/sign-in/challenges", json={"account": member.address}))
            signature = "0x" + member.key.sign_text(asked["message"]).hex()
            given = {"message": asked["message"], "signature": signature}
            entered = _answer(await self._http.post("/v1/sign-in", json=given))
            self._sessions[member.address] = {"Authorization": f"Bearer {entered['token']}"}
        return self._sessions[member.address]


def _answer(response: httpx.Response) -> Json:
    told: Json = response.json()
    if response.is_error:
        rule, detail = (told["rule"], told["detail"]) if "rule" in told else _of_dcsa(told)
        raise Refused(rule, detail)
    return told


def _of_dcsa(told: Json) -> tuple[str, str]:
    first = told["errors"][0]
    return first["errorCodeText"], first["errorCodeMessage"]


def _signature(member: Member, data: Json) -> str:
    domain = data["domain"]
    where = SigningDomain(
        domain["name"], domain["chainId"], Address(domain["verifyingContract"].lower()), domain["version"]
    )
    return "0x" + member.key.sign_digest(signing_digest(where, data["primaryType"], data["message"])).hex()

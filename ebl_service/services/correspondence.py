"""What is exchanged with carriers, sealed at rest: callbacks on their way, and what a carrier says to a surrender.

Such a letter names the bill's number, its parties and what was wrong with its document, which are kept encrypted
elsewhere; a copy of the database must not tell them.

Rules kept here
- A carrier's letters are sealed under a key made of its secret, which the vault keeps wrapped: moving that to a new
  master key moves them too.
- What a letter is bound to (its receiver, subject and path, or its surrender request) stands beside it in clear; moved
  to another row it does not open (SealBroken).
"""

import hashlib
import hmac
import json
from dataclasses import replace

from ebl_service.domain.callback import Telling
from ebl_service.domain.receiver import CallbackHeader, ReceiverAddress
from ebl_service.domain.terms import Address
from ebl_service.services.key_keeping import KeyKeeping
from ebl_service.vault.envelope import SealingKey

_PURPOSE = b"ebl-ledger correspondence 1"


class Correspondence:
    """Seals and opens."""

    def __init__(self, keeping: KeyKeeping) -> None:
        self._keeping = keeping

    async def sealed(self, telling: Telling) -> Telling:
        """The same with its body as it may be stored."""
        key = await self._key(telling.account)
        return replace(telling, body=key.seal(_place(telling), telling.body))

    async def body(self, telling: Telling) -> bytes:
        """The words of a stored telling. Raises: SealBroken."""
        return (await self._key(telling.account)).open(_place(telling), telling.body)

    async def seal_comments(self, account: Address, request_id: str, comments: str) -> bytes:
        """What the carrier says to a surrender request, as it may be stored."""
        return (await self._key(account)).seal(f"comments to {request_id}", comments.encode())

    async def comments(self, account: Address, request_id: str, sealed: bytes) -> str:
        """The same, opened. Raises: SealBroken."""
        return (await self._key(account)).open(f"comments to {request_id}", sealed).decode()

    async def seal_header(self, account: Address, url: str, header: CallbackHeader) -> bytes:
        """A party's header for callbacks to this address, as it may be stored; for no other address does it open."""
        return await self.seal(account, _header_place(account, url), json.dumps([header.name, header.value]).encode())

    async def header(self, account: Address, at: ReceiverAddress) -> dict[str, str]:
        """The header to send to this address, where it has one. Raises: SealBroken."""
        if at.sealed_header is None:
            return {}
        content = await self.open(account, _header_place(account, at.url), at.sealed_header)
        header = CallbackHeader(*json.loads(content))
        return {header.name: header.value}

    async def seal(self, account: Address, place: str, content: bytes) -> bytes:
        """Something else that is said to a carrier or by it, as it may be stored. `place`: what it is bound to."""
        return (await self._key(account)).seal(place, content)

    async def open(self, account: Address, place: str, sealed: bytes) -> bytes:
        """The same, opened. Raises: SealBroken."""
        return (await self._key(account)).open(place, sealed)

    async def _key(self, account: Address) -> SealingKey:
        secret = await self._keeping.carrier_secret(account)
        return SealingKey(f"correspondence with {account}", hmac.digest(secret, _PURPOSE, hashlib.sha256))


def _header_place(account: Address, url: str) -> str:
    return f"header of callbacks to {account} at {url}"


def _place(telling: Telling) -> str:
    return f"telling of {telling.subject} at {telling.path}"

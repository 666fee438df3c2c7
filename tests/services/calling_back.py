"""What tests of callbacks share: delivery with a clock of the test's own, and a receiver's check of who called."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from ebl_service.domain.callback import CallbackState, Telling
from ebl_service.outgoing.addresses import Networks
from ebl_service.outgoing.client import Outgoing
from ebl_service.services.callbacks import LEASE, CallbackDelivery, CallbackPolicy
from ebl_service.services.changes import Changes
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.key_keeping import KeyKeeping
from ebl_service.services.policy import no_failpoint
from ebl_service.services.tenure import Tenure
from ebl_service.store.callbacks import Callbacks
from ebl_service.store.database import Database
from ebl_service.store.leases import Leases
from ebl_service.store.sealed_keys import SealedKeys
from ebl_service.trust.request_signature import RequestSigner
from ebl_service.vault.envelope import Vault
from ebl_service.vault.master_keys import FileMasterKeys
from tests.clerk import CARRIER
from tests.receiver import Call


class Desk:
    """Delivery with a clock of the test's own; another Desk on the same database is a restart."""

    def __init__(self, database: Database, folder: Path, now: int = 1_000, **changes: Any) -> None:
        self.now = now
        self.failpoint: Callable[[str], None] = no_failpoint
        self.callbacks = Callbacks(database)
        vault = Vault(FileMasterKeys(["test " + "7a" * 32]))
        self.correspondence = Correspondence(KeyKeeping(vault, SealedKeys(database)))
        self.signer = RequestSigner.of_file(folder / "callbacks.pem")
        self.tenure = Tenure(Leases(database, LEASE), changes.pop("lease_seconds", 0), lambda: self.now)
        networks = Networks(changes.pop("networks", ["127.0.0.0/8"]))
        self.delivery = CallbackDelivery(
            self.callbacks,
            self.tenure,
            self.correspondence,
            Outgoing(networks, timeout=changes.pop("timeout", 5.0)),
            self.signer,
            CallbackPolicy(**changes),
            Changes(),
            clock=lambda: self.now,
            failpoint=lambda name: self.failpoint(name),  # noqa: PLW0108 (the one of then)
            chance=lambda: 0.5,
        )

    async def tell(self, *words: str, subject: str = "title 1", account: Any = CARRIER) -> None:
        told = [Telling(account.address, subject, word, "/v3/x", json.dumps(word).encode()) for word in words]
        await self.callbacks.add([await self.correspondence.sealed(each) for each in told], self.now)

    async def work(self, steps: int = 20, seconds: int = 0) -> None:
        for _ in range(steps):
            await self.delivery.step()
            self.now += seconds

    async def states(self) -> list[CallbackState]:
        return [each.state for each in await self.callbacks.page(None, None, 0, 100)]


def words(calls: list[Call]) -> list[str]:
    return [json.loads(call.body) for call in calls]


def verify(public_pem: str, method: str, url: str, body: bytes, headers: dict[str, str]) -> None:
    """As a receiver does, by RFC 9421 alone."""
    digest = headers["content-digest"]
    assert b64decode(digest.removeprefix("sha-256=:").removesuffix(":")) == hashlib.sha256(body).digest()
    label, _, parameters = headers["signature-input"].partition("=")
    signature = b64decode(headers["signature"].removeprefix(f"{label}=:").removesuffix(":"))
    values = {"@method": method, "@target-uri": url} | headers
    names = [name.strip('"') for name in parameters[1 : parameters.index(")")].split()]
    base = "\n".join([*(f'"{name}": {values[name]}' for name in names), f'"@signature-params": {parameters}'])
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    key: Any = load_pem_public_key(public_pem.encode())
    key.verify(encode_dss_signature(r, s), base.encode(), ECDSA(SHA256()))

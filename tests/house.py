"""The whole house for tests: a local chain with its cast, and the service on it, answering on a loopback port.

    house.get("/v1/titles")                     httpx response; the carrier asks, having signed in
    house.get(path, by=chain.bank)              … the bank; by=None: nobody in particular; by=OPERATOR: with its token
    house.act(chain.carrier, "Issue", …)        asks, signs, submits, waits until that is final; the submission
    house.issue(holder=…, endorsee=…)           a title of the carrier's, its id
    house.chain                                 tests.local_chain.LocalChain: people, keys, raw JSON-RPC

The server runs in a thread of this process, so that what it runs counts as covered.
"""

import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn

from ebl_service.api import serving
from ebl_service.domain.signed_act import SigningDomain, signing_digest
from ebl_service.domain.terms import Address, Digest, digest
from tests.anvil import Anvil
from tests.local_chain import REGISTRAR_KEY, LocalChain, Person

TOKEN = "the registrar's token of the tests"
OPERATOR = "operator"
CARRIER = "carrier"
PATIENCE = 30
"""Seconds until a thing must have happened."""
Caller = Person | str | None
"""Who asks: a person, one of the cast by name, OPERATOR, or nobody."""
_numbers = itertools.count(1)


class House:
    """Chain and service; use as a context. `confirmations`: 0 for those who do not mine blocks to make acts final."""

    def __init__(self, folder: Path, confirmations: int = 1) -> None:
        self.folder = folder
        self._confirmations = confirmations
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._tokens: dict[Address, str] = {}

    def __enter__(self) -> Self:
        self._anvil = Anvil()
        self._anvil.__enter__()
        self.chain = LocalChain(self._anvil)
        self._server = uvicorn.Server(self._config())
        self._thread = threading.Thread(target=self._server.run, name="service")
        with environment(self._settings()):
            self._thread.start()
            self._await_ready()
        self.http = httpx.Client(base_url=self.url, timeout=PATIENCE)
        self.chain.rpc("anvil_mine", "0x1")  # the cast's joining becomes final
        for name in ("carrier", "other_carrier", "shipper", "bank", "other_bank", "consignee", "forwarder"):
            self.await_party(self.chain.people[name])
        return self

    def __exit__(self, *failure: object) -> None:
        self.http.close()
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._anvil.__exit__()
        assert not self._thread.is_alive()

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            serving.create,
            factory=True,
            port=self.port,
            log_level="warning",
            timeout_graceful_shutdown=2,
            lifespan="on",
        )

    def _settings(self) -> dict[str, str]:
        secrets = {
            "relayer": self.chain.relayer.key.secret.hex(),
            "registrar": REGISTRAR_KEY.hex(),
            "token": TOKEN,
            "vault": "test " + "7a" * 32,
        }
        for name, text in secrets.items():
            (self.folder / name).write_text(text + "\n")
            (self.folder / name).chmod(0o600)
        deployment = self.folder / "deployments" / "test.json"
        self.chain.deployment.save(deployment)
        return {
            "EBL_DATA_DIR": str(self.folder),
            "EBL_RPC_URLS": self.chain.url,
            "EBL_DEPLOYMENT": str(deployment),
            "EBL_CONFIRMATIONS": str(self._confirmations),
            "EBL_RELAYER_KEY_FILE": str(self.folder / "relayer"),
            "EBL_REGISTRAR_KEY_FILE": str(self.folder / "registrar"),
            "EBL_REGISTRAR_TOKEN_FILE": str(self.folder / "token"),
            "EBL_PORT": str(self.port),
            "EBL_REQUESTS_PER_MINUTE": "0",
            "EBL_SIGN_INS_PER_MINUTE": "0",
            "EBL_FAILURES_BEFORE_LOCKOUT": "0",
            "EBL_POLL_SECONDS": "0.02",
            "EBL_MOST_BODY_BYTES": "100000",
            "EBL_VAULT_KEY_FILE": str(self.folder / "vault"),
            "EBL_RELAY_WITHOUT_DOCUMENT": "true",
        }

    def serving_carriers(self) -> dict[str, str]:
        """Settings of a house that keeps carriers' keys and calls carriers back on loopback."""
        password = self.folder / "custody"
        password.write_text("a password of the tests\n")
        password.chmod(0o600)
        return {
            "EBL_CUSTODY_DIR": str(self.folder / "keys"),
            "EBL_CUSTODY_PASSWORD_FILE": str(password),
            "EBL_CALLBACK_NETWORKS": "127.0.0.0/8",
        }

    @property
    def settings(self) -> dict[str, str]:
        """The environment that the service was started with."""
        return self._settings()

    def _await_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while not self._server.started:
            assert self._thread.is_alive(), "the service did not start"
            assert time.monotonic() < until, "the service does not answer"
            self._thread.join(0.01)

    # Asking

    def get(self, path: str, by: Caller = CARRIER, **query: Any) -> httpx.Response:
        """A GET."""
        return self.http.get(path, params=query, headers=self.bearing(by))

    def post(self, path: str, body: Any = None, by: Caller = CARRIER, **headers: str) -> httpx.Response:
        """A POST of JSON."""
        return self.http.post(path, json=body, headers=self.bearing(by) | headers)

    def bearing(self, by: Caller) -> dict[str, str]:
        """The headers by which somebody is known."""
        if by is None:
            return {}
        somebody = self.chain.people[by] if isinstance(by, str) and by != OPERATOR else by
        return {"Authorization": f"Bearer {TOKEN if isinstance(somebody, str) else self.token_of(somebody)}"}

    def token_of(self, somebody: Person) -> str:
        """A party's token; it signs in the first time."""
        if somebody.address not in self._tokens:
            self._tokens[somebody.address] = self.signed_in(somebody)
        return self._tokens[somebody.address]

    def signed_in(self, somebody: Person) -> str:
        """A token of a new session."""
        asked = self.http.post("/v1/sign-in/challenges", json={"account": somebody.address})
        assert asked.status_code == 201, asked.text
        message = asked.json()["message"]
        given = {"message": message, "signature": "0x" + somebody.key.sign_text(message).hex()}
        entered = self.http.post("/v1/sign-in", json=given)
        assert entered.status_code == 201, entered.text
        token: str = entered.json()["token"]
        return token

    def await_party(self, somebody: Person) -> None:
        """Wait until the index knows the party."""
        self.eventually(lambda: self.get(f"/v1/parties/{somebody.address}", by=OPERATOR).status_code == 200)

    def eventually(self, holds: Any) -> None:
        """Wait until `holds()` is true; the event stream's writer moves on its own."""
        until = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < until, "it did not happen"
            threading.Event().wait(0.02)

    # Acting

    def prepare(self, **asked: Any) -> dict[str, Any]:
        """Typed data for an act."""
        answer = self.post("/v1/typed-data", asked)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def sign(self, somebody: Person, **asked: Any) -> dict[str, Any]:
        """A signed act, as /v1/submissions takes it."""
        data = self.prepare(**asked)["typedData"]
        return {"typedData": data, "signer": somebody.address, "signature": signature(somebody, data)}

    def submit(self, *signed: dict[str, Any], by: Caller = CARRIER) -> httpx.Response:
        """Have signed acts carried."""
        return self.post("/v1/submissions", {"acts": list(signed)}, by)

    def act(self, somebody: Person, verb: str, **arguments: Any) -> dict[str, Any]:
        """Perform an act; its submission, once the block that has it is final, and others may read of it."""
        return self._landed(somebody, self.submit(self.sign(somebody, verb=verb, **arguments), by=somebody))

    def submit_signed(self, somebody: Person, data: dict[str, Any]) -> dict[str, Any]:
        """Sign typed data that the service gave, and submit it; the submission, once its block is final."""
        signed = {"typedData": data, "signer": somebody.address, "signature": signature(somebody, data)}
        return self._landed(somebody, self.submit(signed, by=somebody))

    def read_as(self, somebody: Person, path: str) -> httpx.Response:
        """What a party reads behind a title."""
        return self.http.get(path, headers=self.bearing(somebody))

    def _landed(self, somebody: Person, answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == 202, answer.text
        submission = self._past(somebody, answer.json()["submissions"][0], {"PREPARED", "SENT"})
        if submission["state"] == "INCLUDED":
            self.chain.rpc("anvil_mine", "0x1")
        submission = self._past(somebody, submission, {"INCLUDED"})
        assert submission["state"] == "FINAL", submission
        return submission

    def _past(self, somebody: Person, submission: dict[str, Any], states: set[str]) -> dict[str, Any]:
        while submission["state"] in states:
            submission = self.get(f"/v1/submissions/{submission['id']}", by=somebody, wait=10).json()
        return submission

    def issue(self, *, endorsee: Person | None = None, is_to_order: bool = True, holder: Person | None = None) -> str:
        """A title of the carrier's, held by the shipper unless another is named; its id."""
        submission = self.act(self.chain.carrier, "Issue", **self.bill(endorsee, is_to_order, holder))
        return str(submission["titleIds"][0])

    def bill(
        self, endorsee: Person | None = None, is_to_order: bool = True, holder: Person | None = None
    ) -> dict[str, Any]:
        """A request's particulars of a new bill."""
        return {
            "carrier": self.chain.carrier.address,
            "holder": (holder or self.chain.shipper).address,
            "endorsee": endorsee.address if endorsee else None,
            "isToOrder": is_to_order,
            "referenceDigest": fresh_digest(),
            "commitment": fresh_digest(),
        }


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fresh_digest() -> Digest:
    """32 bytes that no test had before."""
    return digest(next(_numbers), "0x" + os.urandom(8).hex())


def signature(somebody: Person, data: dict[str, Any]) -> str:
    """The person's signature over typed data."""
    domain = data["domain"]
    where = SigningDomain(
        domain["name"], domain["chainId"], Address(domain["verifyingContract"].lower()), domain["version"]
    )
    return "0x" + somebody.key.sign_digest(signing_digest(where, data["primaryType"], data["message"])).hex()


@contextmanager
def environment(settings: dict[str, str]) -> Iterator[None]:
    """The environment with these settings and no other of ours."""
    before = {name: value for name, value in os.environ.items() if name.startswith("EBL_")}
    for name in before:
        del os.environ[name]
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings:
            os.environ.pop(name, None)
        os.environ.update(before)

"""A chain, a database and service processes on both: what the fault tests play on.

    stage.service                         the `ebl serve` process; stage.restart(), stage.service.kill()
    await stage.take(stage.issue())       signed acts over HTTP, accepted (202); what was promised is kept in mind
    await stage.comes(holds)              wait until it holds
    await stage.ends_well()               the faults are over: drain, then the common oracle (tests.faults.oracle)

Processes run for real, with SIGKILL for an end; the node is anvil, behind a proxy that can spoil what passes.
"""

import asyncio
import inspect
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx

from ebl_service.domain import actions as act
from ebl_service.domain.signed_act import SignedAct, act_message, typed_data
from ebl_service.domain.submission import State, Submission, submission_id_of
from ebl_service.domain.terms import Digest, TitleId, digest, title_id_of
from ebl_service.store.database import Database
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox
from tests.anvil import Anvil
from tests.cli.running import free_port, write_secret
from tests.databases import fresh_url
from tests.faults import life, oracle
from tests.local_chain import LocalChain, Person
from tests.rpc_proxy import RpcProxy

PATIENCE = 60.0
"""Seconds until what is waited for must be there: other work may share the machine."""
LOOK_AGAIN = 0.02
CONFIRMATIONS = 3
AN_HOUR = 3600
OPERATOR_TOKEN = "the operator's token of the faults"
_bills = itertools.count(1)


class Service:
    """One service: a port, settings, and the process of its present life."""

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        self.settings, self.log = settings, log
        self.url = f"http://127.0.0.1:{settings['EBL_PORT']}"
        self.process: BaseProcess | None = None
        self.http = httpx.AsyncClient(base_url=self.url, timeout=PATIENCE)

    def start(self, end: life.End = life.End()) -> None:  # noqa: B008 (frozen)
        """Begin a life."""
        assert self.process is None or not self.process.is_alive()
        self.process = life.start(self.settings, self.log, end)

    def kill(self) -> None:
        """End it at once, as kill -9 does."""
        assert self.process is not None
        self.process.kill()
        self.process.join()

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.is_alive()

    @property
    def pid(self) -> int:
        assert self.process is not None
        assert self.process.pid is not None
        return self.process.pid

    async def ready(self) -> dict[str, Any] | None:
        """What /health/ready says; None where nobody answers."""
        try:
            told: dict[str, Any] = (await self.http.get("/health/ready")).json()
        except httpx.HTTPError:
            return None
        return told

    async def is_ready(self) -> bool:
        """The service answers and may be relied on. An unexpected end is told by its log."""
        assert self.is_alive, self.log.read_text()
        told = await self.ready()
        return told is not None and told["isReady"]

    async def close(self) -> None:
        if self.is_alive:
            self.kill()
        await self.http.aclose()


class Stage:
    """See the module."""

    def __init__(self, folder: Path, url: str, node: Anvil, proxy: RpcProxy) -> None:
        self.folder, self.node, self.proxy = folder, node, proxy
        self.chain = LocalChain(node)
        self.rpc = self.chain.rpc
        self.deployment = self.chain.deployment
        self.deployment.save(folder / "deployment.json")
        write_secret(folder / "relayer", self.chain.relayer.key.secret.hex())
        self.services: list[Service] = []
        self.foreign_nonces = 0
        self.moves_to(url)
        self.service = self.another()

    def moves_to(self, url: str) -> None:
        """Use this database from now on; nothing was promised on it. Each service is to be started anew."""
        self.url, self.database = url, Database(url)
        self.history, self.outbox = History(self.database), Outbox(self.database)
        self.promised: dict[Digest, SignedAct] = {}
        self.bearing: dict[str, str] = {}
        for service in self.services:
            service.settings["EBL_DATABASE_URL"] = url

    # Services

    def another(self, **settings: str) -> Service:
        """One more service on the same database and chain, not started."""
        number = len(self.services)
        told = {
            "EBL_DATA_DIR": str(self.folder),
            "EBL_DATABASE_URL": self.url,
            "EBL_RPC_URLS": self.proxy.url,
            "EBL_DEPLOYMENT": str(self.folder / "deployment.json"),
            "EBL_RELAYER_KEY_FILE": str(self.folder / "relayer"),
            "EBL_CONFIRMATIONS": str(CONFIRMATIONS),
            "EBL_POLL_SECONDS": "0.05",
            "EBL_RPC_TIMEOUT_SECONDS": "5",
            "EBL_LEASE_SECONDS": "1",
            "EBL_RESEND_SECONDS": "1",
            "EBL_REGISTRAR_TOKEN": OPERATOR_TOKEN,
            "EBL_REQUESTS_PER_MINUTE": "0",
            "EBL_PORT": str(free_port()),
        } | settings
        service = Service(told, self.folder / f"service-{number}.log")
        self.services.append(service)
        return service

    async def start(self, end: life.End = life.End()) -> None:  # noqa: B008 (frozen)
        """The service, ready, and the carrier signed in: whoever asks in these tests asks as it."""
        self.service.start(end)
        await self.comes(self.service.is_ready)
        if not self.bearing:
            await self._sign_in(self.chain.carrier)

    async def _sign_in(self, who: Person) -> None:
        asked = (await self.service.http.post("/v1/sign-in/challenges", json={"account": who.address})).json()
        given = {"message": asked["message"], "signature": "0x" + who.key.sign_text(asked["message"]).hex()}
        entered = await self.service.http.post("/v1/sign-in", json=given)
        assert entered.status_code == httpx.codes.CREATED, entered.text
        self.bearing = {"Authorization": f"Bearer {entered.json()['token']}"}

    async def read(self, path: str) -> httpx.Response:
        """What the service tells the carrier."""
        return await self.service.http.get(path, headers=self.bearing)

    async def restart(self) -> float:
        """Kill it where it lives, and start it again; seconds until it was ready."""
        if self.service.is_alive:
            self.service.kill()
        began = time.monotonic()
        await self.start()
        return time.monotonic() - began

    async def comes(self, holds: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """The first true answer of `holds`, which may be a coroutine."""
        until = time.monotonic() + patience
        while True:
            found = holds()
            found = await found if inspect.isawaitable(found) else found
            if found:
                return found
            assert time.monotonic() < until, f"what was waited for did not come\n{self.service.log.read_text()[-3000:]}"
            await asyncio.sleep(LOOK_AGAIN)

    # Acts

    def sign(self, who: Person, asked: act.Act, seconds: int = AN_HOUR) -> SignedAct:
        """An act signed so that it counts for so many seconds from the newest block's time (or now, if later)."""
        return who.key.sign_act(self.chain.domain_of(asked), asked, max(self.chain.time(), int(time.time())) + seconds)

    def issue(self, seconds: int = AN_HOUR) -> SignedAct:
        """A fresh bill in blank, in the shipper's hands."""
        reference = digest("0x" + b"faults".hex(), next(_bills))
        asked = act.Issue(
            title_id_of(self.chain.carrier.address, reference), self.chain.shipper.address, None, True, reference,
            digest("0x01", reference),
        )  # fmt: skip
        return self.sign(self.chain.carrier, asked, seconds)

    def transfer(self, title_id: TitleId, sequence: int = 1, to: str = "bank", **how: Any) -> SignedAct:
        """The shipper passes a bill on."""
        return self.sign(self.chain.shipper, act.Transfer(title_id, sequence, self.chain.people[to].address), **how)

    async def post(self, *acts: SignedAct, key: str | None = None, service: Service | None = None) -> httpx.Response:
        """Bring acts. What is accepted is promised."""
        given = [self.as_given(signed) for signed in acts]
        headers = self.bearing | ({"Idempotency-Key": key} if key else {})
        answer = await (service or self.service).http.post("/v1/submissions", json={"acts": given}, headers=headers)
        if answer.status_code == httpx.codes.ACCEPTED:
            self.promised |= {self.id_of(signed): signed for signed in acts}
        return answer

    async def take(self, *acts: SignedAct, key: str | None = None) -> list[Digest]:
        """Acts that must be accepted; the submissions' ids."""
        answer = await self.post(*acts, key=key)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return [Digest(told["id"]) for told in answer.json()["submissions"]]

    def as_given(self, signed: SignedAct) -> dict[str, Any]:
        """The act as POST /v1/submissions takes it."""
        asked = signed.act
        data = typed_data(self.chain.domain_of(asked), type(asked).__name__, act_message(asked, signed.deadline))
        return {"typedData": data, "signer": signed.signer, "signature": "0x" + signed.signature.hex()}

    def id_of(self, signed: SignedAct) -> Digest:
        """Its submission's."""
        return submission_id_of(signed, self.chain.domain_of(signed.act))

    async def issued(self, count: int = 1) -> list[TitleId]:
        """Fresh bills, included."""
        acts = [self.issue() for _ in range(count)]
        ids = await self.take(*acts)
        await self.become(ids, State.INCLUDED, State.FINAL)
        return [signed.act.title_id for signed in acts]  # type: ignore[union-attr]

    # Looking

    async def found(self, submission_id: Digest) -> Submission:
        """A submission as the rows have it."""
        return (await self.outbox.many([submission_id]))[submission_id]

    async def are(self, ids: list[Digest], *states: State) -> bool:
        """Whether all these submissions are in one of these states."""
        found = await self.outbox.many(ids)
        return all(each in found and found[each].state in states for each in ids)

    async def become(self, ids: list[Digest], *states: State) -> None:
        """Wait until all these submissions are in one of these states."""
        await self.comes(lambda: self.are(ids, *states))

    def nonce(self, block: str = "latest") -> int:
        """The relayer's."""
        return int(self.rpc("eth_getTransactionCount", self.chain.relayer.address, block), 16)

    def height(self) -> int:
        """The newest block's number."""
        return int(self.rpc("eth_blockNumber"), 16)

    async def indexed(self) -> bool:
        """The index is at the tip."""
        cursor, tip = await self.history.cursor(), self.rpc("eth_getBlockByNumber", "latest", False)
        return cursor is not None and cursor.hash == tip["hash"]

    def says(self, words: str) -> bool:
        """Whether the service's log has these words."""
        return words in self.service.log.read_text()

    # The end

    async def ends_well(self) -> None:
        """The faults are over: everything drains, and contract, logs, rows and promises agree."""
        await self.comes(self._drained)
        await oracle.agrees(self)

    async def _drained(self) -> bool:
        """Blocks go on until each promise is kept and nothing is on its way; a refused act's deadline passes."""
        found = await self.outbox.many(self.promised)
        open_acts = [item for item in found.values() if not item.is_terminal]
        live = await self.outbox.transactions.live()
        if len(found) == len(self.promised) and not open_acts and not live and await self.indexed():
            return True
        if open_acts and all(item.state is State.REFUSED for item in open_acts) and await self.indexed():
            latest = max(item.signed.deadline for item in open_acts)
            self.rpc("evm_setNextBlockTimestamp", max(latest, self.chain.time()) + 1)
        if await self.indexed():
            self.rpc("evm_mine")
        return False


@asynccontextmanager
async def standing(kind: str, folder: Path, *arguments: str, server: str | None = None) -> AsyncIterator[Stage]:
    """A stage on its own chain and database, the service not started; arguments go to anvil, `server`: PostgreSQL's."""
    async with AsyncExitStack() as opened:
        url = await opened.enter_async_context(fresh_url(kind, folder, server))
        node = opened.enter_context(Anvil("--keep-history", *arguments))
        proxy = await opened.enter_async_context(RpcProxy(node.url))
        stage = Stage(folder, url, node, proxy)
        opened.push_async_callback(lambda: stage.database.close())  # noqa: PLW0108 (the database of then)
        try:
            yield stage
        finally:
            for service in stage.services:
                await service.close()

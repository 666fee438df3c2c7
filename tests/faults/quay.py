"""A stage with carriers: their service keeps documents and keys, and calls a carrier's own system, a real HTTP server.

    async with quay(kind, folder) as (stage, system):    the service stands, the carrier has joined with custody
    trade = Trade(stage, system, killer)
    await trade.go_on(rounds)                            bills issued and surrendered while the killer kills
    await trade.ends_well()                              drained; the common oracle, and that of what was told

What it leaves out: the proxy before the node (its faults are other tests').
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from ebl_service.domain.actions import RequestSurrender
from ebl_service.domain.callback import CallbackState
from ebl_service.domain.terms import Address, Digest, Purpose, TitleId
from tests.carrier_house import REQUESTS, CarrierHouse, CarrierSystem
from tests.cli.running import write_secret
from tests.faults import told
from tests.faults.killer import Killer
from tests.faults.oracle import rows_of
from tests.faults.stage import CONFIRMATIONS, PATIENCE, Stage, standing
from tests.house import TOKEN
from tests.local_chain import REGISTRAR_KEY
from tests.receiver import Call, Reply

WHILE_CALLED = "receiver.called"
"""The step at which the receiver has the call and has not answered."""
AT_ONCE = 2
"""Bills that are traded at the same time."""
BETWEEN_BLOCKS = 0.2
Holds = Callable[[], Any]


class Quay(CarrierHouse):
    """The carriers' house whose service is a process of the stage's."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.folder)
        self.stage, self.chain, self.url = stage, stage.chain, stage.service.url
        self.http = httpx.Client(base_url=self.url, timeout=PATIENCE)
        roots = stage.folder / "roots.pem"
        roots.write_text(self.authority.root_pem)
        stage.service.settings |= self.serving_carriers() | {
            "EBL_RPC_URLS": stage.node.url,
            "EBL_GAS_PER_PARTY_AND_DAY": "0",  # one carrier trades for as long as there is somebody to kill
            "EBL_REGISTRAR_TOKEN": TOKEN,
            "EBL_REGISTRAR_KEY_FILE": str(write_secret(stage.folder / "registrar", REGISTRAR_KEY.hex())),
            "EBL_VAULT_KEY_FILE": str(write_secret(stage.folder / "vault", told.MASTER_KEY)),
            "EBL_CARRIER_ROOTS_FILE": str(roots),
        }


class Carrier(CarrierSystem):
    """The carrier's system; it can see its caller die before it answers."""

    house: Quay
    ends_caller = False

    def reply(self, call: Call) -> Reply:
        reply = super().reply(call)
        if self.ends_caller:
            self.ends_caller = False
            os.kill(self.house.stage.service.pid, signal.SIGKILL)
        return reply


class KillerOfCallers(Killer):
    """Ends lives while the receiver is called, too."""

    def __init__(self, stage: Stage, system: Carrier) -> None:
        super().__init__(stage)
        self._system = system

    def _start(self, step: str) -> None:
        super()._start("" if step == WHILE_CALLED else step)
        self._system.ends_caller = step == WHILE_CALLED


class Trade:
    """Bills from the carrier's request to their surrender, each asked for until there is an answer."""

    def __init__(self, stage: Stage, system: Carrier, killer: Killer) -> None:
        self._stage, self._system, self._killer = stage, system, killer
        self._account = Address(system.account.lower())
        self._keeper: asyncio.Task[None] | None = None

    async def go_on(self, rounds: int = 1) -> None:
        """So many rounds at least, and until the killer is done."""
        self._keeper = asyncio.create_task(self._keep())
        try:
            while rounds > 0 or not self._killer.is_done:
                await asyncio.gather(*[self._bill() for _ in range(AT_ONCE)])
                rounds -= 1
            await self._comes(self._is_over)
        finally:
            self._keeper.cancel()

    async def ends_well(self) -> None:
        """What custody handed in was promised, too; everything drains and agrees."""
        rows = await rows_of(self._stage)
        handed_in = [Digest(row.submission_id) for row in rows["submissions"] if row.signer == self._account]
        found = await self._stage.outbox.many(handed_in)
        self._stage.promised |= {each: found[each].signed for each in handed_in}
        await self._stage.ends_well()
        await self._stage.comes(self._is_over)
        await told.agrees(self._stage, self._system)

    async def _bill(self) -> None:
        """Issued; surrendered and given back; surrendered again and accepted."""
        system, request = self._system, self._system.request()
        reference = str(request["document"]["transportDocumentReference"])
        await self._answered(lambda: system.put(request))
        title_id = await self._comes(lambda: self._title(reference))
        for turn, action in enumerate(("SREJ", "SURR"), 1):
            await self._surrender(title_id)
            asked = (await self._comes(lambda turn=turn: self._asked(reference, turn)))[-1]
            await self._answered(lambda a=action, ref=asked: system.answer(ref, a, "Freight is unpaid"))
            await self._comes(lambda: self._is_pending(title_id, False))

    async def _title(self, reference: str) -> TitleId | None:
        """The included title of the bill of this number, by the request that asked for it."""
        rows = await rows_of(self._stage)
        known = {row.title_id for row in rows["titles"]}
        numbers = {row.title_id: row.reference_digest for row in rows["issuance_requests"]}
        own = await told.number_of(self._stage, self._account, reference)
        return next((TitleId(each) for each in known if numbers.get(each) == own), None)

    async def _surrender(self, title_id: TitleId) -> None:
        stage = self._stage
        title = (await stage.history.titles.many([title_id]))[title_id]
        signed = stage.sign(stage.chain.shipper, RequestSurrender(title_id, title.sequence, Purpose.DELIVERY))

        async def is_taken() -> bool:
            try:
                answer = await stage.post(signed, key=stage.id_of(signed))
            except httpx.TransportError:
                return False
            assert answer.status_code in {202, 409, 503}, answer.text
            return answer.status_code == httpx.codes.ACCEPTED

        await self._comes(is_taken)
        await self._comes(lambda: self._is_pending(title_id, True))

    def _asked(self, reference: str, turn: int) -> list[str]:
        """The surrender requests that the carrier was told of, without repetitions, once there are so many."""
        said = self._system.told(reference, REQUESTS)
        found = list(dict.fromkeys(str(each["surrenderRequestReference"]) for each in said))
        return found if len(found) == turn else []

    async def _is_pending(self, title_id: TitleId, wanted: bool) -> bool:
        """Whether the title's surrender waits for the carrier, or not, as wanted."""
        return (await self._stage.history.titles.many([title_id]))[title_id].status.is_pending is wanted

    async def _answered(self, ask: Callable[[], httpx.Response]) -> None:
        """Asked until it is taken (204), or was (409)."""

        async def is_answered() -> bool:
            try:
                answer = await asyncio.to_thread(ask)
            except httpx.TransportError:
                return False
            assert answer.status_code in {204, 409, 503}, answer.text
            return answer.status_code != httpx.codes.SERVICE_UNAVAILABLE

        await self._comes(is_answered)

    async def _is_over(self) -> bool:
        """Nothing waits to be signed, announced or told."""
        rows = await rows_of(self._stage)
        is_told = all(row.state == CallbackState.DELIVERED for row in rows["callbacks"])
        return is_told and all(row.is_over for row in rows["waiting_acts"]) and told.is_announced(rows)

    async def _comes(self, holds: Holds) -> Any:
        def looked() -> Any:
            if self._keeper is not None and self._keeper.done():
                self._keeper.result()
            return holds()

        return await self._stage.comes(looked)

    async def _keep(self) -> None:
        """Kills go on, and blocks come."""
        loop = asyncio.get_running_loop()
        next_block = loop.time()
        while True:
            await self._killer.meanwhile()
            if loop.time() >= next_block:
                self._stage.rpc("evm_mine")
                next_block = loop.time() + BETWEEN_BLOCKS
            await asyncio.sleep(0.01)


@asynccontextmanager
async def quay(kind: str, folder: Path) -> AsyncIterator[tuple[Stage, Carrier]]:
    """See the module; the service's first life is over when this begins."""
    async with standing(kind, folder) as stage:
        house = Quay(stage)
        with house.http, Carrier(house) as system:
            stage.bearing = {"Authorization": f"Bearer {TOKEN}"}
            await stage.start()
            house.meet()
            system.join()
            stage.rpc("anvil_mine", hex(CONFIRMATIONS + 1))
            stage.bearing = house.key_of(stage.chain.shipper.address, "read", "submit")
            stage.service.kill()
            yield stage, system

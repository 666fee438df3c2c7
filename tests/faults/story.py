"""One eventful story for a service that may be killed at any moment of it, told so that each telling gives equal rows.

Acts are signed beforehand and blocks come when the story says, at times that it says: the undisturbed telling and one
with kills make the same transactions, byte for byte, on chains that began as the same. (A block's hash differs each
time by the node's randomness: it is compared by the block's place.) Whoever brings acts repeats a request
that was not answered, under the same idempotency key.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from ebl_service.domain import actions as act
from ebl_service.domain.certificate_actions import AcknowledgeClaim, CancelCertificate, NotifyClaim
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Part, Purpose, digest
from ebl_service.store import tables
from tests.faults.insuring import certificate_of, insure
from tests.faults.oracle import rows_of
from tests.faults.stage import CONFIRMATIONS, Stage

OF_THE_CLOCK = {
    "submissions": {"number", "accepted_at"},
    "transactions": {"made_at", "sent_at", "missing_since"},
    "idempotency_keys": {"accepted_at"},
    "gas_spent": {"day"},
    "feed": {"id"},
}
"""Columns that tell when this machine did something, or count rows: their values differ from run to run."""
NOT_TOLD = {"leases"}
"""It names the process that sends."""
SECONDS = 12
"""Between two blocks."""
BASE_FEE = hex(10**9)
"""Of each block; what a node would ask depends on what was taken back before."""


class Acts:
    """What the parties of the story sign, once for all its tellings."""

    def __init__(self, stage: Stage) -> None:
        cast = stage.chain
        self.bills = [stage.issue() for _ in range(3)]
        one, two, three = (bill.act.title_id for bill in self.bills)  # type: ignore[union-attr]
        self.passed_on = [
            stage.sign(cast.shipper, act.EndorseToOrder(one, 1, cast.bank.address)),
            stage.sign(cast.bank, act.Sign(one, 2)),
            stage.sign(cast.shipper, act.Transfer(two, 1, cast.consignee.address)),
        ]
        self.returned = [stage.sign(cast.consignee, act.RejectTransfer(two, 2))]
        self.surrendered = [
            stage.sign(cast.shipper, act.RequestSurrender(three, 1, Purpose.AMENDMENT)),
            stage.sign(cast.carrier, act.AcceptSurrender(three, 2)),
        ]
        self.insured = [insure(stage, one), insure(stage, three, cast.bank.address)]
        follows, pays = map(certificate_of, self.insured)
        self.claimed = [
            stage.sign(cast.bank, NotifyClaim(follows, 1, digest("0x04", one))),
            stage.sign(cast.insurer, AcknowledgeClaim(follows, 2, 2)),
            stage.sign(cast.insurer, CancelCertificate(pays, 1, Part.ALL)),
        ]


class Story:
    """Tells itself on a stage. `meanwhile` is called between moments; it may end the service and start it again."""

    def __init__(self, stage: Stage, acts: Acts, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._stage = stage
        self._acts = acts
        self._meanwhile = meanwhile
        self._time = stage.chain.time()
        self._requests = 0

    async def tell(self) -> dict[str, list[tuple[Any, ...]]]:
        """The story; all rows at its end."""
        stage, acts = self._stage, self._acts
        stage.rpc("evm_setAutomine", False)
        await self._comes(self._serves)
        await self._take(*acts.bills)
        await self._block()
        await self._take(*acts.passed_on)
        stage.rpc("anvil_dropAllTransactions")
        await self._is_pending()
        await self._block()
        await self._take(*acts.returned)
        await self._take(*acts.insured)
        await self._block()
        stage.rpc("anvil_reorg", 1, [])
        await self._comes(stage.indexed)
        await self._is_pending()
        await self._block()
        await self._take(*acts.surrendered)
        await self._take(*acts.claimed)
        await self._block(CONFIRMATIONS + 1)
        await self._comes(self._is_over)
        return await dump(stage)

    async def _take(self, *acts: SignedAct) -> None:
        """Bring acts until the answer is there, under one key; they are in the node's pool then."""
        self._requests += 1
        key = f"request-{self._requests}"

        async def is_answered() -> bool:
            try:
                answer = await self._stage.post(*acts, key=key)
            except httpx.TransportError:
                return False
            later = {httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.CONFLICT}
            assert answer.status_code in {httpx.codes.ACCEPTED} | later, answer.text
            if answer.status_code == httpx.codes.CONFLICT:
                assert answer.json()["rule"] == "RequestInFlight", answer.text
            return answer.status_code == httpx.codes.ACCEPTED

        await self._comes(is_answered)
        ids = [self._stage.id_of(signed) for signed in acts]
        await self._comes(lambda: self._stage.are(ids, State.SENT))
        await self._is_pending()

    async def _serves(self) -> bool:
        told = await self._stage.service.ready()
        return told is not None and bool(told["isReady"])

    async def _is_pending(self) -> None:
        """What is to be included next is in the node's pool, and the rows know that it was given."""

        async def holds() -> bool:
            live = await self._stage.outbox.transactions.live()
            waiting = [each for each in live if each.nonce >= self._stage.nonce()]
            known = self._stage.rpc.batch([("eth_getTransactionByHash", [each.hash]) for each in waiting])
            return bool(waiting) and all(known) and all(each.sent_at is not None for each in waiting)

        await self._comes(holds)

    async def _block(self, blocks: int = 1) -> None:
        """Blocks, each indexed and settled before the next."""
        for _ in range(blocks):
            self._time += SECONDS
            self._stage.rpc("anvil_setNextBlockBaseFeePerGas", BASE_FEE)
            self._stage.rpc("evm_mine", hex(self._time))
            await self._comes(self._is_settled)

    async def _is_settled(self) -> bool:
        """The index is at the tip, and the relay has written down what that means."""
        if not await self._stage.indexed():
            return False
        live = await self._stage.outbox.transactions.live()
        used = [each for each in live if each.nonce < self._stage.nonce()]
        rows = (await rows_of(self._stage))["submissions"]
        open_rides = [row for row in rows if row.state in {State.PREPARED, State.SENT} and row.rides_in]
        cursor = await self._stage.history.cursor()
        assert cursor is not None
        due = [row for row in rows if row.state == State.INCLUDED and row.block_number <= cursor.final_number]
        return all(each.is_indexed for each in used) and not open_rides and not due

    async def _is_over(self) -> bool:
        found = await self._stage.outbox.many(self._stage.promised)
        live = await self._stage.outbox.transactions.live()
        return all(item.is_terminal for item in found.values()) and not live

    async def _comes(self, holds: Callable[[], Awaitable[bool]]) -> None:
        async def looked() -> bool:
            await self._meanwhile()
            return await holds()

        await self._stage.comes(looked)
        await asyncio.sleep(0)


async def dump(stage: Stage) -> dict[str, list[tuple[Any, ...]]]:
    """Every table's rows as they can be compared between runs."""
    found = {}
    blocks = stage.rpc.batch([("eth_getBlockByNumber", [hex(n), False]) for n in range(stage.height() + 1)])
    places = {block["hash"]: f"block {number}" for number, block in enumerate(blocks)}

    def shown(column: str, value: Any) -> Any:
        is_hash = column == "block_hash" or (name in {"blocks", "cursor"} and column == "hash")
        return places.get(value, "a block that is gone") if is_hash and value is not None else value

    for name, rows in (await rows_of(stage)).items():
        if name in NOT_TOLD:
            continue
        told = [
            column.name for column in tables.metadata.tables[name].c if column.name not in OF_THE_CLOCK.get(name, ())
        ]
        found[name] = sorted((tuple(shown(column, getattr(row, column)) for column in told) for row in rows), key=repr)
    return found

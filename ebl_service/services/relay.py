"""Carrying accepted acts to the ledger: batches, nonces, fees, sending again.

Left to others: which acts go together (`services.batch`), watching nonces that were used (`services.voyages`), how
submissions end (`store.settling`), bytes and signatures of transactions (behind the port).

Rules kept here
- One process of a database sends: who holds the lease.
- A transaction is a durable row before anything leaves. What was made goes out again as the identical bytes; another
  transaction of the same nonce only to offer at least a tenth more, and that only where the ledger asks more or blocks
  pass the next nonce by. What the node forgot goes before later nonces.
- Nonces have no gaps: a hole is filled with the next acts, or with a transaction that does nothing.
- Nothing is sent while the index is halted, or before the node is known again after it was away.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from ebl_service.domain.ledger import ActToSend, Fees, Ledger, LedgerIdentity, Transaction
from ebl_service.domain.terms import Digest, Seconds
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable, NonceUsed, Underpriced
from ebl_service.errors.submissions import LeadershipLost
from ebl_service.services.batch import Batch, next_batch, once_more, portions
from ebl_service.services.changes import Changes
from ebl_service.services.patience import Patience
from ebl_service.services.policy import Clock, Failpoint, RelayPolicy, no_failpoint, wall_clock
from ebl_service.services.tenure import Tenure
from ebl_service.services.voyages import Voyages
from ebl_service.store.chapters import Cursor
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox
from ebl_service.store.transactions import Carried, Course

log = logging.getLogger(__name__)

MOST_TIMES_ASKED = 10
"""No offer is more than so many times what the ledger asks."""
ASK_AFTER_SECONDS = 1
"""A transaction sent longer ago than this is asked for: a node may have dropped it."""


class Relay:
    """The one sender of a database. `trouble`: why it cannot send now (health), None when it can."""

    trouble: str | None

    def __init__(
        self,
        ledger: Ledger,
        identity: LedgerIdentity,
        history: History,
        outbox: Outbox,
        policy: RelayPolicy,
        changes: Changes,
        clock: Clock = wall_clock,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self.trouble = None
        self._ledger = ledger
        self._identity = identity
        self._history = history
        self._outbox = outbox
        self._policy = policy
        self._changes = changes
        self._clock = clock
        self._failpoint = failpoint
        self._tenure = Tenure(outbox.leases, policy.lease_seconds)
        self._voyages = Voyages(ledger, outbox, policy, clock, failpoint, self._tenure.holder)
        self._patience = Patience("sending", policy.poll_seconds)
        self._must_recognise = True
        self._settled_at: tuple[int | Digest, ...] = ()
        self._too_dear: str | None = None

    @property
    def is_leader(self) -> bool:
        """Whether this process is the one that sends."""
        return self._tenure.is_held

    async def is_anybodys(self) -> bool:
        """Whether any process of the database carries acts now. Raises: LedgerUnavailable."""
        return await self._tenure.is_anybodys()

    async def step(self) -> bool:
        """One round: settle what the index tells, watch what was sent, send what is due. True if anything moved.

        Raises: LedgerUnavailable (try again), LedgerDisagrees (stop).
        """
        cursor = await self._history.cursor()
        if cursor is None or not await self._tenure.take():
            self.trouble = None
            return False
        if cursor.halted is not None:
            self.trouble = f"the index is halted: {cursor.halted}"
            return False
        await self._recognise()
        self._too_dear = None
        next_nonce = await self._ledger.next_nonce(cursor.number)
        live = await self._outbox.transactions.live()
        moved = await self._voyages.watch(live, cursor, next_nonce)
        if moved:
            live = await self._outbox.transactions.live()
        moved = await self._settle(cursor, force=moved) or moved
        live = [carried for carried in live if carried.nonce >= next_nonce]
        moved = await self._send_again(live, cursor) or moved
        moved = await self._send_new(cursor, live, next_nonce) or moved
        self.trouble = self._too_dear
        if moved:
            self._changes.notify()
        return moved

    async def run(self, stop: asyncio.Event) -> None:
        """Rounds until `stop`; waits and tries again while chain or database are away. Raises: LedgerDisagrees."""
        async with self._tenure:
            while not stop.is_set():
                await self._round()

    async def _round(self) -> None:
        seen, pause = self._changes.version, self._policy.poll_seconds
        try:
            moved = await self._step_or_halt()
            self._patience.succeeded()
        except LeadershipLost:
            self._tenure.lose()
            moved = False
        except LedgerUnavailable as error:
            self.trouble, self._must_recognise, moved = str(error), True, False
            pause = self._patience.tried(error)
            seen = self._changes.version  # what woke us must not make us ask again at once
        if not moved:
            await self._changes.wait(seen, pause)

    async def _step_or_halt(self) -> bool:
        try:
            return await self.step()
        except LedgerDisagrees as error:
            self.trouble = str(error)
            await self._history.halt(str(error))  # while the database is away the round is tried again, halt and all
            raise

    async def _recognise(self) -> None:
        if self._must_recognise:
            if await self._ledger.identity() != self._identity:
                raise LedgerDisagrees("The node answers for another ledger than this service was started for.")
            self._must_recognise = False

    async def _settle(self, cursor: Cursor, *, force: bool) -> bool:
        """Where the index has moved since, by this process or by another that was first."""
        now = (self._changes.version, cursor.number, cursor.hash, cursor.final_number)
        if not force and self._settled_at == now:
            return False
        moved = await self._outbox.settling.settle(self._tenure.holder)
        self._settled_at = now
        self._failpoint("relay.settled")
        return moved

    async def _send_again(self, live: Sequence[Carried], cursor: Cursor) -> bool:
        """Give the node what it should have: the newest transaction of each nonce, in the order of nonces."""
        moved, newest, waited = False, _newest(live), self._policy.replace_seconds
        is_any_old = any(self._clock() - carried.made_at >= waited for carried in newest)
        asked = await self._ledger.fees() if is_any_old else None
        for carried in newest:
            now = self._clock()
            if carried.course is Course.PREPARED:
                moved = await self._send(carried) or moved
                continue
            passed_by = carried is newest[0] and cursor.time - carried.made_at >= waited
            is_low = now - carried.made_at >= waited and (passed_by or (asked and _asks_more(asked, carried.fees)))
            if asked and is_low and await self._replace(carried, asked):
                moved = True
            elif await self._is_to_be_sent_again(carried, now - (carried.sent_at or 0)):
                moved = await self._send(carried) or moved
        return moved

    async def _is_to_be_sent_again(self, carried: Carried, age: Seconds) -> bool:
        """A node is not asked about what it was given a moment ago."""
        if age >= self._policy.resend_seconds:
            return True
        return age >= ASK_AFTER_SECONDS and not await self._ledger.known(carried.hash)

    async def _remind(self, live: Sequence[Carried]) -> None:
        """What the node forgot goes to it once more before anything of a later nonce is signed."""
        sent = [carried for carried in _newest(live) if carried.course is not Course.PREPARED]
        known = await asyncio.gather(*[self._ledger.known(carried.hash) for carried in sent])
        for carried, is_known in zip(sent, known, strict=True):
            if not is_known:
                await self._send(carried)

    async def _send(self, carried: Carried) -> bool:
        try:
            return await self._give([carried])
        except Underpriced:
            return await self._replace(carried, await self._ledger.fees())

    async def _give(self, transactions: Sequence[Carried | Transaction]) -> bool:
        """Give these to the node, in their order; True where it took any. Raises: Underpriced."""
        taken = []
        for each in transactions:
            try:
                await self._ledger.send(each.raw)
            except NonceUsed:
                log.warning("nonce %d is used; watching by which transaction", each.nonce)
                continue
            taken.append(each.hash)
            self._failpoint("relay.sent")
        if taken:
            await self._outbox.transactions.mark_sent(taken, self._clock(), self._tenure.holder)
            self._failpoint("relay.marked")
        return bool(taken)

    async def _replace(self, old: Carried, now: Fees) -> bool:
        """Offer at least a tenth more at the same nonce, for the same acts as far as they can still stand."""
        fees = Fees(max(now.max_fee, _more(old.fees.max_fee)), max(now.priority_fee, _more(old.fees.priority_fee)))
        most = min(now.max_fee * MOST_TIMES_ASKED, self._policy.most_fee or fees.max_fee)
        if fees.max_fee > most:
            self._too_dear = f"nonce {old.nonce} wants {fees.max_fee} wei per gas, more than the bound {most}"
            return False
        again = await once_more(self._history, await self._outbox.transactions.carried_by(old.hash))
        await self._ledger.check(again.acts)  # which tells the wallets among the signers
        made = self._sign(again.acts, old.nonce, fees)
        return await self._launch([(made, [rider.submission_id for rider in again.submissions])])

    async def _send_new(self, cursor: Cursor, live: Sequence[Carried], next_nonce: int) -> bool:
        """Fill holes among the nonces, and go on behind them, with as many transactions as may be on their way."""
        taken = {carried.nonce for carried in live}
        top = max(taken, default=next_nonce - 1)
        holes = [nonce for nonce in range(next_nonce, top) if nonce not in taken]
        room = max(0, self._policy.in_flight - len(taken) - len(holes))
        free = [*holes, *range(top + 1, top + 1 + room)]
        if not free:
            return False
        size, now = self._policy.batch_size, max(self._clock(), cursor.time)
        most, gas_a_day = size * len(free), self._policy.gas_a_day
        parts = (self._ledger, self._history, self._outbox)
        batch = await next_batch(*parts, most, now, gas_a_day, indexed=cursor.number, fills_holes=bool(holes))
        if batch.refused:
            await self._outbox.transactions.refuse(batch.refused, self._tenure.holder)
        carried = portions(batch, self._ledger, size)[: len(free)]
        carried += [Batch() for _ in range(len(carried), len(holes))]
        if not carried:
            return bool(batch.refused)
        await self._remind(live)
        fees = self._bounded(await self._ledger.fees())
        made = [
            (self._sign(each.acts, nonce, fees), [item.submission_id for item in each.submissions])
            for nonce, each in zip(free, carried, strict=False)
        ]
        self._failpoint("relay.signed")
        return await self._launch(made)

    def _sign(self, acts: Sequence[ActToSend], nonce: int, fees: Fees) -> Transaction:
        return self._ledger.sign_batch(acts, nonce, fees) if acts else self._ledger.sign_filler(nonce, fees)

    def _bounded(self, fees: Fees) -> Fees:
        most = fees.max_fee if self._policy.most_fee is None else min(fees.max_fee, self._policy.most_fee)
        return Fees(most, min(fees.priority_fee, most))

    async def _launch(self, made: Sequence[tuple[Transaction, Sequence[Digest]]]) -> bool:
        """Transactions, each with the submissions that ride in it: durable, then given to the node."""
        await self._outbox.transactions.prepare(made, self._clock(), self._tenure.holder)
        self._failpoint("relay.prepared")
        with suppress(Underpriced):  # the next round offers more
            await self._give([transaction for transaction, _ in made])
        return True


def _asks_more(asked: Fees, offer: Fees) -> bool:
    return asked.max_fee > offer.max_fee or asked.priority_fee > offer.priority_fee


def _newest(live: Sequence[Carried]) -> list[Carried]:
    """Of each nonce what was offered last, in the order of nonces."""
    newest = {carried.nonce: carried for carried in live}
    return [newest[nonce] for nonce in sorted(newest)]


def _more(fee: int) -> int:
    return fee * 11 // 10 + 1

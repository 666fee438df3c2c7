"""Delivering callbacks: at least once, in order for each subject, until the receiver says that it has them.

Left to others: what is told (`services.announcing`), rows (`store.callbacks`), how an address is called (`outgoing`).

Rules kept here
- One process of a database delivers: who holds the lease. Who lost it begins no other call.
- Delivered is what the receiver answers with 2xx, or with 409: it has had it. Anything else is tried again, later each
  time, up to an hour apart and with jitter; after 30 days it is given up, and can be asked for again.
- A receiver that does not answer at all is left alone until its next time, so that it does not hold up others; nor
  does one that is slow, or for which much waits: each has its share in a step.
- A receiver's own header is kept sealed, bound to its address, and sent to no other.
- What is to be told is kept sealed, and opened when it is sent; what was altered at rest is not sent (SealBroken).
- A crash between sending and writing it down means sending again, under the same id.
"""

import asyncio
import logging
import random
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ebl_service.domain.callback import Callback
from ebl_service.domain.receiver import ReceiverAddress
from ebl_service.domain.terms import Address, Seconds
from ebl_service.errors.outgoing import ReceiverNotAllowed, ReceiverUnavailable
from ebl_service.errors.vault import SealBroken
from ebl_service.outgoing.addresses import below
from ebl_service.outgoing.client import Outgoing
from ebl_service.services.changes import Changes
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.patience import Patience
from ebl_service.services.policy import Clock, Failpoint, no_failpoint, wall_clock
from ebl_service.services.tenure import Tenure
from ebl_service.store.callbacks import Callbacks
from ebl_service.trust.request_signature import RequestSigner

log = logging.getLogger(__name__)

LEASE = "callbacks"
HAS_IT = 409
CALLS_AT_ONCE = 8
"""Of one receiver: one far away takes a third of a second a call, which must not bound how many bills it can have."""
SHARE = 4 * CALLS_AT_ONCE
"""Most calls of one receiver in a step, for which all others wait."""
SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class CallbackPolicy:
    """`first_pause`, `longest_pause`: seconds between attempts. `give_up_after`: seconds since it was made.

    `at_once`: receivers called at the same time.
    """

    first_pause: float = 5.0
    longest_pause: float = 3_600.0
    give_up_after: int = 30 * 24 * 3_600
    at_once: int = 16
    batch: int = 200
    poll_seconds: float = 0.5


class CallbackDelivery:
    """The loop that calls receivers."""

    def __init__(
        self,
        callbacks: Callbacks,
        tenure: Tenure,
        correspondence: Correspondence,
        outgoing: Outgoing,
        signer: RequestSigner,
        policy: CallbackPolicy,
        changes: Changes,
        clock: Clock = wall_clock,
        failpoint: Failpoint = no_failpoint,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._callbacks = callbacks
        self._tenure = tenure
        self._correspondence = correspondence
        self._outgoing = outgoing
        self._signer = signer
        self._policy = policy
        self._changes = changes
        self._clock = clock
        self._failpoint = failpoint
        self._chance = chance
        self._patience = Patience("calling back", policy.poll_seconds)
        self._gate = asyncio.Semaphore(policy.at_once)

    async def step(self) -> bool:
        """Send what is due; True if anything was tried. Raises: LedgerUnavailable (the database)."""
        return await self._tenure.work(self._call)

    async def run(self, stop: asyncio.Event) -> None:
        """Steps until `stop`; waits and tries again while the database is away."""
        async with self._tenure:
            await self._patience.keep_on(self.step, self._changes, stop)

    async def _call(self) -> bool:
        due = await self._due()
        receivers = await self._callbacks.receivers({each.telling.account for each in due})
        due.sort(key=lambda each: (each.telling.account, each.number))
        by_receiver = groupby(due, key=lambda each: each.telling.account)
        served = [self._serve(receivers[account], list(of_one)) for account, of_one in by_receiver]
        for result in await asyncio.gather(*served, return_exceptions=True):
            if result is not None:
                raise result
        if due:
            self._changes.notify()
        return bool(due)

    async def _due(self) -> list[Callback]:
        """A share of what waits for each receiver, also of those for whom nothing is in the first batch."""
        due: list[Callback] = []
        seen: Counter[Address] = Counter()
        is_all, now, most = False, self._clock(), self._policy.batch
        while not is_all:
            some = await self._callbacks.due(now, most, tuple(seen))
            is_all = len(some) < most
            for each in some:
                seen[each.telling.account] += 1
                if seen[each.telling.account] <= SHARE:
                    due.append(each)
        return due

    async def _serve(self, at: ReceiverAddress, callbacks: Sequence[Callback]) -> None:
        """The first by itself: where nobody answers, it is asked once. The others are of other subjects each."""
        async with self._gate:
            left = deque(callbacks if self._tenure.is_held else ())
            if left and await self._deliver(at, left.popleft()):
                served = [self._go_on(at, left) for _ in range(min(CALLS_AT_ONCE, len(left)))]
                for result in await asyncio.gather(*served, return_exceptions=True):
                    if result is not None:
                        raise result

    async def _go_on(self, at: ReceiverAddress, left: deque[Callback]) -> None:
        while left and self._tenure.is_held:
            if not await self._deliver(at, left.popleft()):
                left.clear()

    async def _deliver(self, at: ReceiverAddress, callback: Callback) -> bool:
        """False where the receiver did not answer at all."""
        where = below(at.url, callback.telling.path)
        try:
            body = await self._correspondence.body(callback.telling)
            own = await self._correspondence.header(callback.telling.account, at)
        except SealBroken as fault:
            log.exception("callback %s cannot be told", callback.callback_id)
            await self._failed(callback, fault.message)
            return True
        headers = {"Content-Type": "application/json", "API-Version": "3", **self._signed(where, callback, body), **own}
        self._failpoint("callback.signed")
        try:
            answer = await self._outgoing.send("POST", where, body, headers)
        except (ReceiverUnavailable, ReceiverNotAllowed) as fault:
            due_at = await self._failed(callback, fault.message)
            await self._callbacks.hold_back(callback.telling.account, due_at)
            return False
        self._failpoint("callback.sent")
        if answer.status in SUCCESS or answer.status == HAS_IT:
            await self._callbacks.delivered(callback, str(answer.status), self._clock())
        else:
            await self._failed(callback, str(answer.status))
        self._failpoint("callback.written")
        return True

    def _signed(self, url: str, callback: Callback, body: bytes) -> Mapping[str, str]:
        return self._signer.headers("POST", url, body, callback.callback_id, self._clock())

    async def _failed(self, callback: Callback, why: str) -> Seconds:
        now = self._clock()
        is_over = now - callback.made_at >= self._policy.give_up_after
        due_at = now + self._pause(callback.attempts)
        log.log(
            logging.ERROR if is_over else logging.INFO,
            "callback %s to %s: %s, %s",
            callback.callback_id,
            callback.telling.account,
            why,
            "given up" if is_over else f"again at {due_at}",
        )
        await self._callbacks.failed(callback, why, due_at, is_over=is_over)
        return due_at

    def _pause(self, attempts: int) -> Seconds:
        pause = min(self._policy.longest_pause, self._policy.first_pause * 2.0 ** min(attempts, 20))
        return max(1, round(pause * (0.75 + self._chance() / 2)))

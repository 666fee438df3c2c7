"""Whose turn a work is: one process of a database does it, and another takes over when that one ends or dies.

Left to others: the lease's row (`store.leases`); that a holder which slept through its lease writes nothing more, where
that matters (`store.leases.require_lease`).

Rules kept here
- The lease is renewed when a third of it is over, in the midst of a long piece of work too. That is measured by a clock
  that nobody sets; when a lease is over, the database says.
- Taking the work up and losing it are said in the log.
- Who ends gives it back, so that the next one need not wait for it to run out.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from ebl_service.domain.terms import Seconds
from ebl_service.errors import LedgerUnavailable
from ebl_service.store.leases import Leases

log = logging.getLogger(__name__)

SHORTEST_PAUSE = 0.3
"""Seconds between two looks at a lease, however short it is."""


class Tenure:
    """This process's hold of one work. `holder`: its name in the lease; `seconds`: after which a dead one's is over.

    async with tenure:                    given back at the end
        await tenure.work(self._piece)    False, and not done, while another process has the work
    """

    def __init__(self, leases: Leases, seconds: Seconds, clock: Callable[[], float] = time.monotonic) -> None:
        self.holder = secrets.token_hex(8)
        self.is_held = False
        self._leases = leases
        self._seconds = seconds
        self._clock = clock
        self._renew_at = 0.0

    async def take(self) -> bool:
        """Whether the work is this process's, now and for two thirds of a lease. Raises: LedgerUnavailable."""
        now = self._clock()
        if not self.is_held or now >= self._renew_at:
            was_held, self.is_held = self.is_held, await self._leases.hold(self.holder, self._seconds)
            self._renew_at = now + self._seconds / 3
            if was_held != self.is_held:
                log.info("this process %s the work: %s", "does" if self.is_held else "has lost", self._leases.name)
        return self.is_held

    async def is_anybodys(self) -> bool:
        """Whether a process of this database has the work now. Raises: LedgerUnavailable."""
        return await self._leases.is_held()

    def lose(self) -> None:
        """Another process has it: so said the database."""
        self.is_held = False

    async def work(self, piece: Callable[[], Awaitable[bool]]) -> bool:
        """What `piece` answers, the lease being renewed for as long as it takes. Raises: LedgerUnavailable; as it does.

        A piece that is long sees by `is_held` whether it is to go on.
        """
        if not await self.take():
            return False
        is_done = asyncio.Event()
        renewing = asyncio.create_task(self._renew(is_done))
        try:
            return await piece()
        finally:
            is_done.set()
            await renewing

    async def _renew(self, is_done: asyncio.Event) -> None:
        while not is_done.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(max(SHORTEST_PAUSE, self._seconds / 3)):
                    await is_done.wait()
                    return
            with suppress(LedgerUnavailable):  # while the database is away nobody else takes it either
                await self.take()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(LedgerUnavailable):  # it runs out by itself then
            await self._leases.give_back(self.holder)
        self.is_held = False

"""Carrying accepted acts to the ledger: batches, nonces, fees, sending again.  (Body follows.)"""

import asyncio

from ebl_service.domain.ledger import Ledger, LedgerIdentity
from ebl_service.services.changes import Changes
from ebl_service.services.policy import Clock, Failpoint, RelayPolicy, no_failpoint, wall_clock
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox


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
        raise NotImplementedError

    async def step(self) -> bool:
        """One round: settle what the index tells, watch what was sent, send what is due. True if anything moved."""
        raise NotImplementedError

    async def run(self, stop: asyncio.Event) -> None:
        """Rounds until `stop`; waits and tries again while chain or database are away."""
        raise NotImplementedError

"""Writing down what the ledger records.  (Body follows.)"""

import asyncio

from ebl_service.domain.ledger import Ledger
from ebl_service.services.changes import Changes
from ebl_service.services.policy import Failpoint, IndexPolicy, no_failpoint
from ebl_service.store.history import History


class Indexer:
    """Follows one ledger into one database."""

    def __init__(
        self,
        ledger: Ledger,
        history: History,
        policy: IndexPolicy,
        changes: Changes,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        raise NotImplementedError

    async def step(self) -> bool:
        """Index the next blocks, or go back to the last common one; True while there is more to do.

        Raises: LedgerUnavailable (try again), LedgerDisagrees (stop: the halt is recorded and seen by health).
        """
        raise NotImplementedError

    async def catch_up(self) -> None:
        """Step until there is nothing more to do now."""
        raise NotImplementedError

    async def reindex(self) -> bool:
        """Rebuild all rows from the ledger in one transaction; True if they equal what was there."""
        raise NotImplementedError

    async def run(self, stop: asyncio.Event) -> None:
        """Steps until `stop`; waits while the chain is away. Raises: LedgerDisagrees, after recording the halt."""
        raise NotImplementedError

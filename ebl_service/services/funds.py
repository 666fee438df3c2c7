"""What the relayer has to pay with, looked at now and then: an idle service sends nothing, and would not notice."""

from ebl_service.domain.ledger import Ledger
from ebl_service.domain.terms import Seconds
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable
from ebl_service.services.policy import Clock, RelayPolicy, wall_clock

LOOK_AGAIN_SECONDS = 10
BATCH_GAS = 500_000
ACT_GAS = 280_000
"""Gas limits of a batch and of each act in it: what certificates need, the dearest acts that many ride with."""


def batch_gas(acts: int) -> int:
    """Gas that a transaction with so many acts may use; contract wallets and replacements may need more."""
    return BATCH_GAS + ACT_GAS * acts


class Funds:
    """The relayer's. `balance`: in wei, None before it is known. `trouble`: why that is too little (health)."""

    def __init__(self, ledger: Ledger, policy: RelayPolicy, clock: Clock = wall_clock) -> None:
        self.balance: int | None = None
        self.trouble: str | None = None
        self._ledger = ledger
        self._policy = policy
        self._clock = clock
        self._looked_at: Seconds | None = None

    async def look(self) -> None:
        """Ask the node, unless it was asked a moment ago; while it does not answer, what was known stays."""
        now = self._clock()
        if self._looked_at is not None and 0 <= now - self._looked_at < LOOK_AGAIN_SECONDS:
            return
        self._looked_at = now
        try:
            balance, fees = await self._ledger.relayer_balance(), await self._ledger.fees()
        except (LedgerUnavailable, LedgerDisagrees):  # health tells it by the head
            return
        fee = fees.max_fee if self._policy.most_fee is None else min(fees.max_fee, self._policy.most_fee)
        needed = batch_gas(self._policy.batch_size) * fee
        self.balance, self.trouble = balance, None
        if balance < needed:
            self.trouble = f"insufficient funds: the relayer has {balance} wei, a full batch may cost {needed}"

"""Taking signed acts in: everything that can be judged before an act costs gas, then one durable row.

Left to others: carrying them (`services.relay`), telling how they ended (`services.settlement`).
"""

from collections.abc import Sequence

from ebl_service.domain.ledger import Ledger, LedgerIdentity
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.submission import Submission
from ebl_service.services.changes import Changes
from ebl_service.services.policy import Clock, Failpoint, RelayPolicy, no_failpoint, wall_clock
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox


class Submissions:
    """The door for signed acts."""

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

    async def accept(
        self, acts: Sequence[SignedAct], idempotency_key: str | None = None
    ) -> tuple[Submission, ...]:
        """Take these acts, all or none; one submission each, in the order given. They are stored when this returns.

        Raises: ActionRefused (an `errors.refusals` class: deadline, signature, rules; `details["index"]` says which
        act), SignerNotRegistered, GasBudgetExhausted, IdempotencyKeyReused, RequestInFlight, InvalidRequest (none, or
        too many acts), LedgerUnavailable (chain or database; nothing was kept), LedgerDisagrees (the index is halted).
        """
        raise NotImplementedError

"""What an operator may choose about indexing and relaying, with the values that suit most chains."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ebl_service.domain.gas_budget import GasBudget
from ebl_service.domain.terms import Seconds

Clock = Callable[[], Seconds]
"""Seconds since 1970 now."""

Failpoint = Callable[[str], None]
"""Called at the named steps; tests end the process there."""


def wall_clock() -> Seconds:
    """Now."""
    return int(time.time())


def no_failpoint(name: str) -> None:
    """Nothing happens at any step."""
    del name


@dataclass(frozen=True, slots=True)
class IndexPolicy:
    """`confirmations`: blocks on top that make one final; None: what the chain itself calls finalized.

    `step_blocks`: most blocks in one step. `poll_seconds`: pause when there is nothing new.
    """

    confirmations: int | None = 12
    step_blocks: int = 2_000
    poll_seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class RelayPolicy:
    """How acts are carried.

    `batch_size`: acts in a transaction. `in_flight`: transactions not yet included at once. `resend_seconds`: after
    which identical bytes go out again. `replace_seconds`: after which a higher fee is offered. `most_fee`: wei per gas
    never exceeded (None: no bound). `gas_a_day`: per party and UTC day (None: no bound). `gas_an_act`: what an open act
    is reckoned at. `lease_seconds`: after which another process may take over from a dead one.
    """

    batch_size: int = 50
    in_flight: int = 8
    resend_seconds: int = 5
    replace_seconds: int = 60
    most_fee: int | None = None
    gas_a_day: int | None = 50_000_000
    gas_an_act: int = 150_000
    lease_seconds: int = 5
    poll_seconds: float = 0.2

    @property
    def gas_budget(self) -> GasBudget | None:
        """What a party may use in a day; None: no bound."""
        return None if self.gas_a_day is None else GasBudget(self.gas_a_day, self.gas_an_act)

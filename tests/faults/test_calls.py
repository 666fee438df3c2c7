"""Fault 17, mid-webhook: the service is killed while it tells carriers; each is told everything, in order."""

import os
import random
import time
from pathlib import Path

from tests.faults.conftest import DEEP
from tests.faults.killer import RESTART
from tests.faults.oracle import rows_of
from tests.faults.quay import WHILE_CALLED, KillerOfCallers, Trade, quay
from tests.receiver import Reply

STEPS = (
    "documents.kept",
    "issuance.taken",
    "custody.noted",
    "custody.accepted",
    "announcing.followed",
    "announcing.told",
    "callback.signed",
    WHILE_CALLED,
    "callback.sent",
    "callback.written",
    "surrender.answered",
    "announcing.read",
    "announcing.written",
)
"""In an order in which the lives of one trade come to them."""
RANDOM_KILLS = int(os.environ.get("EBL_KILLS", "100" if DEEP else "6"))
"""On each kind of database."""
LONGEST_LIFE = 5.0
"""Seconds from a start to a random kill: time to announce and to call."""


async def test_fault_17_killed_at_each_step_of_telling_carriers_each_is_told_everything_in_order(
    kind: str, tmp_path: Path
) -> None:
    async with quay(kind, tmp_path) as (stage, system):
        killer = KillerOfCallers(stage, system)
        trade = Trade(stage, system, killer)
        killer.at_steps(*STEPS)
        await trade.go_on()
        await trade.ends_well()
        assert killer.reached == [*STEPS]
        assert len(system.received) > len((await rows_of(stage))["callbacks"]), "what was not written down came again"
        assert killer.slowest < RESTART


async def test_fault_17_killed_at_random_moments_each_carrier_is_told_everything_in_order(
    kind: str, tmp_path: Path
) -> None:
    seed = int(os.environ.get("EBL_SEED", time.time_ns() % 10**6))
    async with quay(kind, tmp_path) as (stage, system):
        system.answers = [Reply(503), Reply(), Reply(), Reply(500), Reply()]
        killer = KillerOfCallers(stage, system)
        trade = Trade(stage, system, killer)
        killer.at_random(random.Random(seed), RANDOM_KILLS, LONGEST_LIFE)
        await trade.go_on()
        await trade.ends_well()
        assert killer.kills == RANDOM_KILLS, f"EBL_SEED={seed}"
        assert killer.slowest < RESTART, f"EBL_SEED={seed}"

"""Fault 17: the service is killed, at each of its steps and at random moments; every row is as if it had not been.

The story of `tests.faults.story` is told once undisturbed on a chain that was prepared, and then again on the same
chain taken back to its beginning, with a new database and kills (SIGKILL, a process of its own). In the end the rows
are equal, and the common oracle agrees.
"""

import os
import random
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.databases import fresh_url
from tests.faults import oracle
from tests.faults.conftest import DEEP
from tests.faults.killer import RESTART, Killer
from tests.faults.stage import Stage, standing
from tests.faults.story import Acts, Story

STEPS = (
    "accept.stored",
    "relay.signed",
    "relay.prepared",
    "relay.sent",
    "relay.marked",
    "index.read",
    "index.written",
    "relay.outcome",
    "relay.included",
    "relay.settled",
)
"""In the order in which the lives of one telling come to them."""
AT_A_REORGANISATION = ("index.rewound",)
RANDOM_KILLS = int(os.environ.get("EBL_KILLS", "200" if DEEP else "8"))
"""On each kind of database."""
KILLS_A_TELLING = 8


class Theatre:
    """The chain of the story, taken back to its beginning for each telling, and what an undisturbed one gave."""

    def __init__(self, stage: Stage, kind: str) -> None:
        self._stage, self._kind = stage, kind
        self._acts = Acts(stage)
        self._snapshot = stage.rpc("evm_snapshot")
        self._tellings = 0

    async def tell(self, begin: Callable[[Killer], None]) -> tuple[Any, Killer]:
        """All rows at the story's end, on a new database; `begin` starts the killer."""
        stage = self._stage
        assert stage.rpc("evm_revert", self._snapshot)
        self._snapshot = stage.rpc("evm_snapshot")
        self._tellings += 1
        folder = stage.folder / str(self._tellings)
        folder.mkdir()
        async with fresh_url(self._kind, folder) as url:
            stage.moves_to(url)
            killer = Killer(stage)
            begin(killer)
            rows = await Story(stage, self._acts, killer.meanwhile).tell()
            await oracle.agrees(stage)
            stage.service.kill()
            await stage.database.close()
        return rows, killer


@pytest.fixture
async def theatre(kind: str, tmp_path: Path) -> AsyncIterator[Theatre]:
    async with standing(kind, tmp_path) as stage:
        stage.service.settings["EBL_REPLACE_SECONDS"] = "3600"  # a slow machine must not change what is offered
        yield Theatre(stage, kind)


async def test_fault_17_killed_at_each_step_of_indexer_and_relay_every_row_is_as_if_it_had_not_been(
    theatre: Theatre,
) -> None:
    expected, _ = await theatre.tell(lambda killer: killer.at_steps())
    lives = [STEPS, AT_A_REORGANISATION] if not DEEP else [[step] for step in (*STEPS, *AT_A_REORGANISATION)]
    for steps in lives:
        rows, killer = await theatre.tell(lambda killer, steps=steps: killer.at_steps(*steps))  # type: ignore[misc]
        assert killer.reached == [*steps]
        assert_equal(rows, expected, f"killed at {steps}")
        assert killer.slowest < RESTART


async def test_fault_17_killed_at_random_moments_every_row_is_as_if_it_had_not_been(theatre: Theatre) -> None:
    expected, _ = await theatre.tell(lambda killer: killer.at_steps())
    done, seed, slowest = 0, int(os.environ.get("EBL_SEED", time.time_ns() % 10**6)), 0.0
    while done < RANDOM_KILLS:
        chance, kills = random.Random(seed), min(KILLS_A_TELLING, RANDOM_KILLS - done)
        rows, killer = await theatre.tell(lambda killer, c=chance, k=kills: killer.at_random(c, k))  # type: ignore[misc]
        assert_equal(rows, expected, f"EBL_SEED={seed}")
        assert killer.slowest < RESTART
        done, seed, slowest = done + killer.kills, seed + 1, max(slowest, killer.slowest)
    print(f"{done} kills, no difference; the slowest start took {slowest:.1f} s")  # noqa: T201 (told to who asks: -s)


def assert_equal(rows: dict[str, Any], expected: dict[str, Any], when: str) -> None:
    for table, wanted in expected.items():
        assert rows[table] == wanted, f"{table} differs: {when}"

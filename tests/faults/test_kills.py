"""Fault 17: the service is killed, at each of its steps and at random moments; every row is as if it had not been.

The story of `tests.faults.story` is told once undisturbed on a chain that was prepared, and then again on the same
chain taken back to its beginning, with a new database and kills (SIGKILL, a process of its own). In the end the rows
are equal, and the common oracle agrees.
"""

import os
import random
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.databases import fresh_url
from tests.faults import life, oracle
from tests.faults.conftest import DEEP
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
LONGEST_LIFE = 1.5
"""Seconds from a start to a random kill."""
RESTART = 10.0
"""Seconds within which a killed service serves again."""


class Killer:
    """Ends lives of the service and begins new ones, at named steps or at random moments."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.kills = 0
        self.slowest = 0.0
        self.reached: list[str] = []
        self._steps: list[str] = []
        self._moments: list[float] = []
        self._step = ""
        self._began = 0.0
        self._answers = True

    def at_steps(self, *steps: str) -> None:
        """Begin; each life ends at the next of these steps, and the last one does not."""
        self._steps = [*steps]
        self._begin()

    def at_random(self, chance: random.Random, kills: int) -> None:
        """Begin; so many lives end at a random moment from their start on."""
        self._moments = [chance.uniform(0, LONGEST_LIFE) for _ in range(kills)]
        self._begin()

    async def meanwhile(self) -> None:
        """Between the story's moments."""
        service = self.stage.service
        age = time.monotonic() - self._began
        if self._moments and age >= self._moments[0]:
            del self._moments[0]
            service.kill()
            self.kills += 1
        if not service.is_alive:
            self._dead()
        elif not self._answers and await service.ready() is not None:
            self._answers = True
            self.slowest = max(self.slowest, age)

    def _dead(self) -> None:
        process = self.stage.service.process
        assert process is not None
        assert process.exitcode == -signal.SIGKILL, self.stage.service.log.read_text()[-3000:]
        if self._step:
            self.kills += 1
            self.reached.append(self._step)
        self._begin()

    def _begin(self) -> None:
        self._step = self._steps.pop(0) if self._steps else ""
        self.stage.service.start(life.End(self._step))
        self._began, self._answers = time.monotonic(), False


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

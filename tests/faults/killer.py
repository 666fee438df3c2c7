"""Who kills the service and starts it again while a test's story goes on."""

import random
import signal
import time

from tests.faults import life
from tests.faults.stage import Stage

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

    def at_random(self, chance: random.Random, kills: int, longest: float = LONGEST_LIFE) -> None:
        """Begin; so many lives end at a random moment from their start on, none after `longest` seconds."""
        self._moments = [chance.uniform(0, longest) for _ in range(kills)]
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
            await self._dead()
        elif not self._answers and await service.ready() is not None:
            self._answers = True
            self.slowest = max(self.slowest, age)

    @property
    def is_done(self) -> bool:
        """Every life that was to end has ended."""
        return not (self._step or self._steps or self._moments)

    async def _dead(self) -> None:
        process = self.stage.service.process
        assert process is not None
        assert process.exitcode == -signal.SIGKILL, self.stage.service.log.read_text()[-3000:]
        if self._step:
            self.kills += 1
            self.reached.append(self._step)
        self._begin()

    def _begin(self) -> None:
        self._step = self._steps.pop(0) if self._steps else ""
        self._start(self._step)
        self._began, self._answers = time.monotonic(), False

    def _start(self, step: str) -> None:
        self.stage.service.start(life.End(step))

"""How the loops wait while chain or database are away: a little longer each time, and without saying it each time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ebl_service.errors import LedgerUnavailable
from ebl_service.services.changes import Changes

log = logging.getLogger(__name__)

LONGEST_PAUSE = 5.0
"""Seconds: so that work goes on soon after the fault is over."""


class Patience:
    """Of one loop, named `what` in the log. `pause`: seconds between two looks, and of the first pause of a fault."""

    def __init__(self, what: str, pause: float) -> None:
        self._what = what
        self._pause = pause
        self._failures = 0
        self._said = ""

    def tried(self, error: Exception) -> float:
        """It failed again: how many seconds to wait. Said in the log where it is another reason than the last."""
        if str(error) != self._said:
            self._said = str(error)
            log.warning("%s waits: %s", self._what, error)
        self._failures += 1
        return float(min(LONGEST_PAUSE, self._pause * 2 ** min(self._failures, 10)))

    def succeeded(self) -> None:
        """It works again."""
        if self._failures:
            log.info("%s goes on after %d failures", self._what, self._failures)
        self._failures, self._said = 0, ""

    async def keep_on(self, step: Callable[[], Awaitable[bool]], changes: Changes, stop: asyncio.Event) -> None:
        """Steps until `stop`: at once while one says there is more, else when the store has moved, or by the clock.

        Waits while chain or database are away. Raises: whatever else a step raises.
        """
        while not stop.is_set():
            seen, pause = changes.version, self._pause
            try:
                has_more = await step()
                self.succeeded()
            except LedgerUnavailable as error:
                has_more, pause = False, self.tried(error)
            if not has_more:
                await changes.wait(seen, pause)

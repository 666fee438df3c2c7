"""How the loops wait while chain or database are away: a little longer each time, and without saying it each time."""

import logging

log = logging.getLogger(__name__)

LONGEST_PAUSE = 5.0
"""Seconds: so that work goes on soon after the fault is over."""


class Patience:
    """Of one loop, named `what` in the log. `pause`: seconds of the first pause."""

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

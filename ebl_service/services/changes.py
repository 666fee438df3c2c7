"""Tells those who wait that the store has moved: long polls and event streams wait here instead of asking again.

Within one process only; who waits looks again at its timeout as well, since another process may have moved the store.
"""

import asyncio


class Changes:
    """A counter that one side raises and the other waits for."""

    def __init__(self) -> None:
        self._version = 0
        self._moved = asyncio.Event()

    @property
    def version(self) -> int:
        """How many times the store moved so far; take it before reading, wait for more after."""
        return self._version

    def notify(self) -> None:
        """The store has moved."""
        self._version += 1
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait(self, since: int, seconds: float) -> None:
        """Return once the store has moved since `version`, or after so many seconds."""
        if self._version != since:
            return
        moved = self._moved
        try:
            async with asyncio.timeout(seconds):
                await moved.wait()
        except TimeoutError:
            return

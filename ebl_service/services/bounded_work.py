"""Work of the processor on what callers send, in threads of its own: reading, checking and printing documents.

    evidence = await untrusted.run(evidence_of, content, opening)

Never asyncio's default executor, which SQLite's commits need, and never the event loop, where everybody else waits.

Rules kept: so much work waits and no more, so much of it for one caller; who waits too long is told to come again. The
work itself is bounded by what it works on: a thread cannot be stopped.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from ebl_service.errors import ServiceBusy
from ebl_service.errors.access import TooManyAtOnce
from ebl_service.services.asking import who_asks

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


INLINE_BYTES = 4 * 1024
"""So much is read in a millisecond."""


@dataclass(frozen=True, slots=True)
class WorkBounds:
    """`most`: pieces of work under way, waiting ones included; `most_of_one`: those for one caller.

    `threads`: two, since the interpreter runs one at a time; a second one lets short work pass long work by.
    """

    threads: int = 2
    most: int = 64
    most_of_one: int = 16
    seconds: float = 30.0


class BoundedWork:
    """Threads with a bounded queue."""

    def __init__(self, bounds: WorkBounds | None = None) -> None:
        self._bounds = bounds or WorkBounds()
        self._threads = ThreadPoolExecutor(self._bounds.threads, "untrusted")
        self._lock = threading.Lock()
        self._under_way: Counter[str] = Counter()

    async def run(
        self, work: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs
    ) -> Result:
        """What `work` gives, or raises.

        Raises: ServiceBusy (as much waits as may, or this waited too long); TooManyAtOnce (of this caller).
        """
        who = who_asks.get() or ""
        self._take(who)
        doing = self._threads.submit(work, *arguments, **options)
        doing.add_done_callback(lambda _: self._give_back(who))
        return await self._result(doing)

    async def run_sized(
        self, size: int, work: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs
    ) -> Result:
        """As `run`; what is `INLINE_BYTES` long at most is done at once, since a thread would cost more."""
        if size <= INLINE_BYTES:
            return work(*arguments, **options)
        return await self.run(work, *arguments, **options)

    async def _result(self, doing: "Future[Result]") -> Result:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(doing), self._bounds.seconds)
        except TimeoutError:
            if doing.done() and not doing.cancelled():
                raise  # the work's own
            raise ServiceBusy("The service has too much to do: what was asked for waited too long") from None

    def _take(self, who: str) -> None:
        with self._lock:
            if who and self._under_way[who] >= self._bounds.most_of_one:
                raise TooManyAtOnce(f"More than {self._bounds.most_of_one} requests at once are worked on already")
            if self._under_way.total() >= self._bounds.most:
                raise ServiceBusy("The service has as much to do as it takes on")
            self._under_way[who] += 1

    def _give_back(self, who: str) -> None:
        with self._lock:
            self._under_way[who] -= 1
            if not self._under_way[who]:
                del self._under_way[who]


untrusted = BoundedWork()
"""The process's own: interpreters share one processor lock, so that more of them would be no faster."""

prints = BoundedWork(WorkBounds(seconds=120.0))
"""Printing, apart from reading and checking: a document of 4 MiB takes a quarter of a minute of the processor."""

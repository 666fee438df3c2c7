"""Work on what callers send: a bounded queue, a share for each caller, a deadline, and never the default executor."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from ebl_service.errors import ServiceBusy
from ebl_service.errors.access import TooManyAtOnce
from ebl_service.services.asking import who_asks
from ebl_service.services.bounded_work import INLINE_BYTES, BoundedWork, WorkBounds

BOUNDS = WorkBounds(threads=1, most=3, most_of_one=2, seconds=30)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Work that waits for it ends with the test."""
    event = threading.Event()
    yield event
    event.set()


async def begin(work: BoundedWork, gate: threading.Event, who: str) -> asyncio.Task[bool]:
    who_asks.set(who)
    task = asyncio.ensure_future(work.run(gate.wait))
    await asyncio.sleep(0)
    return task


async def test_one_caller_has_its_share_and_all_together_no_more_than_there_is(gate: threading.Event) -> None:
    work = BoundedWork(BOUNDS)
    begun = [await begin(work, gate, who) for who in ("one", "one")]
    with pytest.raises(TooManyAtOnce):
        await (await begin(work, gate, "one"))
    begun.append(await begin(work, gate, "two"))
    with pytest.raises(ServiceBusy):
        await (await begin(work, gate, "three"))
    gate.set()
    assert await asyncio.gather(*begun) == [True] * 3
    assert await work.run(len, "given back") == 10


async def test_what_waits_too_long_is_told_to_come_again_and_is_not_done(gate: threading.Event) -> None:
    work, done = BoundedWork(WorkBounds(threads=1, most=3, most_of_one=3, seconds=0.05)), []
    first = await begin(work, gate, "one")
    with pytest.raises(ServiceBusy):
        await work.run(done.append, 1)
    with pytest.raises(ServiceBusy):
        await first  # this one runs, and cannot be stopped: it keeps its place until it ends
    gate.set()
    for _ in range(1000):
        if not work._under_way:
            break
        await asyncio.sleep(0.001)
    assert (done, dict(work._under_way)) == ([], {})


async def test_it_takes_no_thread_of_the_default_executor_and_short_work_none_at_all() -> None:
    work = BoundedWork()
    assert (await work.run(threading.current_thread)).name.startswith("untrusted")
    assert await work.run_sized(INLINE_BYTES, threading.current_thread) is threading.current_thread()
    assert await work.run_sized(INLINE_BYTES + 1, threading.current_thread) is not threading.current_thread()


async def test_what_the_work_raises_is_raised_and_its_place_given_back() -> None:
    work = BoundedWork(BOUNDS)
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            await work.run(divmod, 1, 0)

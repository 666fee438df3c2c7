"""One life of a service process: `ebl serve`, which may end itself at a named step as a kill -9 would.

Processes are forked from one that has loaded everything already, so that starting again costs a test little; what runs
is the command itself, in a process of its own. The end at a step is set here, in the tests: the product has no such
setting.
"""

import functools
import multiprocessing
import os
import signal
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

LOADED = [
    "ebl_service.cli.main",
    "ebl_service.api.serving",
    "uvicorn.protocols.http.auto",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "aiosqlite",
    "asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "tests.faults.life",
]


@dataclass(frozen=True)
class End:
    """The process ends when it comes to this step for the `nth` time; never where `step` is empty."""

    step: str = ""
    nth: int = 1


def start(settings: dict[str, str], log: Path, end: End = End()) -> BaseProcess:
    """A process that serves by these settings; what it says goes to `log`."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    process = context.Process(target=_serve, args=(settings, str(log), end), daemon=True)
    process.start()
    return process


def _serve(settings: dict[str, str], log: str, end: End) -> None:
    from ebl_service import bootstrap
    from ebl_service.cli.main import app

    for name in [name for name in os.environ if name.startswith("EBL_")]:
        del os.environ[name]
    os.environ.update(settings)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    if end.step:
        bootstrap.build = functools.partial(bootstrap.build, failpoint=_Countdown(end))  # type: ignore[assignment]
    app(["serve"], prog_name="ebl")


class _Countdown:
    def __init__(self, end: End) -> None:
        self._step, self._left = end.step, end.nth

    def __call__(self, step: str) -> None:
        if step == self._step:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

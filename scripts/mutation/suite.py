"""tests/contract in a process that collects them once, and then runs them as often as it is asked, in a fork each time.

    with Suite(log) as suite:
        suite.killer(artifacts, beneficiary(3), first=["test_batch.py"])    the test that failed, "" where all passed

Starting pytest and collecting takes longer than most mutants live. What is asked comes as a line of JSON on standard
input, what came of it leaves as one; what pytest prints goes to the log. Left to others: compiling (`weaving`).

Rules kept here
- Each run has its own anvil and its own deployment, and nothing of the run before it.
- The first failure ends a run, and one that does not end is a failure; a failing play is not shrunk.
- Left out are the gas ceilings, which say nothing of what an act does, and a woven contract is dearer.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self, TextIO

import hypothesis
import pytest

from scripts.mutation.breaks import ROOT

PATIENCE = 900  # seconds
TESTS = "tests/contract"
LEFT_OUT = f"{TESTS}/test_gas.py"
ENDLESS = "a run that does not end"
LONG = ("test_rulebook.py", "test_insurance_rulebook.py", "test_everything_is_reached.py")
"""After all others, in this order."""


class Suite:
    """A process of this module's `serve`."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scripts.mutation.suite", str(self._log)],
            cwd=ROOT,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()

    def killer(self, artifacts: dict[str, dict[str, Any]], beneficiary: str, first: Sequence[str] = ()) -> str:
        """The test that fails on these contracts, in blocks of this beneficiary; the files `first` come first."""
        contracts = Path(self._folder.name) / "contracts"
        contracts.mkdir(exist_ok=True)
        for committed in (ROOT / "ebl_service" / "contracts").glob("*.json"):
            made = json.loads(committed.read_text()) | artifacts.get(committed.stem, {})
            (contracts / committed.name).write_text(json.dumps(made))
        asked = {"folder": self._folder.name, "beneficiary": beneficiary, "first": list(first)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            sys.exit(f"mutants: the tests cannot be run: see {self._log}")
        return str(json.loads(answer))


class Forking:
    """Takes the place of pytest's loop over what it collected."""

    def __init__(self, asked: TextIO, answers: TextIO) -> None:
        self._asked = asked
        self._answers = answers
        self._beneficiary = ""
        self._failed = ""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests in a fork for each line that is asked."""
        for line in self._asked:
            reading, writing = os.pipe()
            child = os.fork()
            if child == 0:
                os.setsid()  # what it starts can be ended with it
                self._run(session, json.loads(line), writing)
            os.close(writing)
            self._answers.write(json.dumps(_outcome(child, reading)) + "\n")
            self._answers.flush()
        return True

    def _run(self, session: pytest.Session, asked: dict[str, Any], writing: int) -> None:
        failed = "a run that ends before its tests"
        try:
            _take_contracts_from(Path(asked["folder"]))
            self._beneficiary = asked["beneficiary"]
            order = {name: n for n, name in enumerate((*asked["first"], "", *LONG))}
            items = sorted(session.items, key=lambda item: order.get(item.path.name, order[""]))
            for item, following in zip(items, [*items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self._failed:
                    break
            failed = self._failed
            session._setupstate.teardown_exact(None)  # noqa: SLF001 -- pytest does so where a session is cut short
        finally:
            os.write(writing, failed.encode())
            os._exit(0)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        """A chain's blocks are to the mutant's benefit, from before the contracts are deployed."""
        made: Any = yield
        if fixturedef.argname == "anvil":
            made.rpc("anvil_setCoinbase", self._beneficiary)
        return made

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes the first test that fails."""
        if report.failed and not self._failed:
            self._failed = report.nodeid


def _take_contracts_from(folder: Path) -> None:
    from ebl_service.chain import artifacts  # noqa: PLC0415 -- the tests' process alone has them

    artifacts.files = lambda _: folder  # type: ignore[assignment]
    artifacts.artifact.cache_clear()


def _outcome(child: int, reading: int) -> str:
    """What a run wrote, once it ended; it is made to end in good time."""
    in_time, _, _ = select.select([reading], [], [], PATIENCE)
    said = os.read(reading, 4096).decode() if in_time else ENDLESS
    os.close(reading)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # an anvil, too, that a broken run left behind
    os.waitpid(child, 0)
    return said


def serve(log: Path) -> int:
    """Collect, then answer until standard input ends. Returns pytest's exit code."""
    hypothesis.settings.register_profile("unshrunk", phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate])
    hypothesis.settings.load_profile("unshrunk")
    answers = os.fdopen(os.dup(1), "w")
    with log.open("w") as words:
        os.dup2(words.fileno(), 1)
        os.dup2(words.fileno(), 2)
    options = ("-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", f"--ignore={LEFT_OUT}")
    return pytest.main([TESTS, *options], plugins=[Forking(sys.stdin, answers)])


if __name__ == "__main__":
    sys.exit(serve(Path(sys.argv[1])))

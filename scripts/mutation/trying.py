"""Tries mutants, each in a copy of the tree, and keeps what was found.

Left to others: making them (`breaks`), what is asked for and told (`__main__`).

Rules kept here
- A suite counts only where it passes on sources of which nothing but a comment differs.
- What does not compile, or compiles to the same bytecode, is not counted.
- A kill holds as long as the contract is the same; a survivor only as long as the tests are, too.
"""

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from scripts.mutation.breaks import INTERFACES, MUTATED, ROOT, Mutant, bare, digest, source

BUILD = ROOT / ".build" / "mutants"
RESULTS = BUILD / "results.jsonl"
PYTHON = str(ROOT / ".venv" / "bin" / "python")
COMPILE = (PYTHON, "scripts/compile")
PATIENCE = 900  # seconds until a suite that does not end counts as a kill
FIRST, SECOND = "tests/contract", "forge"

Row = dict[str, str]


class Tree:
    """A copy of the tree in which to try mutants by these suites (names to commands, the fastest first)."""

    def __init__(self, number: int, suites: dict[str, tuple[str, ...]]) -> None:
        self.folder = BUILD / f"tree-{number}"
        self.suites = suites
        shutil.rmtree(self.folder, ignore_errors=True)
        for file in tracked():
            if (ROOT / file).is_file():
                (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / file, self.folder / file)
        for folder in ("node_modules", ".venv"):
            (self.folder / folder).symlink_to(ROOT / folder)
        self.bytecode = self._bytecode()

    def outcome(self, mutant: Mutant) -> tuple[str, str]:
        """What becomes of a mutant, and which suite killed it."""
        file = self.folder / mutant.file
        file.write_text(mutant.text())
        try:
            if not self._run(*COMPILE):
                if f"--> {mutant.file}" not in (log := self.folder / "last-run.log").read_text():
                    sys.exit(f"mutants: scripts/compile fails, and not for what it was given: see {log}")
                return "does not compile", ""
            if self._bytecode() == self.bytecode:
                return "same bytecode", ""
            killers = (suite for suite, command in self.suites.items() if not self._run(*command))
            killer = next(killers, None)
            return ("killed", killer) if killer else ("survived", "")
        finally:
            file.write_text(source(mutant.file))

    def must_pass(self, suite: str) -> None:
        """Ends the run where a suite fails although only a comment differs."""
        for file in MUTATED:
            (self.folder / file).write_text(source(file) + "\n// Not a mutant.\n")
        if not (self._run(*COMPILE) and self._run(*self.suites[suite])):
            sys.exit(f"mutants: {suite} fails on sound contracts: see {self.folder / 'last-run.log'}")
        for file in MUTATED:
            (self.folder / file).write_text(source(file))

    def _run(self, *command: str) -> bool:
        """Whether the command succeeds in good time."""
        environment = os.environ | {"FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT": "0", "PYTHONDONTWRITEBYTECODE": "1"}
        with (self.folder / "last-run.log").open("w") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )
            try:
                return process.wait(PATIENCE) == 0
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return False

    def _bytecode(self) -> list[str]:
        """What the tree's contracts were compiled to."""
        artifacts = sorted((self.folder / "ebl_service" / "contracts").glob("*.json"))
        return [json.loads(file.read_text())["bytecode"] for file in artifacts]


def tracked() -> list[str]:
    """Every file of the project, committed or about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.rstrip("\0").split("\0")


def suites(*, quick: bool) -> dict[str, tuple[str, ...]]:
    """How to run each suite, the fastest first."""
    forge = next(iter(ROOT.glob("node_modules/@foundry-rs/forge-*/bin/forge*")), None) or shutil.which("forge")
    first = {FIRST: (PYTHON, "-m", "pytest", FIRST, "-x", "-q", "-p", "no:cacheprovider")}
    return first if quick else first | {SECOND: (str(forge), "test", "--fail-fast")}


@cache
def tests(*names: str) -> str:
    """Names the contracts, the tests and the suites of a run."""
    files = [file for file in tracked() if re.match(r"contracts/test/(?!proofs)|tests/contract/", file)]
    return digest(*names, *files, *map(source, files), *(bare(source(file)) for file in (*MUTATED, *INTERFACES)))


class Results:
    """What earlier runs found and still holds, and what this one finds, written down at once."""

    def __init__(self, tests: str) -> None:
        self._tests = tests
        rows = [json.loads(line) for line in RESULTS.read_text().splitlines()] if RESULTS.exists() else []
        self.known: dict[str, Row] = {
            row["key"]: row for row in rows if row["outcome"] != "survived" or row["tests"] == tests
        }

    def keep(self, key: str, mutant: str, outcome: str, by: str = "") -> Row:
        """Write a result down; its row."""
        row = {"key": key, "tests": self._tests, "mutant": mutant, "outcome": outcome, "by": by}
        BUILD.mkdir(parents=True, exist_ok=True)
        with RESULTS.open("a") as file:
            file.write(json.dumps(row) + "\n")
        return row


class Run:
    """One run over mutants. `counted`: the rows of those that count; `not_counted`: how many were found not to."""

    def __init__(self, jobs: int, *, quick: bool) -> None:
        self._suites = suites(quick=quick)
        self._jobs = jobs
        self._results = Results(tests(*self._suites))
        self._trees: queue.Queue[Tree] = queue.Queue()
        self._lock = threading.Lock()
        self.counted: dict[Mutant, Row] = {}
        self.not_counted = 0
        for number in range(jobs):
            self._trees.put(Tree(number, self._suites))

    def try_all(self, mutants: list[Mutant], wanted: int, minutes: float) -> None:
        """Try mutants in this order until so many count, or the time is over."""
        until = time.monotonic() + minutes * 60
        self._see_the_suites_pass()
        with ThreadPoolExecutor(self._jobs) as pool:
            list(pool.map(lambda mutant: self._try(mutant, wanted, until), mutants))

    def _see_the_suites_pass(self) -> None:
        sound = "sound" + tests(*self._suites)
        if sound in self._results.known:
            return
        print("The suites on sound contracts …", flush=True)
        tree = self._trees.get()
        for suite in self._suites:
            tree.must_pass(suite)
        self._trees.put(tree)
        self._results.keep(sound, "none", "sound")

    def _try(self, mutant: Mutant, wanted: int, until: float) -> None:
        row = self._results.known.get(mutant.key())
        if len(self.counted) >= wanted or (row is None and time.monotonic() > until):
            return
        if row is None:
            tree = self._trees.get()
            try:
                outcome, suite = tree.outcome(mutant)
            finally:
                self._trees.put(tree)
            with self._lock:
                row = self._results.keep(mutant.key(), str(mutant), outcome, suite)
        with self._lock:
            if row["outcome"] not in ("killed", "survived"):
                self.not_counted += 1
            elif len(self.counted) < wanted:
                self.counted[mutant] = row
            print(f"[{len(self.counted)}/{wanted}] {row['outcome']:16} {row['by']:14} {mutant}", flush=True)

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


def try_all(
    mutants: list[Mutant], wanted: int, jobs: int, minutes: float, *, quick: bool
) -> tuple[dict[Mutant, Row], int]:
    """Try mutants in this order until so many count, or the time is over; the rows of all that do, how many do not."""
    by, begun, lock = suites(quick=quick), time.monotonic(), threading.Lock()
    results = Results(tests(*by))
    counted: dict[Mutant, Row] = {}
    not_counted: list[Mutant] = []
    trees: queue.Queue[Tree] = queue.Queue()

    def work(mutant: Mutant) -> None:
        row = results.known.get(mutant.key())
        if len(counted) >= wanted or (row is None and time.monotonic() - begun > minutes * 60):
            return
        if row is None:
            tree = trees.get()
            try:
                outcome, suite = tree.outcome(mutant)
            finally:
                trees.put(tree)
            with lock:
                row = results.keep(mutant.key(), str(mutant), outcome, suite)
        with lock:
            if row["outcome"] not in ("killed", "survived"):
                not_counted.append(mutant)
            elif len(counted) < wanted:
                counted[mutant] = row
            print(f"[{len(counted)}/{wanted}] {row['outcome']:16} {row['by']:14} {mutant}", flush=True)

    for number in range(jobs):
        trees.put(Tree(number, by))
    sound = "sound" + tests(*by)
    if sound not in results.known:
        print("The suites on sound contracts …", flush=True)
        tree = trees.get()
        for suite in by:
            tree.must_pass(suite)
        trees.put(tree)
        results.keep(sound, "none", "sound")
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(work, mutants))
    return counted, len(not_counted)

"""Tries mutants, many in one compilation and each in a run of the tests of its own, and keeps what was found.

Left to others: making them (`breaks`), compiling them (`weaving`), running tests/contract (`suite`), the Solidity tests
(`solidity`), what is asked for and told (`__main__`).

Rules kept here
- The suites count only where they pass on the contracts in which the mutants are woven and none is alive.
- What does not compile, or compiles to the same bytecode, is not counted.
- A kill holds as long as the contract is the same; a survivor only as long as the tests are, too.
"""

import json
import queue
import re
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache

from scripts.mutation.breaks import BUILD, INTERFACES, MUTATED, Mutant, bare, digest, source, tracked
from scripts.mutation.solidity import SolidityTests
from scripts.mutation.suite import TESTS, Suite
from scripts.mutation.weaving import (
    Artifacts,
    DoesNotCompile,
    alone,
    beneficiary,
    can_be_woven,
    compiled,
    everything,
    together,
    tops,
    woven,
)

RESULTS = BUILD / "results.jsonl"
MOST_WOVEN = 24
SOME = 3
Row = dict[str, str]


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


def groups(mutants: Iterable[Mutant]) -> Iterator[list[Mutant]]:
    """The mutants by what is compiled together."""
    open_: dict[tuple[str, ...], list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        if not can_be_woven(mutant):
            yield [mutant]
            continue
        group = open_[tops(mutant.file)]
        group.append(mutant)
        if len(group) == MOST_WOVEN:
            yield open_.pop(tops(mutant.file))
    yield from open_.values()


class Run:
    """One run over mutants. `counted`: the rows of those that count; `not_counted`: how many were found not to."""

    def __init__(self, jobs: int, *, quick: bool) -> None:
        self._solidity = None if quick else SolidityTests()
        self._jobs = jobs
        self._results = Results(tests(TESTS, *([] if quick else ["forge"])))
        self._suites: queue.Queue[Suite] = queue.Queue()
        self._lock = threading.Lock()
        self._killers: dict[str, Counter[str]] = defaultdict(Counter)
        self.counted: dict[Mutant, Row] = {}
        self.not_counted = 0

    def try_all(self, mutants: list[Mutant], wanted: int, minutes: float) -> None:
        """Try mutants in this order until so many count, or the time is over."""
        until = time.monotonic() + minutes * 60
        BUILD.mkdir(parents=True, exist_ok=True)
        with ExitStack() as suites, ThreadPoolExecutor(self._jobs) as pool:
            for number in range(self._jobs):
                self._suites.put(suites.enter_context(Suite(BUILD / f"suite-{number}.log")))
            while mutants and len(self.counted) < wanted and time.monotonic() < until:
                enough = wanted - len(self.counted)
                next_ones, mutants = mutants[:enough], mutants[enough:]
                unknown = [mutant for mutant in next_ones if not self._is_known(mutant, wanted)]
                self._see_the_tests_pass(unknown)
                list(pool.map(lambda group: self._try(group, wanted, until), list(groups(unknown))))

    def _is_known(self, mutant: Mutant, wanted: int) -> bool:
        row = self._results.known.get(mutant.key())
        if row is not None:
            self._count(mutant, row, wanted)
        return row is not None

    def _see_the_tests_pass(self, mutants: list[Mutant]) -> None:
        """On contracts in which mutants of each are woven, and none is alive."""
        sound = "sound" + tests(TESTS)
        if sound in self._results.known or not mutants:
            return
        print("The tests on sound contracts …", flush=True)
        chosen: dict[str, list[Mutant]] = defaultdict(list)
        for mutant in filter(can_be_woven, mutants):
            chosen[mutant.file].append(mutant)
        some = [mutant for each in chosen.values() for mutant in each[:SOME]]
        made = compiled(everything(), woven(dict(enumerate(some, 1))))
        suite = self._suites.get()
        failed = suite.killer(made, beneficiary(0))
        self._suites.put(suite)
        if failed:
            sys.exit(f"mutants: {failed} fails on sound contracts: see {BUILD}/suite-0.log")
        self._results.known[sound] = self._results.keep(sound, "none", "sound")

    def _try(self, group: list[Mutant], wanted: int, until: float) -> None:
        """Compile them together, or by halves where they do not go together, and run the tests on each."""
        if time.monotonic() > until:
            return
        try:
            numbered = dict(enumerate(group, 1))
            made = together(numbered) if len(group) > 1 else compiled(tops(group[0].file), alone(group[0]))
        except DoesNotCompile as refused:
            if len(group) > 1:
                self._try(group[: len(group) // 2], wanted, until)
                self._try(group[len(group) // 2 :], wanted, until)
            elif f"--> {group[0].file}" in str(refused):
                self._found(group[0], wanted, "does not compile")
            else:
                sys.exit(f"mutants: the compiler fails, and not for what it was given: {refused}")
            return
        for number, mutant in enumerate(group, 1):
            if time.monotonic() > until or len(self.counted) >= wanted:
                return
            self._found(mutant, wanted, *self._outcome(mutant, made, number, is_alone=len(group) == 1))

    def _outcome(self, mutant: Mutant, made: Artifacts, number: int, *, is_alone: bool) -> tuple[str, str]:
        """What becomes of a mutant in what was compiled, and which test killed it."""
        if is_alone and made == self._sound(tops(mutant.file)):
            return "same bytecode", ""
        first = [name for name, _ in self._killers[mutant.file].most_common()]
        suite = self._suites.get()
        try:
            killer = suite.killer(made, beneficiary(number), first)
        finally:
            self._suites.put(suite)
        if killer:
            self._killers[mutant.file][killer.partition("::")[0].rpartition("/")[2]] += 1
            return "killed", killer
        if not is_alone and compiled(tops(mutant.file), alone(mutant)) == self._sound(tops(mutant.file)):
            return "same bytecode", ""
        return ("killed", "forge") if self._solidity and self._solidity.kill(mutant) else ("survived", "")

    @staticmethod
    @cache
    def _sound(names: tuple[str, ...]) -> Artifacts:
        return compiled(names, alone(None))

    def _found(self, mutant: Mutant, wanted: int, outcome: str, by: str = "") -> None:
        with self._lock:
            self._count(mutant, self._results.keep(mutant.key(), str(mutant), outcome, by), wanted)

    def _count(self, mutant: Mutant, row: Row, wanted: int) -> None:
        if row["outcome"] not in ("killed", "survived"):
            self.not_counted += 1
        elif len(self.counted) < wanted:
            self.counted[mutant] = row
        print(f"[{len(self.counted)}/{wanted}] {row['outcome']:16} {mutant}  {row['by']}", flush=True)

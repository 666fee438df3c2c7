"""Runs halmos on a copy of the contracts and judges what it says.

Left to others: which claims and breaks there are (`claims`), what is asked for and told (`__main__`).

Rules kept here
- A claim is proved only where halmos passed it, some path came to its end, none got stuck, no loop was cut short, and
  no query ran out of time. Whatever else happened, it is not proved.
- The tree halmos works in is its own; the forge tests and slither have theirs.
"""

import json
import os
import shutil
import signal
import subprocess
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "proof"
TOOLS = ROOT / ".build" / "deep-venv" / "bin"
OUT = ".build/proof/out"  # as foundry.toml's profile `proof` has it
QUERY_TIMEOUT = "10m"
PASSED, REFUTED = 0, 1
REASONS = {2: "the solver ran out of time", 3: "a path got stuck", 4: "no path came to its end", 5: "halmos failed"}


class Judgement(StrEnum):
    """What became of a claim."""

    PROVED = "proved"
    REFUTED = "REFUTED"
    NOT_PROVED = "NOT PROVED"


class Verdict(NamedTuple):
    """Of one claim; `why` says what was seen, `log` is what halmos printed."""

    judgement: Judgement
    why: str
    log: Path


class Tree:
    """A copy of the contracts and their proofs, compiled for halmos."""

    def __init__(self, name: str) -> None:
        self.folder = BUILD / name
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(ROOT / "contracts", self.folder / "contracts", ignore=_ignored)
        shutil.copy2(ROOT / "foundry.toml", self.folder)
        (self.folder / "scripts").mkdir()
        shutil.copy2(ROOT / "scripts" / "solc", self.folder / "scripts")
        (self.folder / "node_modules").symlink_to(ROOT / "node_modules")

    def build(self) -> None:
        """Compile, as halmos wants it. Raises: CalledProcessError, with the compiler's words in `output`."""
        command = ["forge", "build", "--ast", "--root", ".", "--extra-output", "storageLayout", "metadata"]
        subprocess.run(
            command,
            cwd=self.folder,
            env=environment(),
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def prove(self, claim: str, seconds: float, *, to_the_end: bool = True) -> Verdict:
        """Try to prove one claim; until the first counterexample where it need not be `to_the_end`."""
        found, log = self.folder / f"{claim}.json", self.folder / f"{claim}.log"
        command = [
            str(TOOLS / "halmos"),
            *("--forge-build-out", OUT, "--match-test", rf"^{claim}\(", "--json-output", str(found)),
            *("--solver-timeout-assertion", QUERY_TIMEOUT, "--solver-threads", "1", "--no-status", "--statistics"),
            *(() if to_the_end else ("--early-exit",)),
        ]
        with log.open("w") as words:
            running = subprocess.Popen(
                command, cwd=self.folder, env=environment(), stdout=words, stderr=words, start_new_session=True
            )
            try:
                running.wait(seconds)
            except subprocess.TimeoutExpired:
                return Verdict(Judgement.NOT_PROVED, f"not done within {seconds / 60:.0f} minutes", log)
            finally:
                if running.poll() is None:
                    os.killpg(running.pid, signal.SIGKILL)
                    running.wait()
        if not found.exists():
            return Verdict(Judgement.NOT_PROVED, "halmos gave no result", log)
        results = [result for each in json.loads(found.read_text())["test_results"].values() for result in each]
        if len(results) != 1:
            return Verdict(Judgement.NOT_PROVED, f"halmos found {len(results)} claims of this name", log)
        return Verdict(*judge(results[0]), log)


def judge(result: dict[str, Any]) -> tuple[Judgement, str]:
    """What a result of halmos comes to, and what was seen."""
    if result["exitcode"] == REFUTED:
        return Judgement.REFUTED, f"{result['num_models']} counterexamples"
    if result["exitcode"] != PASSED:
        return Judgement.NOT_PROVED, REASONS.get(result["exitcode"], f"halmos ended with {result['exitcode']}")
    paths, ended, stuck = result["num_paths"]
    if not ended or stuck:
        return Judgement.NOT_PROVED, f"of {paths} paths {ended} came to their end, {stuck} got stuck"
    if result["num_bounded_loops"]:
        return Judgement.NOT_PROVED, "loops were cut short"
    return Judgement.PROVED, f"{paths} paths, {result['time'][0]:.0f} s"


def environment() -> dict[str, str]:
    """What forge and halmos run in."""
    forge = next(iter(ROOT.glob("node_modules/@foundry-rs/forge-*/bin/forge*")), None)
    folders = [*([str(forge.parent)] if forge else []), os.environ["PATH"], str(TOOLS)]
    return os.environ | {"FOUNDRY_PROFILE": "proof", "PATH": os.pathsep.join(folders)}


def _ignored(folder: str, names: list[str]) -> list[str]:
    """The random tests: not what is proved."""
    return [name for name in names if name != "proofs"] if Path(folder) == ROOT / "contracts" / "test" else []

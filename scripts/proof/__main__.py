"""Prove, by symbolic execution of the compiled contracts, what the files in contracts/test/proofs claim of them.

    scripts/prove                    every claim
    scripts/prove check_anAct…       the claims whose names begin so
    scripts/prove --self-test        break the contracts as breaks.toml says, one at a time, and see each break refuted
    scripts/prove --list             print claims and breaks, prove none

What is proved, under which assumptions and within which bounds stands in the header of each proof. One claim takes
minutes. Exit code 1: a claim has a counterexample, or could not be proved: out of time, a path that got stuck, a loop
cut short, no path that came to its end. What halmos printed stands in .build/proof, where the last line says.
"""

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from scripts.proof.claims import breaks, claims
from scripts.proof.prover import Judgement, Tree, Verdict

LAST_LINES = 30


def build(tree: Tree) -> None:
    """Compile the tree. Ends the run where it does not compile."""
    try:
        tree.build()
    except subprocess.CalledProcessError as failed:
        sys.exit(f"prove: the contracts do not compile\n{failed.output}")


def tell(what: str, verdict: Verdict, *, wanted: Judgement) -> bool:
    """Print what became of a claim; whether it is what was wanted."""
    print(f"{verdict.judgement:10} {what}: {verdict.why}", flush=True)
    if verdict.judgement != wanted:
        lines = verdict.log.read_text().splitlines() if verdict.log.exists() else []
        print(*(f"    {line}" for line in lines[-LAST_LINES:]), f"    (all of it: {verdict.log})", sep="\n", flush=True)
    return verdict.judgement == wanted


def prove(wanted: list[str], jobs: int, minutes: float) -> int:
    """Prove claims. Returns the exit code."""
    tree = Tree("sound")
    build(tree)
    with ThreadPoolExecutor(jobs) as pool:
        verdicts = pool.map(lambda claim: tree.prove(claim, minutes * 60), wanted)
        good = [tell(claim, verdict, wanted=Judgement.PROVED) for claim, verdict in zip(wanted, verdicts, strict=True)]
    print(f"proved {sum(good)} of {len(wanted)}")
    return 0 if all(good) else 1


def test_itself(wanted: list[str], minutes: float) -> int:
    """Break the contracts and see these claims refuted. Returns the exit code."""
    good = []
    for entry in breaks():
        refuted = [claim for claim in entry.refutes if claim in wanted]
        if not refuted:
            continue
        tree = Tree("broken")
        entry.apply(tree)
        build(tree)
        for claim in refuted:
            verdict = tree.prove(claim, minutes * 60, to_the_end=False)
            good.append(tell(f"{claim}, with {entry.what}", verdict, wanted=Judgement.REFUTED))
    print(f"refuted {sum(good)} of {len(good)}")
    return 0 if all(good) else 1


def main() -> int:
    """Prove what is asked for. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/prove", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("claims", nargs="*", metavar="CLAIM", help="only claims whose names begin so")
    parser.add_argument("--self-test", action="store_true", help="see that broken contracts are refuted")
    parser.add_argument("--minutes", type=float, default=60, help="for each claim at most (default: 60)")
    parser.add_argument("--jobs", type=int, default=2, help="claims side by side (default: 2)")
    parser.add_argument("--list", action="store_true", help="print claims and breaks, prove none")
    asked = parser.parse_args()
    wanted = [claim for claim in claims() if not asked.claims or claim.startswith(tuple(asked.claims))]
    if not wanted:
        sys.exit(f"prove: no claim begins with {' or '.join(asked.claims)} (scripts/prove --list)")
    if asked.list:
        print(*wanted, sep="\n")
        print(*(f"refuted with {entry.what}: {', '.join(entry.refutes)}" for entry in breaks()), sep="\n")
        return 0
    began = time.monotonic()
    code = test_itself(wanted, asked.minutes) if asked.self_test else prove(wanted, asked.jobs, asked.minutes)
    print(f"in {time.monotonic() - began:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())

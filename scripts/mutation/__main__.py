"""Break the contracts in small ways, one at a time, and see whether the tests notice.

    scripts/mutants                        all of them: an hour of one core, and more for each that forge must judge
    scripts/mutants --sample 40            forty, drawn with --seed (1 where none is given)
    scripts/mutants --shard 2/5            the second fifth of them
    scripts/mutants --minutes 30           begin no more after so long; the next run goes on where this one stopped
    scripts/mutants --quick                without the forge tests, which take a minute or more a survivor
    scripts/mutants --list                 print the mutants, try none

Many mutants are compiled at once, each alive in blocks of a miner of its own, and each is tried by tests/contract
(seconds to a kill); then, where it survives, compiled by itself and tried by the forge tests. What does not compile, or
compiles to the same bytecode, is not counted. The tests must first pass where no mutant is alive. Results are kept in
.build/mutants: a killed mutant is tried again only when the contract's code changes, a survivor also when the tests do.

Mutants that no test can tell from the contract are listed with the reason in scripts/mutation/equivalents.toml. Exit
code 1: some survived that are not listed, or one that is listed was killed, or is no longer a mutant.
"""

import argparse
import random
import sys
import tomllib
from pathlib import Path

from scripts.mutation.breaks import MUTATED, Mutant, all_mutants
from scripts.mutation.trying import Row, Run

EQUIVALENTS = Path(__file__).with_name("equivalents.toml")


def equivalents(mutants: list[Mutant]) -> set[Mutant]:
    """The mutants that are listed as equivalent. Ends the run where an entry fits none."""
    found: set[Mutant] = set()
    for entry in tomllib.loads(EQUIVALENTS.read_text())["equivalent"]:
        wanted = (entry["file"], entry["code"], entry["change"])
        fitting = sorted((m for m in mutants if (m.file, m.code(), m.change()) == wanted), key=lambda m: m.start)
        if "which" in entry:
            fitting = fitting[entry["which"] - 1 : entry["which"]]
        if not fitting or not entry["why"]:
            sys.exit(f"mutants: {EQUIVALENTS.name} lists what is no mutant, or gives no reason: {entry}")
        found.update(fitting)
    return found


def report(rows: dict[Mutant, Row], left: int, listed: set[Mutant]) -> int:
    """Print what came of it. Returns the exit code."""
    survivors = {mutant for mutant, row in rows.items() if row["outcome"] == "survived"}
    wrong = sorted(str(mutant) for mutant in (rows.keys() & listed) - survivors)
    missed = sorted(str(mutant) for mutant in survivors - listed)
    killed = len(rows) - len(survivors)
    for file in MUTATED:
        mine = [mutant for mutant in rows if mutant.file == file]
        if mine:
            print(f"{file:34} killed {sum(mutant not in survivors for mutant in mine)} of {len(mine)}")
    print(
        f"killed {killed} of {len(rows)}, equivalent {len(survivors & listed)} ({EQUIVALENTS.name}), not tried {left}"
    )
    print(*(f"  survived {name}" for name in missed), sep="\n", end="\n" if missed else "")
    print(*(f"  killed, though listed as equivalent {name}" for name in wrong), sep="\n", end="\n" if wrong else "")
    return 1 if missed or wrong else 0


def shard(text: str) -> tuple[int, int]:
    """`2/5` as numbers."""
    part, parts = map(int, text.split("/"))
    if not 1 <= part <= parts:
        raise ValueError
    return part, parts


def main() -> int:
    """Try the mutants asked for. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/mutants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, metavar="N", help="only so many, drawn at random")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="for the order and the draw (default: 1)")
    parser.add_argument("--shard", type=shard, default=(1, 1), metavar="I/N", help="only the i-th of n parts")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no more after so long")
    parser.add_argument("--jobs", type=int, default=1, help="tried side by side (default: 1)")
    parser.add_argument("--quick", action="store_true", help="leave the forge tests out")
    parser.add_argument("--list", action="store_true", help="print the mutants, try none")
    asked = parser.parse_args()
    mutants = all_mutants()
    listed = equivalents(mutants)
    random.Random(asked.seed).shuffle(mutants)  # noqa: S311 -- no secret; neighbours in one function are dear together
    part, parts = asked.shard
    mutants = mutants[part - 1 :: parts]
    if asked.list:
        print(*mutants, sep="\n")
        return 0
    wanted = asked.sample or len(mutants)
    run = Run(asked.jobs, quick=asked.quick)
    run.try_all(mutants, wanted, asked.minutes)
    left = wanted - len(run.counted) - (0 if asked.sample else run.not_counted)
    return report(run.counted, left, listed)


if __name__ == "__main__":
    sys.exit(main())

"""The claims that contracts/test/proofs makes, and the breaks of the contracts by which they show that they can fail.

A claim is a function `check_…` of a file there; how halmos is to be set stands in its contract's `@custom:halmos`. A
break is an entry of breaks.toml there. Another contract's proofs are another file, and more entries.
"""

import re
import tomllib
from typing import NamedTuple

from scripts.proof.prover import ROOT, Tree

FOLDER = ROOT / "contracts" / "test" / "proofs"


class Break(NamedTuple):
    """What is broken, where `old` becomes `new`, and the claims of which each must be refuted then."""

    what: str
    file: str
    old: str
    new: str
    refutes: list[str]

    def apply(self, tree: Tree) -> None:
        """Break the tree's copy. Raises: ValueError where `old` does not stand there exactly once."""
        file = tree.folder / self.file
        text = file.read_text()
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} has {text.count(self.old)} places like this, not one: {self.old}")
        file.write_text(text.replace(self.old, self.new))


def claims() -> list[str]:
    """The names of all claims, as they stand."""
    found = [
        name for file in sorted(FOLDER.glob("*.sol")) for name in re.findall(r"function (check_\w+)", file.read_text())
    ]
    if len(set(found)) != len(found):
        raise ValueError(f"two claims have one name: {found}")
    return found


def breaks() -> list[Break]:
    """All breaks. Raises: ValueError where one names a claim that is not made, or a claim is not shown to fail."""
    entries = [Break(**entry) for entry in tomllib.loads((FOLDER / "breaks.toml").read_text())["break"]]
    named = {claim for entry in entries for claim in entry.refutes}
    if named != set(claims()):
        raise ValueError(f"breaks.toml and the proofs differ about {sorted(named ^ set(claims()))}")
    return entries

"""Small breaks of the contracts, one at a time: what `scripts/mutants` tries.

Every file directly in contracts/ is broken, whatever contract it belongs to. Left to others: trying them (`trying`).

Rules kept here
- A mutant's key says what was compiled: the broken file and every source compiled with it, less comments and layout. So
  a header may be rewritten, or another contract added, and what was found out about this one still holds.
"""

import hashlib
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "mutants"
MUTATED = [f"contracts/{path.name}" for path in sorted((ROOT / "contracts").glob("*.sol"))]
INTERFACES = [f"contracts/interfaces/{path.name}" for path in sorted((ROOT / "contracts/interfaces").glob("*.sol"))]
OTHER_WAY = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "&&": "||", "||": "&&"}


class Mutant(NamedTuple):
    """One small break: `file`[start:end] becomes `new`."""

    file: str
    start: int
    end: int
    new: str
    kind: str

    def text(self) -> str:
        """The whole file, broken."""
        return source(self.file)[: self.start] + self.new + source(self.file)[self.end :]

    def key(self) -> str:
        """Names this break of these contracts."""
        return digest(self.file, bare(self.text()), *(bare(source(file)) for file in compiled_with(self.file)))

    def line(self) -> int:
        """Where it begins, counted from 1."""
        return source(self.file).count("\n", 0, self.start) + 1

    def code(self) -> str:
        """The line of source it begins in."""
        return source(self.file).split("\n")[self.line() - 1].strip()

    def change(self) -> str:
        """What is done, in words."""
        old = " ".join(source(self.file)[self.start : self.end].split())
        return f"{self.kind}: {old} → {self.new.strip() or 'nothing'}"

    def __str__(self) -> str:
        return f"{self.file}:{self.line()}  {self.change()}"


def digest(*parts: str) -> str:
    """A short name for these texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


@cache
def tracked() -> tuple[str, ...]:
    """Every file of the project, committed or about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(file for file in listed.rstrip("\0").split("\0") if (ROOT / file).is_file())


@cache
def source(file: str) -> str:
    """A file as it was when the run began."""
    return (ROOT / file).read_text()


@cache
def bare(text: str) -> str:
    """The text without comments and layout."""
    code = re.sub(r'("[^"\n]*")|//[^\n]*|/\*.*?\*/', lambda found: found[1] or "", text, flags=re.DOTALL)
    return " ".join(code.split())


@cache
def imported(file: str) -> frozenset[str]:
    """A file and what it imports of contracts/, directly or not."""
    names = re.findall(r'from "(\.[^"]+)"', source(file))
    direct = {str((ROOT / file).parent.joinpath(name).resolve().relative_to(ROOT)) for name in names}
    return frozenset({file}.union(*(imported(name) for name in direct)))


@cache
def compiled_with(file: str) -> tuple[str, ...]:
    """Every source that some contract with this file in it is made of."""
    return tuple(sorted(set().union(*(imported(top) for top in MUTATED if file in imported(top)))))


def all_mutants() -> list[Mutant]:
    """Every mutant of every contract, each once."""
    return list({mutant.key(): mutant for file in MUTATED for mutant in mutants_of(file)}.values())


def without_words(text: str, *, keep_strings: bool = False) -> str:
    """The text with comments, imports and (unless kept) strings blanked, every place where it was."""
    what = r"//[^\n]*|^(?:pragma|import|using)\b[^;]*;|/\*.*?\*/"
    what += "" if keep_strings else r'|"[^"\n]*"'
    return re.sub(what, lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.MULTILINE | re.DOTALL)


def closing(text: str, start: int, pair: str = "()") -> int:
    """Just behind the parenthesis, or another of a pair, that closes the one at `start`."""
    depths = accumulate({pair[0]: 1, pair[1]: -1}.get(letter, 0) for letter in text[start:])
    return start + next(length for length, depth in enumerate(depths, 1) if depth == 0)


def mutants_of(file: str) -> Iterator[Mutant]:
    """Every mutant of a file."""
    text = without_words(source(file))
    for found in re.finditer(r"\bif \(", text):
        after = closing(text, found.end() - 1)
        refusal = re.compile(r"\s*(revert\b[^;]*;|\{\s*revert\b[^;]*;\s*\})").match(text, after)
        if refusal:
            yield Mutant(file, found.start(), refusal.end(), "", "check deleted")
        condition = text[found.end() : after - 1]
        yield Mutant(file, found.end(), after - 1, f"!({condition})", "condition negated")
    for found in re.finditer(r"(?<= )(==|!=|<=|>=|<|>|&&|\|\|)(?= )", text):
        yield Mutant(file, *found.span(), OTHER_WAY[found[0]], "operator swapped")
    yield from flag_mutants(file, text)
    for found in re.finditer(r"(?<![\w.])(0x[0-9a-fA-F]+|\d[\d_]*)\b", text):
        yield Mutant(file, *found.span(), str(int(found[0].replace("_", ""), 0) + 1), "constant changed")
    for found in re.finditer(r"^\s+([\w.]+(?:\[\w+\])?) [|&+]?= [^;]*;", text, re.MULTILINE):
        yield Mutant(file, *found.span(), "", "assignment dropped")
    for found in re.finditer(r"\bemit [^;]*;", text):
        yield Mutant(file, *found.span(), "{}", "event dropped")
    yield from type_mutants(file)


def flag_mutants(file: str, text: str) -> Iterator[Mutant]:
    """A flag left out where flags are set, cleared or asked."""
    for found in re.finditer(r"\.(with|without|has)\(", text):
        after = closing(text, found.end() - 1)
        flags = re.findall(r"[A-Z][A-Z_]+", text[found.end() : after - 1])
        if len(flags) == 1 and found[1] != "has":
            yield Mutant(file, found.start(), after, "", "flags left alone")
    for found in re.finditer(r"\b[A-Z][A-Z_]+(?: \| [A-Z][A-Z_]+)+\b", text):
        flags = found[0].split(" | ")
        for left_out in flags:
            yield Mutant(file, *found.span(), " | ".join(f for f in flags if f != left_out), "flag left out")


def type_mutants(file: str) -> Iterator[Mutant]:
    """Two neighbouring members of an EIP-712 type swapped."""
    text = without_words(source(file), keep_strings=True)
    for found in re.finditer(r"\w+\(((?:[\w\[\]]+ \w+,)+[\w\[\]]+ \w+)\)(?=\w*[\"(])", text):
        members = found[1].split(",")
        for i in range(len(members) - 1):
            swapped = [*members[:i], members[i + 1], members[i], *members[i + 2 :]]
            yield Mutant(file, *found.span(1), ",".join(swapped), "type members swapped")

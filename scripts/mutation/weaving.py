"""Many mutants in one compilation: their functions get several bodies, and the block's beneficiary says which one runs.

    together({1: mutant, 2: other})     the contracts that hold them, compiled
    beneficiary(2)                      the coinbase under which the second one is alive

Compiling is what trying a mutant costs. The break of a constant or of an EIP-712 type stands in no body: it is compiled
by itself, and so is whatever the compiler refuses in company.

Rules kept here
- Under no beneficiary of ours every function does what it always did.
- Nothing but `pure` becoming `view` is changed beside, since a body that asks who is mining is not pure.
- What is compiled are these texts; no file is touched.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import Any

from scripts.mutation.breaks import INTERFACES, MUTATED, ROOT, Mutant, closing, imported, source, without_words

FIRST_BENEFICIARY = 0xEB1 << 144
LARGEST_CODE = 24_576  # EIP-170
WANTED = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences"]
Artifacts = dict[str, dict[str, Any]]


class DoesNotCompile(Exception):
    """The compiler refuses a source, and for what was changed in it."""


def beneficiary(number: int) -> str:
    """The address of the block's beneficiary under which the mutant of this number is alive; 0: none is."""
    return f"0x{FIRST_BENEFICIARY + number:040x}"


def tops(file: str) -> tuple[str, ...]:
    """The contracts that are deployed and have this file in them, by name."""
    return tuple(name for name, top in _compile_script().DEPLOYED.items() if file in imported(top))


def everything() -> tuple[str, ...]:
    """All contracts that are deployed, by name."""
    return tuple(_compile_script().DEPLOYED)


def can_be_woven(mutant: Mutant) -> bool:
    """Whether it stands in a body."""
    return _body_of(mutant) is not None


def woven(mutants: dict[int, Mutant]) -> dict[str, str]:
    """Every source, in which each of these mutants is alive under its own beneficiary."""
    texts = {file: source(file) for file in (*MUTATED, *INTERFACES)}
    by_body: dict[tuple[str, int, int], dict[int, Mutant]] = defaultdict(dict)
    for number, mutant in mutants.items():
        body = _body_of(mutant)
        if body is None:
            raise ValueError(f"{mutant} stands in no body")
        by_body[mutant.file, *body][number] = mutant
    for (file, start, end), alive in sorted(by_body.items(), reverse=True):  # from behind, so that places still hold
        text = source(file)
        bodies = "".join(
            f"if (uint160(address(block.coinbase)) == {FIRST_BENEFICIARY + number}) "
            f"{{{text[start : mutant.start]}{mutant.new}{text[mutant.end : end]}}} else "
            for number, mutant in alive.items()
        )
        texts[file] = f"{texts[file][:start]}{bodies}{{{text[start:end]}}}{texts[file][end:]}"
    return {file: re.sub(r"\bpure\b", "view", text) for file, text in texts.items()}


def alone(mutant: Mutant | None) -> dict[str, str]:
    """Every source as it is, but for this mutant."""
    texts = {file: source(file) for file in (*MUTATED, *INTERFACES)}
    return texts if mutant is None else texts | {mutant.file: mutant.text()}


def compiled(names: tuple[str, ...], texts: dict[str, str]) -> Artifacts:
    """What the service needs of these contracts. Raises: DoesNotCompile."""
    script = _compile_script()
    solc = tomllib.loads((ROOT / "hardhat-free-anvil.toml").read_text())["solc"]
    given = script.compiler_input([], solc)
    given["sources"] = {file: {"content": text} for file, text in texts.items()}
    given["settings"]["outputSelection"] = {script.DEPLOYED[name]: {name: WANTED} for name in names}
    command = [str(ROOT / "scripts" / "solc"), "--standard-json"]
    answer = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    if answer.returncode:
        sys.exit(f"mutants: the compiler cannot run\n{answer.stderr}")
    output = json.loads(answer.stdout)
    errors = [problem["formattedMessage"] for problem in output.get("errors", []) if problem["severity"] == "error"]
    if errors:
        raise DoesNotCompile(*errors)
    return {
        name: {
            "abi": made["abi"],
            "bytecode": "0x" + made["evm"]["bytecode"]["object"],
            "deployedBytecode": "0x" + made["evm"]["deployedBytecode"]["object"],
            "immutableReferences": made["evm"]["deployedBytecode"]["immutableReferences"],
        }
        for name in names
        for made in [output["contracts"][script.DEPLOYED[name]][name]]
    }


def together(mutants: dict[int, Mutant]) -> Artifacts:
    """The contracts with all these mutants in them. Raises: DoesNotCompile, too where it is more than a chain takes."""
    made = compiled(tops(next(iter(mutants.values())).file), woven(mutants))
    if any(len(contract["deployedBytecode"]) // 2 - 1 > LARGEST_CODE for contract in made.values()):
        raise DoesNotCompile("too large together")
    return made


@cache
def _bodies(file: str) -> list[tuple[int, int]]:
    """Where the bodies of a file's functions, modifiers and constructors begin and end, braces excluded."""
    text = without_words(source(file))
    heads = re.finditer(r"\b(?:function\s+\w+|modifier\s+\w+|constructor)\b[^;{]*\{", text)
    return [(head.end(), closing(text, head.end() - 1, "{}") - 1) for head in heads]


def _body_of(mutant: Mutant) -> tuple[int, int] | None:
    return next(
        ((start, end) for start, end in _bodies(mutant.file) if start <= mutant.start < mutant.end <= end), None
    )


@cache
def _compile_script() -> Any:
    """scripts/compile, which says what is compiled and how."""
    loader = SourceFileLoader("compile_script", str(ROOT / "scripts" / "compile"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module

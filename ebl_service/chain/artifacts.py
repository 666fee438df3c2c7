"""The compiled contracts as committed with the package (made by scripts/compile)."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ebl_service.domain.keccak import keccak


@dataclass(frozen=True)
class Artifact:
    """One contract: ABI, creation and runtime code; `immutables`: (start, length) byte ranges of the latter."""

    name: str
    abi: list[dict[str, Any]]
    bytecode: bytes
    deployed_bytecode: bytes
    immutables: tuple[tuple[int, int], ...]

    def runs_as(self, code: bytes) -> bool:
        """Whether `code` is this contract's runtime code, whatever its immutables are."""
        return len(code) == len(self.deployed_bytecode) and self._masked(code) == self._masked(self.deployed_bytecode)

    def _masked(self, code: bytes) -> bytes:
        masked = bytearray(code)
        for start, length in self.immutables:
            masked[start : start + length] = bytes(length)
        return bytes(masked)


@lru_cache(maxsize=8)
def artifact(name: str) -> Artifact:
    """The artifact of a contract by name. Raises: FileNotFoundError."""
    made = json.loads(files("ebl_service").joinpath("contracts", f"{name}.json").read_text())
    ranges = [(r["start"], r["length"]) for uses in made["immutableReferences"].values() for r in uses]
    return Artifact(
        name=name,
        abi=made["abi"],
        bytecode=bytes.fromhex(made["bytecode"][2:]),
        deployed_bytecode=bytes.fromhex(made["deployedBytecode"][2:]),
        immutables=tuple(sorted(ranges)),
    )


def signature_of(entry: dict[str, Any]) -> str:
    """The canonical signature of a function, event or error, such as transfer(bytes32,uint32,address)."""
    return f"{entry['name']}({','.join(type_of(item) for item in entry['inputs'])})"


def type_of(item: dict[str, Any]) -> str:
    """The canonical type of a parameter; tuples are spelt out."""
    if not item["type"].startswith("tuple"):
        return str(item["type"])
    return f"({','.join(type_of(part) for part in item['components'])}){item['type'][5:]}"


def selector_of(entry: dict[str, Any]) -> bytes:
    """The first four bytes of the signature's keccak-256."""
    return keccak(signature_of(entry).encode())[:4]


def topic_of(entry: dict[str, Any]) -> str:
    """The first topic of an event, 0x-hex."""
    return "0x" + keccak(signature_of(entry).encode()).hex()

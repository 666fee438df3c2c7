"""Calls, answers, reverts and logs of the contracts by their ABI alone, and a record of all that was reached.

Told apart from `ebl_service.chain` on purpose: the contracts are tested against the ABI, not against our own codec.
Addresses and 32 bytes are lower-case 0x-hex, members of an enum their names, other numbers integers.
"""

from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import Any, NamedTuple

from eth_abi.abi import decode, encode

from ebl_service.chain.artifacts import artifact, selector_of, topic_of, type_of
from ebl_service.domain.terms import NOBODY, CertificateStatus, ClaimStatus, Mode, Part, Purpose, Status
from ebl_service.domain.title import PreviousAct

CONTRACTS = ("PartyRegistry", "TitleRegistry", "CargoInsurance")
ENUMS: dict[str, type[IntEnum]] = {
    kind.__name__: kind for kind in (Status, Purpose, Mode, Part, CertificateStatus, ClaimStatus)
}


class Happened(NamedTuple):
    """An event, its arguments by name in the ABI's order."""

    name: str
    arguments: dict[str, Any]


class Refused(Exception):
    """The contract reverted with a custom error of its ABI; "" where it gave no reason."""

    def __init__(self, name: str, *values: Any) -> None:
        super().__init__(f"{name}{values}")
        self.name = name
        self.values = values


Entry = dict[str, Any]
_ENTRIES: dict[str, list[Entry]] = {name: artifact(name).abi for name in CONTRACTS}
FUNCTIONS: dict[tuple[str, str], Entry] = {
    (c, e["name"]): e for c in CONTRACTS for e in _ENTRIES[c] if e["type"] == "function"
}
ERRORS: dict[tuple[str, bytes], Entry] = {
    (c, selector_of(e)): e for c in CONTRACTS for e in _ENTRIES[c] if e["type"] == "error"
}
EVENTS: dict[tuple[str, str], Entry] = {
    (c, topic_of(e)): e for c in CONTRACTS for e in _ENTRIES[c] if e["type"] == "event"
}
_SELECTORS = {key: selector_of(entry) for key, entry in FUNCTIONS.items()}
_KINDS = {key: [type_of(item) for item in entry["inputs"]] for key, entry in FUNCTIONS.items()}

REACHED: set[tuple[str, str, str]] = set()
"""What the suite has reached: (contract, "function" | "error" | "event", name)."""


def data_of(contract: str, function: str, *values: Any) -> bytes:
    """Call data; dataclasses stand for tuples, hex for bytes, None for the zero address."""
    key = (contract, function)
    REACHED.add((contract, "function", function))
    plain = [_plain(item, value) for item, value in zip(FUNCTIONS[key]["inputs"], values, strict=True)]
    return _SELECTORS[key] + encode(_KINDS[key], plain)


def _plain(item: Entry, value: Any) -> Any:
    kind = item["type"]
    if kind.endswith("[]"):
        return [_plain({**item, "type": kind[:-2]}, part) for part in value]
    if kind == "tuple":
        if isinstance(value, PreviousAct):
            v = value
            value = (v.head, v.verb, v.time, v.actor, v.arguments, v.possession, v.endorsee_number)
        elif is_dataclass(value):
            value = tuple(getattr(value, field.name) for field in fields(value))
        return tuple(_plain(part, inner) for part, inner in zip(item["components"], value, strict=True))
    if kind == "address":
        return value or NOBODY
    if kind.startswith("bytes") and isinstance(value, str):
        return bytes.fromhex(value[2:])
    return int(value) if isinstance(value, IntEnum) else value


def answer_of(contract: str, function: str, data: bytes) -> Any:
    """A view's answer: one value, a dict of a struct's members, or a tuple of several values."""
    outputs = FUNCTIONS[contract, function]["outputs"]
    values = [
        _read(item, value)
        for item, value in zip(outputs, decode([type_of(item) for item in outputs], data), strict=True)
    ]
    return values[0] if len(values) == 1 else tuple(values)


def refusal_of(contract: str, data: bytes) -> Refused:
    """The custom error that revert data holds."""
    if not data:
        return Refused("")
    entry = ERRORS.get((contract, data[:4]))
    if entry is None:
        return Refused("0x" + data.hex())
    REACHED.add((contract, "error", entry["name"]))
    values = decode([type_of(item) for item in entry["inputs"]], data[4:])
    return Refused(entry["name"], *map(_read, entry["inputs"], values))


def event_of(contract: str, log: dict[str, Any]) -> Happened:
    """The event that a log of this contract holds."""
    entry = EVENTS[contract, log["topics"][0]]
    REACHED.add((contract, "event", entry["name"]))
    plain = [item for item in entry["inputs"] if not item["indexed"]]
    words = iter(decode([type_of(item) for item in plain], bytes.fromhex(log["data"][2:])))
    topics = iter(log["topics"][1:])
    found = {}
    for item in entry["inputs"]:
        indexed = item["indexed"]
        value = decode([item["type"]], bytes.fromhex(next(topics)[2:]))[0] if indexed else next(words)
        found[item["name"]] = _read(item, value)
    return Happened(entry["name"], found)


def _read(item: Entry, value: Any) -> Any:
    kind = item["type"]
    enum = item.get("internalType", "").rpartition(".")[2]
    if enum in ENUMS:
        members = {int(member): member.name for member in ENUMS[enum]}
        return members[value] if value in members else {0: "NONE"}[value]
    if kind == "tuple":
        return {part["name"]: _read(part, inner) for part, inner in zip(item["components"], value, strict=True)}
    if kind.endswith("[]"):
        return tuple(_read({**item, "type": kind[:-2]}, part) for part in value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value.lower() if kind == "address" else value

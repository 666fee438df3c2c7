"""Logs → domain events. No network.

A plan for each event is made once from the ABI: where each member stands (topic or data word) and how it is read, put
together as one Python expression. Slicing hex so is a hundred times faster than contract objects.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import IntEnum, IntFlag
from typing import Any, get_args

from ebl_service.chain.artifacts import artifact, topic_of
from ebl_service.domain.events import Event
from ebl_service.domain.terms import Mode, Part, Purpose, Role
from ebl_service.errors import LedgerDisagrees

_KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
_WORD = 64
_START = 2
"""Past the 0x."""
_RENAMED = {"from": "giver"}
_NEVER_EMITTED = {"EIP712DomainChanged"}
"""In the ABI by inheritance (ERC-5267); these contracts' domains cannot change."""

_Written = Callable[[str, int], str]
"""The expression that reads a value from the hex of this name, which begins with 0x, at a digit of it."""


def _integer(text: str, at: int) -> str:
    return f"int({text}[{at}:{at + _WORD}], 16)"


def _address(text: str, at: int) -> str:
    return f"'0x' + {text}[{at + 24}:{at + _WORD}]"


def _address_or_none(text: str, at: int) -> str:
    return f"{_address(text, at)} if {_integer(text, at)} else None"


def _bytes32(text: str, at: int) -> str:
    return f"'0x' + {text}[{at}:{at + _WORD}]"


def _truth(text: str, at: int) -> str:
    return f"{_integer(text, at)} != 0"


def _bytes32_list(text: str, at: int) -> str:
    return f"bytes32_list({text}, {_integer(text, at)})"


def _bytes(text: str, at: int) -> str:
    return f"bytes_({text}, {_integer(text, at)})"


def _number(kind: type[IntEnum | IntFlag]) -> _Written:
    return lambda text, at: f"{kind.__name__}({_integer(text, at)})"


def _words(text: str, offset: int) -> tuple[str, ...]:
    """A list of words that begins so many bytes into the data."""
    start = _START + offset * 2
    first, count = start + _WORD, int(text[start : start + _WORD], 16)
    if first + _WORD * count > len(text):
        raise ValueError(f"a list of {count} words in {len(text) // _WORD}")
    return tuple("0x" + text[at : at + _WORD] for at in range(first, first + _WORD * count, _WORD))


def _content(text: str, offset: int) -> str:
    """Bytes that begin, with their number, so many bytes into the data."""
    start = _START + offset * 2
    first, count = start + _WORD, int(text[start : start + _WORD], 16)
    if first + 2 * count > len(text):
        raise ValueError(f"{count} bytes in {len(text) // _WORD} words")
    return "0x" + text[first : first + count * 2]


_NAMES: dict[str, Any] = {
    "bytes32_list": _words,
    "bytes_": _content,
    **{kind.__name__: kind for kind in (Mode, Part, Purpose, Role)},
}
"""What the expressions name."""
_WRITTEN: dict[str, _Written] = {
    "address": _address,
    "bytes32": _bytes32,
    "bytes32[]": _bytes32_list,
    "bytes": _bytes,
    "bool": _truth,
}
_SPECIAL: dict[tuple[str, str], _Written] = {
    ("Issued", "endorsee"): _address_or_none,
    ("EndorsedInBlank", "to"): _address_or_none,
    ("SurrenderRequested", "purpose"): _number(Purpose),
    ("CertificateIssued", "mode"): _number(Mode),
    ("CertificateIssued", "named"): _address_or_none,
    ("CertificateCancelled", "part"): _number(Part),
    ("CancellationConsented", "part"): _number(Part),
}


@dataclass(frozen=True)
class _Plan:
    """How a log becomes its event. `event`: gives it from its topics and its data, of so many words at least."""

    kind: type[Event]
    topics: int
    words: int
    event: Callable[[list[str], str], Event]


def _member(name: str) -> str:
    name = _RENAMED.get(name, name)
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


def _writer(event: str, item: Mapping[str, Any]) -> _Written:
    if item["name"] == "roles":
        return _number(Role)
    return _SPECIAL.get((event, item["name"])) or _WRITTEN.get(item["type"], _integer)


def _plan(entry: dict[str, Any]) -> _Plan:
    name = entry["name"]
    kind = _KINDS[name]
    indexed = [item for item in entry["inputs"] if item["indexed"]]
    plain = [item for item in entry["inputs"] if not item["indexed"]]
    found = {_member(item["name"]): _writer(name, item)(f"topics[{n}]", _START) for n, item in enumerate(indexed, 1)}
    found |= {_member(item["name"]): _writer(name, item)("data", _START + n * _WORD) for n, item in enumerate(plain)}
    values = [found[field.name] for field in fields(kind)[: len(found)]]
    written = f"lambda topics, data: {name}({', '.join(values)})"
    event = eval(written, {name: kind, **_NAMES})  # noqa: S307 - of our own ABI's numbers and the names above, no input
    return _Plan(kind, 1 + len(indexed), len(plain), event)


_PLANS: dict[str, _Plan] = {
    topic_of(entry): _plan(entry)
    for contract in ("PartyRegistry", "TitleRegistry", "CargoInsurance")
    for entry in artifact(contract).abi
    if entry["type"] == "event" and entry["name"] not in _NEVER_EMITTED
}


def decode_event(topics: list[str], data: str) -> Event:
    """The domain event of a log of our contracts; topics and data are 0x-hex, lower case.

    Raises: LedgerDisagrees where it is none of ours or is malformed: a registry that emits it is not the one we know.
    """
    plan = _PLANS.get(topics[0]) if topics else None
    if plan is None:
        raise LedgerDisagrees(f"the registry emitted an unknown event {topics[:1]}")
    if len(topics) != plan.topics or len(data) < _START + _WORD * plan.words:
        held = f"{len(topics)} topics and {len(data) // _WORD} words instead of {plan.topics} and {plan.words}"
        raise LedgerDisagrees(f"a log of {plan.kind.__name__} cannot be decoded: {held}")
    try:
        return plan.event(topics, data)
    except (ValueError, TypeError) as malformed:
        raise LedgerDisagrees(f"a log of {plan.kind.__name__} cannot be decoded: {malformed}") from malformed

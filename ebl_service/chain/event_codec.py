"""Logs → domain events. No network.

A plan for each event is made once from the ABI: where each member stands (topic or data word) and how it is read.
Decoding slices hex words by hand, which is a hundred times faster than contract objects.
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

_Read = Callable[[str, int], Any]
"""Reads a value from hex that begins with 0x, at a digit of it."""


def _integer(text: str, at: int) -> int:
    return int(text[at : at + _WORD], 16)


def _address(text: str, at: int) -> str:
    return "0x" + text[at + 24 : at + _WORD]


def _address_or_none(text: str, at: int) -> str | None:
    return _address(text, at) if int(text[at : at + _WORD], 16) else None


def _bytes32(text: str, at: int) -> str:
    return "0x" + text[at : at + _WORD]


def _truth(text: str, at: int) -> bool:
    return _integer(text, at) != 0


def _bytes32_list(text: str, at: int) -> tuple[str, ...]:
    start = _START + _integer(text, at) * 2
    count = _integer(text, start)
    return tuple(_bytes32(text, start + _WORD * (n + 1)) for n in range(count))


def _bytes(text: str, at: int) -> str:
    start = _START + _integer(text, at) * 2
    return "0x" + text[start + _WORD : start + _WORD + _integer(text, start) * 2]


def _number(kind: type[IntEnum | IntFlag]) -> _Read:
    return lambda text, at: kind(_integer(text, at))


_READS: dict[str, _Read] = {
    "address": _address,
    "bytes32": _bytes32,
    "bytes32[]": _bytes32_list,
    "bytes": _bytes,
    "bool": _truth,
}
_SPECIAL: dict[tuple[str, str], _Read] = {
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
    """How a log becomes its event: where each member stands, in the order of the event's fields.

    A member's text is a topic, or the data where its place is -1; values begin at a hex digit of it.
    """

    kind: type[Event]
    topics: int
    members: tuple[tuple[int, int, _Read], ...]

    def read(self, topics: list[str], data: str) -> Event:
        if len(topics) != self.topics:
            raise ValueError(f"{len(topics)} topics instead of {self.topics}")
        texts = [*topics, data]
        return self.kind(*[read(texts[place], at) for place, at, read in self.members])


def _member(name: str) -> str:
    name = _RENAMED.get(name, name)
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


def _reader(event: str, item: Mapping[str, Any]) -> _Read:
    if item["name"] == "roles":
        return _number(Role)
    return _SPECIAL.get((event, item["name"])) or _READS.get(item["type"], _integer)


def _plan(entry: dict[str, Any]) -> _Plan:
    name = entry["name"]
    indexed = [item for item in entry["inputs"] if item["indexed"]]
    plain = [item for item in entry["inputs"] if not item["indexed"]]
    places = {_member(item["name"]): (n, _START, _reader(name, item)) for n, item in enumerate(indexed, 1)}
    places |= {_member(item["name"]): (-1, _START + n * _WORD, _reader(name, item)) for n, item in enumerate(plain)}
    names = [field.name for field in fields(_KINDS[name])][: len(places)]
    return _Plan(_KINDS[name], 1 + len(indexed), tuple(places[each] for each in names))


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
    try:
        return plan.read(topics, data)
    except (ValueError, TypeError) as malformed:
        raise LedgerDisagrees(f"a log of {plan.kind.__name__} cannot be decoded: {malformed}") from malformed

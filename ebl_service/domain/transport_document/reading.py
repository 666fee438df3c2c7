"""Reads a document whose shape may be wrong: what is not as it should be is as if it were not there.

So every rule judges what it can, whatever else is wrong, and all breaches come in one answer. That the shape is wrong
is for `schema` to say. Paths are written as in documentParties.notifyParties[0].address.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

Part = Mapping[str, Any]
"""A JSON object in a document, as parsed."""

Found = Iterator[tuple[str, str, str]]
"""What a rule finds: path, what is wrong, what would be right."""

PRINCIPALS = ("onBehalfOfShipper", "onBehalfOfConsignee")
ROLES = ("shipper", "consignee", "endorsee", "issuingParty", "carriersAgentAtDestination", *PRINCIPALS)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def within(path: str, key: str | int) -> str:
    """The path of a field or element of what stands at `path`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def part(whole: Part, key: str) -> Part:
    """The object at `key`, or an empty one."""
    inner = whole.get(key)
    return inner if isinstance(inner, Mapping) else {}


def elements(whole: Part, key: str) -> list[Any]:
    """The array at `key`, or an empty one."""
    inner = whole.get(key)
    return inner if isinstance(inner, list) else []


def parts(whole: Part, key: str, path: str = "") -> Iterator[tuple[str, Part]]:
    """Each object in the array at `key`, with its path. `path`: where `whole` stands."""
    for at, inner in enumerate(elements(whole, key)):
        if isinstance(inner, Mapping):
            yield within(within(path, key), at), inner


def text(whole: Part, key: str) -> str:
    """The text at `key`, or none (empty)."""
    inner = whole.get(key)
    return inner if isinstance(inner, str) else ""


def day(whole: Part, key: str) -> date | None:
    """The date at `key`, where it is one."""
    return as_day(whole.get(key))


def as_day(value: object) -> date | None:
    """The date that `value` says as YYYY-MM-DD, where it does."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def figure(whole: Part, key: str) -> Decimal | None:
    """The number at `key` as the document writes it, without the error of binary fractions."""
    return as_figure(whole.get(key))


def as_figure(value: object) -> Decimal | None:
    """A JSON number as its canonical form writes it: the shortest decimal that is this double."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(repr(value))


def named_parties(document: Part) -> Iterator[tuple[str, str, Part]]:
    """Every party that the document names: its path, role and content."""
    document_parties = part(document, "documentParties")
    for role in ROLES:
        if role in document_parties:
            yield f"documentParties.{role}", role, part(document_parties, role)
    for path, party in parts(document_parties, "notifyParties", "documentParties"):
        yield path, "notifyParty", party
    for path, other in parts(document_parties, "other", "documentParties"):
        yield within(path, "party"), "other", part(other, "party")


def cargo_items(document: Part) -> Iterator[tuple[str, Part]]:
    """Every cargo item of every consignment item, with its path."""
    for path, item in parts(document, "consignmentItems"):
        yield from parts(item, "cargoItems", path)

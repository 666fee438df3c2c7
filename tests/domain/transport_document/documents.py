"""Documents to judge: the samples, and changes to them by path."""

import json
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from ebl_service.domain.transport_document.check import check
from ebl_service.errors.documents import Breach

SAMPLES = Path(__file__).parents[3] / "samples"
STRAIGHT = "straight-shanghai-singapore"
TO_ORDER = "to-order-of-shipper-shanghai-rotterdam"
TO_BANK = "to-order-of-bank-shanghai-singapore"
BLANK = "blank-ningbo-hamburg"
REEFER = "reefer-valparaiso-shanghai"
DANGEROUS = "dangerous-goods-shanghai-rotterdam"
CONTAINER_SAMPLES = tuple(sorted(path.stem for path in SAMPLES.glob("*.json") if path.stem != "parties"))
SOYA = "bulk/bulk-soya-beans-santos-qingdao"
COAL = "bulk/bulk-coal-newcastle-china"
PULP = "bulk/bulk-wood-pulp-rauma-rotterdam"
BULK_SAMPLES = tuple(sorted(f"bulk/{path.stem}" for path in (SAMPLES / "bulk").glob("*.json")))

GONE = object()
"""In place of a value: the field is taken out."""


@cache
def _content(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def content(name: str) -> bytes:
    """A sample's bytes."""
    return _content(name)


def sample(name: str, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """A sample, with the values at some paths changed."""
    document = json.loads(_content(name))
    for path, value in (changes or {}).items():
        put(document, path, value)
    return document


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Sets the value at `path`; an index one past the end appends."""
    *way, last = [int(at) if at.isdigit() else at for at in re.findall(r"[^.\[\]]+", path)]
    inner: Any = document
    for step in way:
        inner = inner.setdefault(step, {}) if isinstance(inner, dict) else inner[step]
    if value is GONE:
        del inner[last]
    elif isinstance(inner, list) and last == len(inner):
        inner.append(deepcopy(value))
    else:
        inner[last] = deepcopy(value)


def broken(document: dict[str, Any]) -> set[tuple[str, str]]:
    """Rule and path of every breach."""
    return names(check(document))


def names(breaches: tuple[Breach, ...]) -> set[tuple[str, str]]:
    """Rule and path of each of `breaches`."""
    return {(breach.rule, breach.path) for breach in breaches}

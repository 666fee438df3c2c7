"""A document as it was received: its bytes, what they say, and the checksum of their canonical form.

Leaves to others: what the document must say (`check`), what a title keeps of it (`commitment`, `record`).

Rules kept: what is hashed is the JSON that was received, unknown properties and the order of arrays included; every
reader of the bytes sees the same document (RFC 7493): each key once, whole characters, numbers that a double holds.
"""

import hashlib
import json
import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ebl_service.domain.json_depth import is_deeper_than
from ebl_service.domain.transport_document.commitment import canonical_form
from ebl_service.errors.documents import (
    DocumentTooDeep,
    DocumentTooLarge,
    LoneSurrogate,
    NotADocument,
    NumberNotKept,
    RepeatedKey,
)

MOST_BYTES = 4 * 1024 * 1024
"""Some forty times the longest terms and conditions that the definition allows."""

MOST_DEPTH = 64
"""Objects and arrays in each other; the deepest field of the definition that does not repeat itself stands at 10."""

SAFE_DIGITS = 17
"""Every double is told from its neighbours by so many significant digits, and no writer of doubles needs more."""

_SAFE_INTEGER = 2**53 - 1

# Valid UTF-8 holds no surrogates: only an escape can bring one in.
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Received:
    """A document with the bytes that said it. `checksum`: DCSA's documentChecksum, 64 hexadecimal digits."""

    content: bytes = field(repr=False)
    document: dict[str, Any] = field(repr=False)
    canonical: bytes = field(repr=False)
    checksum: str


def received(content: bytes) -> Received:
    """The document that `content` says, kept byte for byte.

    Raises: NotADocument, RepeatedKey, LoneSurrogate, NumberNotKept, DocumentTooLarge, DocumentTooDeep.
    """
    document = parsed(content)
    canonical = canonical_form(document)
    return Received(content, document, canonical, hashlib.sha256(canonical).hexdigest())


def parsed(content: bytes) -> dict[str, Any]:
    """The JSON object in `content`, read strictly. Raises: as `received`."""
    if len(content) > MOST_BYTES:
        raise DocumentTooLarge(f"The document has more than {MOST_BYTES} bytes", {"most_bytes": MOST_BYTES})
    _require_shallow(content)
    try:
        said = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_no_constant,
        )
    except ValueError as fault:
        raise NotADocument(f"The document is not JSON in UTF-8: {fault}") from fault
    if not isinstance(said, dict):
        raise NotADocument("The document is not a JSON object")
    if _SURROGATE.search(content):
        _require_all_characters(said)
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = ascii(next(name for name in names if names.count(name) > 1))
        raise RepeatedKey(f"The key {twice} stands twice in one object", {"key": twice})
    return content


def _no_constant(name: str) -> None:
    raise NumberNotKept(f"{name} is not a number in JSON", {"number": name})


def _number(literal: str) -> int | float:
    """The number as a double keeps it; an integer where it is one and safe. Raises: NumberNotKept."""
    kept = float(literal)
    if math.isinf(kept):
        raise _not_kept(literal, "is beyond the largest double")
    mantissa = literal.lower().lstrip("-").partition("e")[0]
    digits = mantissa.replace(".", "").strip("0")
    if not kept:
        if digits:
            raise _not_kept(literal, "is below the smallest double")
        return 0
    if literal.lstrip("-").isdigit() and abs(kept) <= _SAFE_INTEGER:
        return int(literal)
    exact = Decimal(literal)
    if exact != Decimal(repr(kept)) and (len(digits) > SAFE_DIGITS or exact == exact.to_integral_value()):
        raise _not_kept(literal, f"would be read as {kept!r}")
    return kept


def _not_kept(literal: str, why: str) -> NumberNotKept:
    shown = literal if len(literal) <= 2 * SAFE_DIGITS else literal[: 2 * SAFE_DIGITS] + "…"
    return NumberNotKept(f"The number {shown} {why}", {"number": shown})


def _require_shallow(content: bytes) -> None:
    if is_deeper_than(MOST_DEPTH, content):
        raise DocumentTooDeep(f"Objects and arrays stand more than {MOST_DEPTH} deep", {"most_depth": MOST_DEPTH})


def _require_all_characters(document: dict[str, Any]) -> None:
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            _require_characters(value, path)
        elif isinstance(value, dict):
            for key in value:
                _require_characters(key, path)
            waiting += [(f"{path}.{key}" if path else key, inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[{at}]", inner) for at, inner in enumerate(value)]


def _require_characters(text: str, path: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise LoneSurrogate(f"A text in {path or 'the document'} holds half a surrogate pair", {"path": path}) from None

"""The one parser of JSON that comes from outside: request bodies, documents, records, parts of a JWS.

Two readers of one text must not see two contents (RFC 7493): UTF-8 without a byte order mark, each key once, whole
characters, numbers that a double holds.

Rules kept: the work is linear in the length; depth, number of values, keys of an object and length of a number are
bounded before anything is built of them; the first fault ends the reading, and its words are bounded.

Leaves to others: how long a text may be, and what it says.
"""

import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ebl_service.errors import InvalidRequest
from ebl_service.errors.documents import LoneSurrogate
from ebl_service.errors.requests import TooManyValues

MOST_KEYS = 1_000
"""Keys of one object; the widest object of any definition has fewer than a hundred."""

MOST_KEY = 200
"""Characters of a key: paths, which errors and amendments tell, are made of them."""

SAFE_DIGITS = 17
"""Every double is told from its neighbours by so many significant digits, and no writer of doubles needs more."""

MOST_SHOWN = 100
"""Characters of a key or path in an error."""

_SAFE_INTEGER = 2**53 - 1
_EXACT_CHARACTERS = 15
"""A number written in so few characters, without exponent, is the shortest text of its double."""
_LONGEST_NUMBER = 1_000
"""Characters; JSON allows any number of zeros behind a fraction."""

# A text, or one that never ends: either way matched at the first try, so that hostile bytes cost no more than others.
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+\\?(?:"|\Z)', re.DOTALL)
_BRACKETS = b"[]{}"
_TEXTS_AT_ONCE = 10_000
_NOT_STRUCTURE = bytes(set(range(256)) - set(_BRACKETS + b","))
# Valid UTF-8 holds no surrogates: only an escape can bring one in.
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Reading:
    """Bounds of a text, and the errors it is refused with. `name`: what the text is, as in "The document"."""

    name: str
    malformed: type[InvalidRequest]
    repeated: type[InvalidRequest]
    deep: type[InvalidRequest]
    number: type[InvalidRequest]
    most_depth: int
    most_values: int

    def read(self, content: bytes) -> Any:
        """What the text says.

        Raises: the errors named above; LoneSurrogate, TooManyValues.
        """
        self._require_bounds(content)
        try:
            said = json.loads(
                content.decode("utf-8"),
                object_pairs_hook=self._once,
                parse_int=self._number,
                parse_float=self._number,
                parse_constant=self._no_constant,
            )
        except ValueError as fault:
            raise self.malformed(f"The {self.name} is not JSON in UTF-8: {fault}") from fault
        if _SURROGATE_ESCAPE.search(content):
            self._require_characters(said)
        return said

    def _require_bounds(self, content: bytes) -> None:
        opened = content.count(b"[") + content.count(b"{")
        if opened <= self.most_depth and content.count(b",") + opened < self.most_values:
            return  # also where each of them counts, those inside of texts too
        structure, texts = _without_texts(content, 2 * self.most_values)  # of values and keys
        structure = structure.translate(None, _NOT_STRUCTURE)
        opened = structure.count(b"[") + structure.count(b"{")
        if texts >= 2 * self.most_values or opened + structure.count(b",") >= self.most_values:
            self._require_shallow(structure[: 2 * self.most_values])
            raise TooManyValues(
                f"The {self.name} holds more than {self.most_values} values", {"most_values": self.most_values}
            )
        self._require_shallow(structure)

    def _require_shallow(self, structure: bytes) -> None:
        depth = 0
        for sign in structure.translate(None, b","):
            depth += 1 if sign in b"[{" else -1
            if depth > self.most_depth:
                raise self.deep(
                    f"Objects and arrays stand more than {self.most_depth} deep", {"most_depth": self.most_depth}
                )
            if depth < 0:
                return  # malformed, and refused as that

    def _once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) != len(pairs):
            seen: set[str] = set()
            twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
            raise self.repeated(f"The key {_ascii(twice)} stands twice in one object", {"key": shown(twice)})
        if any(len(key) > MOST_KEY for key in content):
            raise TooManyValues(f"A key in the {self.name} has more than {MOST_KEY} characters", {"most": MOST_KEY})
        if len(pairs) > MOST_KEYS:
            raise TooManyValues(
                f"An object in the {self.name} has more than {MOST_KEYS} keys", {"most_keys": MOST_KEYS}
            )
        return content

    def _no_constant(self, name: str) -> None:
        raise self.number(f"{name} is not a number in JSON", {"number": name})

    def _number(self, literal: str) -> int | float:
        """The number as a double keeps it; an integer where it is one and safe."""
        if len(literal) <= _EXACT_CHARACTERS and "e" not in literal and "E" not in literal:
            return float(literal) or 0 if "." in literal else int(literal)
        kept, why = _kept(literal)
        if why:
            told = literal if len(literal) <= 2 * SAFE_DIGITS else literal[: 2 * SAFE_DIGITS] + "…"
            raise self.number(f"The number {told} {why}", {"number": told})
        return kept

    def _require_characters(self, said: object) -> None:
        found = _path_of_surrogate(said)
        if found is not None:
            path = "".join(reversed(found)).removeprefix(".")
            raise LoneSurrogate(f"A text in {path or f'the {self.name}'} holds half a surrogate pair", {"path": path})


def _without_texts(content: bytes, most: int) -> tuple[bytes, int]:
    """The content without its first texts, `most` or a few more, and how many those were."""
    texts = cut = 0
    while texts < most:
        # Some at a time: each leaves two objects until all of a turn are cut out.
        content, cut = _TEXT.subn(b"", content, _TEXTS_AT_ONCE)
        texts += cut
        if cut < _TEXTS_AT_ONCE:
            break
    return content, texts


def shown(name: str) -> str:
    """A key or path as an error names it: short, and without half a character."""
    cut = name if len(name) <= MOST_SHOWN else name[:MOST_SHOWN] + "…"
    return cut.encode(errors="backslashreplace").decode()


def _ascii(name: str) -> str:
    return ascii(name if len(name) <= MOST_SHOWN else name[:MOST_SHOWN] + "…")


def _path_of_surrogate(value: object) -> list[str] | None:
    """Where a text with half a surrogate pair stands, from the inside out; None where there is none.

    It recurses as deep as the value is, which is bounded; a path is only built of what was found.
    """
    if isinstance(value, str):
        return [] if _SURROGATE.search(value) else None
    if isinstance(value, dict):
        for key, inner in value.items():
            if _SURROGATE.search(key):
                return []
            found = _path_of_surrogate(inner)
            if found is not None:
                return [*found, f".{shown(key)}"]
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            found = _path_of_surrogate(inner)
            if found is not None:
                return [*found, f"[{at}]"]
    return None


def _kept(literal: str) -> tuple[int | float, str]:
    """A number as a double keeps it, and why it does not: empty where it does."""
    if len(literal) > _LONGEST_NUMBER:
        return 0, "is too long"
    kept = float(literal)
    if math.isinf(kept):
        return 0, "is beyond the largest double"
    mantissa = literal.lower().lstrip("-").partition("e")[0]
    digits = mantissa.replace(".", "").strip("0")
    if not kept:
        return 0, "is below the smallest double" if digits else ""
    if literal.lstrip("-").isdigit() and abs(kept) <= _SAFE_INTEGER:
        return int(literal), ""
    exact = Decimal(literal)
    if exact != Decimal(repr(kept)) and (len(digits) > SAFE_DIGITS or exact == exact.to_integral_value()):
        return 0, f"would be read as {kept!r}"
    return kept, ""

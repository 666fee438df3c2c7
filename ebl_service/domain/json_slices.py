"""Where a value stands in JSON text, so that it can be kept as it was sent and not as it was read.

Leaves to others: whether the text is JSON at all (parse it first), each key once, and what the values say.
"""

import json
import re
from collections.abc import Iterator

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)

Slice = tuple[int, int]
"""Begin and end of a value in its text."""


def members(text: str, within: Slice) -> dict[str, Slice]:
    """Where the members of the object at `within` stand. Raises: ValueError where it is no object."""
    at = _after(text, within[0], "{")
    found: dict[str, Slice] = {}
    while text[at] != "}":
        key, end = _DECODER.raw_decode(text, at)
        begin = _after(text, end, ":")
        end = _DECODER.raw_decode(text, begin)[1]
        found[key] = (begin, end)
        at = _next(text, end)
    return found


def elements(text: str, within: Slice) -> Iterator[Slice]:
    """Where the elements of the array at `within` stand. Raises: ValueError where it is no array."""
    at = _after(text, within[0], "[")
    while text[at] != "]":
        end = _DECODER.raw_decode(text, at)[1]
        yield at, end
        at = _next(text, end)


def whole(text: str) -> Slice:
    """Where the only value of the text stands."""
    return _space(text, 0), len(text)


def _after(text: str, at: int, sign: str) -> int:
    at = _space(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(f"character {at} is not {sign}")
    return _space(text, at + 1)


def _next(text: str, at: int) -> int:
    at = _space(text, at)
    return _space(text, at + 1) if text[at] == "," else at


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at

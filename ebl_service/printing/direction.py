"""Which way text goes: levels of embedding (UAX 9), and the order in which runs of a line stand from left to right."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from bidi import get_base_level, get_display

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_AT_ONCE = 4096
"""Characters of which levels are asked at once; no paragraph of a bill is as long, and hostile ones stay cheap."""
_LEVELS = re.compile(r"Level\(\s*([0-9]+),?\s*\)")


def levels_of(text: str) -> tuple[int, ...]:
    """The level of each character of a paragraph, odd from right to left; none where all goes from left to right.

    The paragraph's own direction is that of its first letter (rules P2 and P3).
    """
    if text.isascii() or not any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in text):
        return ()
    base = "R" if get_base_level(text) else "L"
    return tuple(level for at in range(0, len(text), _AT_ONCE) for level in _levels(text[at : at + _AT_ONCE], base))


def _levels(text: str, base: str) -> Iterator[int]:
    # python-bidi tells the levels, one for each byte in UTF-8, in its account of what it has found only.
    _, _, told = str(get_display(text, base_dir=base, debug=True)).rpartition("levels: [")
    told, _, _ = told.partition("paragraphs: [")
    levels = [int(each) for each in _LEVELS.findall(told)]
    at = 0
    for character in text:
        yield levels[at]
        at += len(character.encode())
    assert at == len(levels), "a level for each byte"


def visual_order(levels: Sequence[int], length: int) -> Iterator[tuple[int, int, int]]:
    """Begin, end and level of each run of one level, from left to right (rule L2)."""
    if not levels:
        yield 0, length, 0
        return
    runs, at = [], 0
    for level, group in groupby(levels):
        end = at + len(list(group))
        runs.append((at, end, level))
        at = end
    for least in range(max(levels), 0, -1):
        runs = _turned(runs, least)
    yield from runs


def _turned(runs: list[tuple[int, int, int]], least: int) -> list[tuple[int, int, int]]:
    """The runs with the order of each row of them turned round that are of this level or a higher one."""
    turned: list[tuple[int, int, int]] = []
    for is_turned, group in groupby(runs, lambda run: run[2] >= least):
        row = list(group)
        turned += reversed(row) if is_turned else row
    return turned

"""Text shaped by HarfBuzz: clusters of glyphs, words of clusters, lines of words from left to right.

A cluster is the least piece of text that has a shape of its own: a letter with its marks, a conjunct, a ligature. It is
printed as one code of the PDF, whose Unicode value is the cluster's text (`embedding`), so that text copied out of the
PDF is what was put in, for every reader. Directions follow the Unicode bidirectional algorithm (`direction`).
Leaves to others: which characters are printed as themselves (`graphemes`), where lines break (`typesetting`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import uharfbuzz
from bidi.mirror import MIRRORED

from ebl_service.printing.direction import visual_order
from ebl_service.printing.graphemes import graphemes, typeface_of_grapheme
from ebl_service.printing.typeface import Typeface

_WORD = re.compile(" +|[^ ]+")
_MOST_PARTS = 16
"""Glyphs of one cluster."""
_KEPT = 64
"""Characters of a word whose shape is kept for the next time."""


class Cluster(NamedTuple):
    """A piece of text with its glyphs. `parts`: (glyph, x, y) in the typeface's units; `advance`: its width there."""

    text: str
    parts: tuple[tuple[int, int, int], ...]
    advance: int


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """A word, or the spaces between two, in one typeface: its clusters from left to right. `ems`: its width."""

    typeface: Typeface
    clusters: tuple[Cluster, ...]
    ems: float


@dataclass(frozen=True, slots=True)
class Line:
    """Text on one line, from left to right. `width`: points.

    `text`: the same in the order in which it is read, with the space or end of paragraph at which the line breaks;
    `is_reordered`: some of it goes from right to left.
    """

    runs: tuple[Run, ...]
    width: float
    text: str = ""
    is_reordered: bool = False


def shaped_line(text: str, levels: Sequence[int], size: float, is_bold: bool, said: str = "") -> Line:
    """A line of text that can be shown, and that is read as `said`.

    `levels`: of embedding, one a character, or none where all text goes from left to right.
    """
    runs: list[Run] = []
    for begin, end, level in visual_order(levels, len(text)):
        words = _WORD.findall(text[begin:end])
        for word in reversed(words) if level % 2 else words:
            runs += _kept(word, is_bold, level % 2 == 1)
    return Line(tuple(runs), sum(run.ems for run in runs) * size, said, bool(levels))


def _kept(word: str, is_bold: bool, is_leftwards: bool) -> tuple[Run, ...]:
    return (_runs if len(word) < _KEPT else _runs.__wrapped__)(word, is_bold, is_leftwards)


@lru_cache(maxsize=16_384)
def _runs(word: str, is_bold: bool, is_leftwards: bool) -> tuple[Run, ...]:
    """A word as runs of one typeface each, from left to right."""
    found = list(pieces(word, is_bold))
    return tuple(shaped(piece, face, is_leftwards) for piece, face in (reversed(found) if is_leftwards else found))


def pieces(text: str, is_bold: bool) -> Iterator[tuple[str, Typeface]]:
    """The text in pieces of one typeface each."""
    if text.isascii():
        yield text, typeface_of_grapheme("A", is_bold)
        return
    found = ((each, typeface_of_grapheme(each, is_bold)) for each in graphemes(text))
    for face, group in groupby(found, lambda each: each[1]):
        yield "".join(piece for piece, _ in group), face


def shaped(text: str, face: Typeface, is_leftwards: bool) -> Run:
    """A piece of text, shaped.

    From right to left, marks are clusters of their own, and brackets are as they look: readers turn the order of such a
    line's characters round, one by one, and its brackets with it.
    """
    buffer = uharfbuzz.Buffer()
    if is_leftwards:
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if is_leftwards else "ltr"
    uharfbuzz.shape(face.font, buffer)
    glyphs: list[tuple[int, list[tuple[int, int, int]], int]] = []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        x, y, wide, begin = position.x_offset, position.y_offset, position.x_advance, info.cluster
        if glyphs and glyphs[-1][0] == begin:
            _, parts, at = glyphs[-1]
            parts.append((info.codepoint, at + x, y))
            glyphs[-1] = (begin, parts, at + wide)
        else:
            glyphs.append((begin, [(info.codepoint, x, y)], wide))
    begins = [begin for begin, _, _ in glyphs]
    ends = [len(text), *begins[:-1]] if is_leftwards else [*begins[1:], len(text)]
    clusters: list[Cluster] = []
    for (begin, parts, advance), end in zip(glyphs, ends, strict=True):
        said = text[begin:end]
        clusters += _bounded(MIRRORED.get(said, said) if is_leftwards else said, parts, advance)
    return Run(face, tuple(clusters), sum(each.advance for each in clusters) / face.upem * face.scale)


@lru_cache(maxsize=65_536)
def _cluster(text: str, parts: tuple[tuple[int, int, int], ...], advance: int) -> Cluster:
    """One object for all that are alike: a long text has many."""
    return Cluster(text, parts, advance)


def _bounded(text: str, parts: list[tuple[int, int, int]], advance: int) -> Iterator[Cluster]:
    """A cluster; one of more glyphs than any word of a language needs is cut into several."""
    while len(parts) > _MOST_PARTS and len(text) > 1:
        share = max(1, len(text) * _MOST_PARTS // len(parts))
        yield _cluster(text[:share], tuple(parts[:_MOST_PARTS]), parts[_MOST_PARTS][1])
        begin = parts[_MOST_PARTS][1]
        text, advance = text[share:], advance - begin
        parts = [(glyph, x - begin, y) for glyph, x, y in parts[_MOST_PARTS:]]
    yield _cluster(text, tuple(parts), advance)

"""Text set in lines: how wide it is, where it breaks.

Rules kept: no character vanishes; one that cannot be shown is printed as its code point, [U+202E], and kept in
`lacking`, so that the print can list it (`graphemes`). Lines break as languages do (UAX 14 and dictionaries, by ICU),
within words only where a word is too long, and never within a code, number or address in ASCII that fits a line.
"""

from collections.abc import Iterator
from functools import lru_cache

from icu4py.breakers import LineBreaker

from ebl_service.printing.direction import levels_of
from ebl_service.printing.graphemes import shown
from ebl_service.printing.shaping import Line, pieces, shaped, shaped_line

_NEARLY = 0.001
"""Points: sums of the same widths in another order may differ, by far less."""
_LANGUAGE = "en"
_MOST_AT_ONCE = 256
"""Characters of a piece that is measured as a whole; a longer one is wider than any line."""
_KEPT = 64
"""Characters of a piece whose width is kept for the next time."""


class Typesetter:
    """Sets the text of one print. `lacking`: the characters that were printed as code points, in their order."""

    def __init__(self) -> None:
        self.lacking: dict[str, None] = {}

    def line(self, text: str, size: float, *, is_bold: bool = False) -> Line:
        """Text on one line, however long. `size`: points."""
        said = shown(text.replace("\n", " "), self.lacking)
        levels = levels_of(said)
        return shaped_line(said, levels, size, is_bold, f"{said}\n")

    def wrapped(self, text: str, width: float, size: float, *, is_bold: bool = False) -> list[Line]:
        """Text in lines of at most `width` points."""
        lines = []
        for paragraph in text.replace("\r\n", "\n").split("\n"):
            said = shown(paragraph, self.lacking)
            levels = levels_of(said)
            for begin, end in _breaks(said, width / size + _NEARLY, is_bold):
                kept = said[begin:end].rstrip(" ")
                read = said[begin:end] + "\n" * (end == len(said))
                lines.append(shaped_line(kept, levels and levels[begin : begin + len(kept)], size, is_bold, read))
        return lines


@lru_cache(maxsize=65_536)
def _kept_ems(text: str, is_bold: bool) -> float:
    return shaped_line(text, (), 1.0, is_bold).width


def _ems(text: str, is_bold: bool) -> float:
    """The width of a piece of text, in ems."""
    return (_kept_ems if len(text) < _KEPT else _kept_ems.__wrapped__)(text, is_bold)


def _breaks(text: str, width: float, is_bold: bool) -> Iterator[tuple[int, int]]:
    """Where lines begin and end. `width`: ems."""
    if len(text) <= _MOST_AT_ONCE and _ems(text, is_bold) <= width:
        yield 0, len(text)
        return
    begin, used, at = 0, 0.0, 0
    for piece in _breakable(text):
        is_endless = len(piece) > _MOST_AT_ONCE
        seen = 0.0 if is_endless else _ems(piece.rstrip(" "), is_bold)
        if (is_endless or used + seen > width) and text[begin:at].strip():
            yield begin, at
            begin, used = at, 0.0
        if is_endless or seen > width:
            for cut, rest in _cuts(piece, width, is_bold):
                if cut < len(piece):
                    yield begin, at + cut
                    begin = at + cut
                used = rest
        else:
            used += _ems(piece, is_bold)
        at += len(piece)
    yield begin, len(text)


def _breakable(text: str) -> Iterator[str]:
    """The text in pieces after which a line may end; no code, number or address in ASCII is broken within."""
    current = ""
    for piece in LineBreaker(text, _LANGUAGE):
        if current and current[-1] != " " and current[-1].isascii() and piece[0].isascii():
            current += piece
            continue
        if current:
            yield current
        current = piece
    yield current


def _cuts(piece: str, width: float, is_bold: bool) -> Iterator[tuple[int, float]]:
    """Where a word that is too long is cut, and how wide what stands before is; its end is the last of them."""
    used, at = 0.0, 0
    for part, face in pieces(piece, is_bold):
        for begin in range(0, len(part), _MOST_AT_ONCE):
            for cluster in shaped(part[begin : begin + _MOST_AT_ONCE], face, False).clusters:
                wide = cluster.advance / face.upem * face.scale
                if used + wide > width and used > 0:
                    yield at, used
                    used = 0.0
                used, at = used + wide, at + len(cluster.text)
    yield at, used

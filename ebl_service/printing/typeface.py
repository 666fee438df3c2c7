"""The typefaces that come with the project, and text set in them: which character in which, how wide, where to break.

Noto Sans for Latin, Greek and Cyrillic, Noto Sans SC for Chinese and Japanese (decision 0013).

Rules kept: no character vanishes. One that neither typeface has, one that would need shaping or reordering to be read
right (marks that join others, controls of direction, joiners) is printed as its code point, [U+0E01], and kept in
`lacking`, so that the print can list them.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD, HAN = "NotoSans-Regular", "NotoSans-Bold", "NotoSansSC-Regular"

_UNSHAPED = frozenset({"Mn", "Mc", "Me", "Cf", "Cc", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Categories of characters that are not seen, or not where they stand."""

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
_CLOSING = "、。，．：；！？）］｝〉》」』】〕％…"
_PIECE = re.compile(rf" +|[{_WIDE}][{_CLOSING}]*|[^ {_WIDE}]+")
"""A line may break before each of these: spaces, a wide character with what may not begin a line, a word."""


@dataclass(frozen=True, slots=True)
class Line:
    """Text on one line: (typeface, characters) in their order. `width`: points."""

    runs: tuple[tuple[str, str], ...]
    width: float


class Typeface(TTFont):  # type: ignore[misc]  # reportlab has no types
    """A typeface whose text can be copied out of the PDF also beyond U+FFFF, where reportlab writes five digits."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 (reportlab's name)
        """The typeface's parts in a PDF; characters beyond U+FFFF are named in UTF-16 (ISO 32000-1, 9.10.3)."""
        super().addObjects(doc)
        for name, kept in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                kept.content = _BEYOND.sub(_in_utf16, kept.content)


_NEARLY = 0.001
"""Points: sums of the same widths in another order may differ, by far less."""
_BEYOND = re.compile(r"<([0-9A-F]{5,6})>")


def _in_utf16(code: re.Match[str]) -> str:
    return f"<{chr(int(code[1], 16)).encode('utf-16-be').hex().upper()}>"


@cache
def typefaces() -> dict[str, Typeface]:
    """The typefaces, made known to reportlab once."""
    found = {}
    for name in (REGULAR, BOLD, HAN):
        font = Typeface(name, str(files("ebl_service.printing") / "fonts" / f"{name}.ttf"))
        pdfmetrics.registerFont(font)
        found[name] = font
    return found


@lru_cache(maxsize=65_536)
def _place(character: str, is_bold: bool) -> tuple[str, int] | None:
    """Typeface and width (thousandths of the size) of a character; None where it cannot be shown as itself."""
    if unicodedata.category(character) in _UNSHAPED:
        return None
    code = ord(character)
    for name in (BOLD if is_bold else REGULAR, HAN):
        face = typefaces()[name].face
        if code in face.charToGlyph:
            return name, face.charWidths.get(code, face.defaultWidth)
    return None


class Typesetter:
    """Sets the text of one print. `lacking`: the characters that were printed as code points, in their order."""

    def __init__(self) -> None:
        self.lacking: dict[str, None] = {}

    def line(self, text: str, size: float, *, is_bold: bool = False) -> Line:
        """Text on one line, however long. `size`: points."""
        runs: list[tuple[str, str]] = []
        width = 0
        for shown in self._characters(text):
            for character in shown:
                name, wide = _place(character, is_bold) or (REGULAR, 0)
                width += wide
                if runs and runs[-1][0] == name:
                    runs[-1] = (name, runs[-1][1] + character)
                else:
                    runs.append((name, character))
        return Line(tuple(runs), width * size / 1000)

    def wrapped(self, text: str, width: float, size: float, *, is_bold: bool = False) -> list[Line]:
        """Text in lines of at most `width` points; breaks as languages do, and within words that are too long."""
        lines: list[Line] = []
        for paragraph in text.split("\n"):
            shown = "".join(self._characters(paragraph))
            current, used = "", 0.0
            for piece in self._pieces(shown, width, size, is_bold):
                wide = self.width(piece, size, is_bold=is_bold)
                if current.strip() and used + wide > width and piece.strip():
                    lines.append(self.line(current.rstrip(), size, is_bold=is_bold))
                    current, used = "", 0.0
                current, used = current + piece, used + wide
            lines.append(self.line(current.rstrip(), size, is_bold=is_bold))
        return lines

    def width(self, text: str, size: float, *, is_bold: bool = False) -> float:
        """Points that a text takes which has been through `_characters`."""
        return sum((_place(character, is_bold) or (REGULAR, 0))[1] for character in text) * size / 1000

    def _characters(self, text: str) -> Iterator[str]:
        """Each character as it is shown: itself, or its code point."""
        for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ")):
            if _place(character, False) is not None:
                yield character
            else:
                self.lacking[character] = None
                yield f"[U+{ord(character):04X}]"

    def _pieces(self, text: str, width: float, size: float, is_bold: bool) -> Iterator[str]:
        for piece in _PIECE.findall(text):
            if self.width(piece, size, is_bold=is_bold) < width - _NEARLY:
                yield piece
                continue
            begin, used = 0, 0.0
            for at, character in enumerate(piece):
                wide = self.width(character, size, is_bold=is_bold)
                if used + wide > width and at > begin:
                    yield piece[begin:at]
                    begin, used = at, 0.0
                used += wide
            yield piece[begin:]

"""The typefaces that come with the project: which characters each has, and its shaping by HarfBuzz.

Noto Sans for Latin, Greek and Cyrillic (regular, bold) and for each other script of the trade (regular), Noto Sans SC
and KR for Han, kana and Hangul, HanaMin for rare ideographs, Noto Emoji in one colour (decision 0024).
"""

from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

import uharfbuzz

REGULAR, BOLD = "NotoSans-Regular", "NotoSans-Bold"
SCRIPTS = (
    "Arabic", "Hebrew", "Devanagari", "Bengali", "Tamil", "Telugu", "Kannada", "Malayalam", "Gujarati", "Gurmukhi",
    "Sinhala", "Thai", "Lao", "Khmer", "Myanmar", "Georgian", "Armenian", "Ethiopic", "SC", "KR",
)  # fmt: skip
NAMES = (REGULAR, *(f"NotoSans{script}-Regular" for script in SCRIPTS))
NAMES += ("HanaMinB-Regular", "NotoSansSymbols-Regular", "NotoEmoji-Regular")
"""In the order in which a character is looked for."""

_FOLDER = files("ebl_service.printing") / "fonts"


SCALES = {"NotoSansMyanmar-Regular": 0.82, "NotoSansKhmer-Regular": 0.92}
"""Scripts that stand higher and hang lower than a line of Latin leaves room for are set smaller."""


@dataclass(frozen=True, eq=False, slots=True)
class Typeface:
    """One typeface. `upem`: its units to the em; `characters`: code points that it has glyphs of; `scale`: its size."""

    name: str
    face: uharfbuzz.Face = field(repr=False)
    font: uharfbuzz.Font = field(repr=False)
    upem: int
    characters: frozenset[int] = field(repr=False)
    scale: float = 1.0


@cache
def typeface(name: str) -> Typeface:
    """The typeface of this name, read from its file once a process."""
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(_FOLDER / f"{name}.ttf")))
    return Typeface(name, face, uharfbuzz.Font(face), face.upem, frozenset(face.unicodes), SCALES.get(name, 1.0))


@lru_cache(maxsize=65_536)
def typeface_of(characters: str, is_bold: bool) -> Typeface | None:
    """The first typeface that has all of these characters; None where none has."""
    codes = {ord(each) for each in characters}
    for name in ((BOLD,) if is_bold else ()) + NAMES:
        found = typeface(name)
        if codes <= found.characters:
            return found
    return None

"""What can be printed: letters with what stands on them, which a typeface must have all of.

Rules kept: a character that is not seen or that changes the direction of others is never printed as itself, but for
joiners and signs of presentation where they belong to the spelling (Persian, Indic scripts, emoji). A letter carries so
many marks as fit its line.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from ebl_service.printing.typeface import Typeface, typeface_of

_UNSEEN = frozenset({"Cf", "Cc", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Categories of characters that are not seen."""
_JOINER = "\u200d"
_PRESENTATION = "\ufe0e\ufe0f"
_IGNORED = f"\u200c{_JOINER}{_PRESENTATION}"
"""Not seen themselves, but part of how a word or sign is spelt."""
_SHAPED_FROM, _SHAPED_TO = "\u0600", "\u2000"
_MOST_MARKS = 8
_LONGEST = 24
"""Characters of one grapheme; the longest emoji have half of that."""


def shown(text: str, lacking: dict[str, None]) -> str:
    """The text as it is printed: what cannot be shown stands as its code point, and is added to `lacking`."""
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    grapheme, marks = "", 0
    for character in text.replace("\t", " "):
        is_joined = _is_joined(character, grapheme)
        marks = marks + 1 if is_joined and _category(character) in {"Mn", "Me"} else 0
        grapheme = grapheme + character if is_joined else character
        if marks <= _MOST_MARKS and _is_shown(grapheme):
            out.append(character)
        else:
            lacking[character] = None
            out.append(f"[U+{ord(character):04X}]")
            grapheme = ""
    return "".join(out)


def graphemes(text: str) -> Iterator[str]:
    """A text that can be shown, letter by letter with what stands on each."""
    current = ""
    for character in text:
        if _is_joined(character, current):
            current += character
            continue
        if current:
            yield current
        current = character
    if current:
        yield current


@lru_cache(maxsize=65_536)
def typeface_of_grapheme(grapheme: str, is_bold: bool) -> Typeface:
    """The typeface that has all of a grapheme that can be shown."""
    found = typeface_of(_plain(grapheme), is_bold)
    assert found is not None, "characters without a typeface are code points by now"
    return found


def _is_joined(character: str, grapheme: str) -> bool:
    """The character belongs to the letter before it: a mark, a joiner, what follows a joiner of an emoji."""
    if not grapheme or len(grapheme) >= _LONGEST - (character == _JOINER):
        return False
    return character in _IGNORED or _category(character)[0] == "M" or grapheme[-1] == _JOINER


@lru_cache(maxsize=65_536)
def _category(character: str) -> str:
    return unicodedata.category(character)


@lru_cache(maxsize=65_536)
def _is_shown(grapheme: str) -> bool:
    """The last character of it can be shown: a typeface has all of them, and it is seen or belongs to the spelling."""
    before, last = grapheme[:-1], grapheme[-1]
    if last in _IGNORED:
        return bool(before) and _spells(before[0], last)
    if unicodedata.category(last) in _UNSEEN:
        return False
    return typeface_of(_plain(grapheme), False) is not None


def _spells(letter: str, last: str) -> bool:
    """Joiners belong to the spelling in scripts from Arabic on and in emoji, the choice of a presentation to signs."""
    is_sign = unicodedata.category(letter) in {"So", "Sm", "Sk", "Po", "Nd"}
    return is_sign if last in _PRESENTATION else is_sign or _SHAPED_FROM <= letter < _SHAPED_TO


def _plain(grapheme: str) -> str:
    return "".join(each for each in grapheme if each not in _IGNORED)

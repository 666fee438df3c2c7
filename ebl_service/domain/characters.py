"""Which characters a text may hold that another party will read, and how one that may not is named.

    reference      a number or code: printable ASCII, single spaces inside, none at its ends
    text           a name, an address, a description: characters that a reader sees, of any script

Rules kept here
- Nothing invisible: control characters, format characters (bidirectional overrides and isolates among them), fillers,
  variation selectors, private-use and unassigned code points make two texts that look alike, or one that shows other
  words than it holds (Unicode Technical Report 36).
- U+200C and U+200D are letters' joiners in scripts that need them. They are allowed where RFC 5892, appendices A.1 and
  A.2, allows them: after a virama, and U+200C between letters of Arabic or Syriac; and between Bengali ra and a virama,
  which the RFC refuses and everyday spelling needs (Unicode Standard, section 12.2).
- Line breaks and tabs are allowed in texts; where a text has one line, its own table says so. A carriage return stands
  before a line feed only: alone, a terminal writes over the line.
- Names are the same where their NFKC forms are, whatever their case.

Every check is linear in the text. Which code points are assigned is Python's `unicodedata` to say, but for ideographs,
which names have and new versions of Unicode add.
"""

import re
import unicodedata
from collections.abc import Iterator

_REFERENCE = re.compile(r"[!-~]+(?: [!-~]+)*")
_BREAKS = "\n\r\t"
_JOINERS = "\u200c\u200d"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\ufffd"
_UNSEEN = re.compile(f"[{_SELECTORS}{_FILLERS}{_JOINERS}]")
_CURSIVE = re.compile("[\u0600-\u074f\u0750-\u077f\u0860-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_BENGALI_RA, _BENGALI_VIRAMA = "\u09b0", "\u09cd"
_NEW_IDEOGRAPHS = re.compile("[\U0002ebf0-\U0002ee5d\U00031350-\U000323af\U000323b0-\U00033479]")
"""CJK extensions I, H and J (Unicode 15 to 17), which older Pythons hold to be unassigned."""
_VIRAMA = 9
"""Canonical combining class of the signs that take a consonant's vowel away."""
_MARKS = ("Mn", "Me")
MAX_MARKS = 8
"""Combining marks in a row; no script of the world writes more on one letter."""
_NAMELESS = {"Cc": "control character", "Cn": "unassigned", "Co": "private use", "Cs": "half a surrogate pair"}


def is_reference(text: str) -> bool:
    """Whether `text` can be told letter by letter: printable ASCII without runs of spaces."""
    return _REFERENCE.fullmatch(text) is not None


def reference_fault(text: str) -> str | None:
    """What keeps `text` from being a reference, in words; None where nothing does."""
    if is_reference(text):
        return None
    for at, letter in enumerate(text):
        if not " " <= letter <= "~":
            return f"{named(letter)} is character {at + 1}"
    return "it has spaces at its ends or in a row" if text else "it is empty"


def text_fault(text: str) -> str | None:
    """What a reader of `text` could not see, in words; None where there is nothing."""
    if text.isascii() and text.isprintable():
        return None
    for at, letter in unseen(text):
        return f"{named(letter)} is character {at + 1}"
    return _piled(text)


def unseen(text: str) -> Iterator[tuple[int, str]]:
    """Every character that may not stand in a text, with its place from 0."""
    if text.isprintable() and not _UNSEEN.search(text):
        return
    for at, letter in enumerate(text):
        if letter in _JOINERS:
            if not _joins(text, at):
                yield at, letter
        elif letter.isprintable():
            if _UNSEEN.match(letter):
                yield at, letter
        elif letter == "\r":
            if text[at + 1 : at + 2] != "\n":
                yield at, letter
        elif letter not in _BREAKS and unicodedata.category(letter) != "Zs" and not _NEW_IDEOGRAPHS.match(letter):
            yield at, letter


def named(letter: str) -> str:
    """A character by its code point and name, such as U+202E RIGHT-TO-LEFT OVERRIDE."""
    fallback = _NAMELESS.get(unicodedata.category(letter), "a character without a name")
    return f"U+{ord(letter):04X} {unicodedata.name(letter, fallback)}"


def visible(text: str) -> str:
    """The text as it may be shown anywhere: what a reader could not see, line breaks too, is written as an escape."""
    hidden = {letter for _, letter in unseen(text)} | set(_BREAKS)
    return "".join(_escaped(letter) if letter in hidden else letter for letter in text)


def folded(text: str) -> str:
    """The text as names are compared: NFKC, without case, spaces single."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _joins(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before and unicodedata.combining(before) == _VIRAMA:
        return True
    if (before, text[at], after) == (_BENGALI_RA, _JOINERS[1], _BENGALI_VIRAMA):
        return True
    return text[at] == _JOINERS[0] and _is_cursive(text, at, -1) and _is_cursive(text, at, 1)


def _is_cursive(text: str, at: int, step: int) -> bool:
    """Whether the nearest letter that way, past at most MAX_MARKS vowel marks, is of a joining script."""
    for place in range(at + step, at + step * (MAX_MARKS + 2), step):
        letter = text[place : place + 1] if place >= 0 else ""
        if unicodedata.combining(letter or "a"):
            continue
        return bool(_CURSIVE.match(letter))
    return False


def _piled(text: str) -> str | None:
    run = 0
    for at, letter in enumerate(text):
        run = run + 1 if unicodedata.category(letter) in _MARKS else 0
        if run > MAX_MARKS:
            return f"more than {MAX_MARKS} combining marks stand on one letter, up to character {at + 1}"
    return None


def _escaped(letter: str) -> str:
    code = ord(letter)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 (the basic plane)

"""Dates as people write them into text: where they stand, and which days they may mean.

    2026-10-19   2026/10/19   2026年10月19日   19 OCT 2026   19-OCT-26   19th October 2026   OCT. 19, 2026   19.10.2026
    19/10/2026 and 10/19/2026, either order where both read; of a year in two digits, the century is ours

Names of months are English, years from 1900 to 2099. What is part of a longer word, number or reference is no date.
Leaves to others: what a date in a text has to agree with (`rules.displayed_dates`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MAX_TEXT = 50_000
"""Characters of a text that are read."""
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
    *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec"),
)
_MONTH = f"(?P<month>{'|'.join(_NAMES)})"
_LONG_YEAR = "(?P<year>(?:19|20)[0-9]{2})"
_YEAR = "(?P<year>(?:19|20)[0-9]{2}|[0-9]{2})"
_DAY = "(?P<day>[0-9]{1,2})"
_START, _END = r"(?<![\w/.-])", r"(?![\w/-]|\.[0-9])"
_FORMS = tuple(
    re.compile(_START + form + _END, re.IGNORECASE)
    for form in (
        rf"{_LONG_YEAR}(?P<mark>[-/.])(?P<first>[0-9]{{1,2}})(?P=mark)(?P<second>[0-9]{{1,2}})(?:T[0-9:.]+Z?)?",
        rf"{_DAY}(?:st|nd|rd|th)?(?:\s+of\s+|[\s.-]{{0,2}}){_MONTH}[\s.,-]{{0,3}}{_YEAR}",
        rf"{_MONTH}[\s.-]{{0,2}}{_DAY}(?:st|nd|rd|th)?[\s.,-]{{1,3}}{_YEAR}",
        rf"(?P<first>[0-9]{{1,2}})(?P<mark>[./-])(?P<second>[0-9]{{1,2}})(?P=mark){_YEAR}",
    )
)
_CHINESE = re.compile(rf"(?<![0-9]){_LONG_YEAR}\s?年\s?(?P<first>[0-9]{{1,2}})\s?月\s?(?P<second>[0-9]{{1,2}})\s?日")


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date in a text. `start`, `end`: where it stands; `days`: what it may mean, at least one."""

    start: int
    end: int
    days: frozenset[date]


def written_dates(text: str) -> list[WrittenDate]:
    """Every date in a text, in its order."""
    read = text[:MAX_TEXT]
    found = [
        WrittenDate(*match.span(), days)
        for form in (*_FORMS, _CHINESE)
        for match in form.finditer(read)
        if (days := frozenset(_days(match)))
    ]
    return sorted(found, key=lambda each: each.start)


def rewritten(match_text: str, day: date) -> str:
    """The same form of a date with another day; ISO's where the form is none that is known."""
    for form in (*_FORMS, _CHINESE):
        match = form.fullmatch(match_text)
        if match:
            return _in_form(match, day)
    return day.isoformat()


def _days(match: re.Match[str]) -> Iterator[date]:
    parts = match.groupdict()
    year = int(parts["year"])
    year += 2000 if len(parts["year"]) == 2 else 0  # noqa: PLR2004 digits
    if parts.get("month"):
        yield from _day(year, _month(parts["month"]), int(parts["day"]))
        return
    first, second = int(parts["first"]), int(parts["second"])
    if match.start("year") < match.start("first"):
        yield from _day(year, first, second)
        return
    yield from _day(year, second, first)
    if parts["mark"] == "/":
        yield from _day(year, first, second)


def _month(name: str) -> int:
    return MONTHS.index(name[:3].upper()) + 1


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _in_form(match: re.Match[str], day: date) -> str:
    """The text of a match with other values at its groups, as wide as they were."""
    parts = match.groupdict()
    values = {"year": f"{day.year:04}"[-len(parts["year"]) :]}
    if parts.get("month"):
        names = [name for name in _NAMES if _month(name) == day.month]
        short = len(parts["month"]) <= len("Sept")
        name = min(names, key=len) if short else max(names, key=len)
        values["month"] = name.upper() if parts["month"].isupper() else name.capitalize()
        values["day"] = str(day.day).zfill(len(parts["day"]))
    else:
        month_first = match.start("year") < match.start("first") or _is_month_first(match)
        first, second = (day.month, day.day) if month_first else (day.day, day.month)
        values |= {"first": str(first).zfill(len(parts["first"])), "second": str(second).zfill(len(parts["second"]))}
    text = match.group()
    for name in sorted(values, key=match.start, reverse=True):
        text = text[: match.start(name) - match.start()] + values[name] + text[match.end(name) - match.start() :]
    return text


def _is_month_first(match: re.Match[str]) -> bool:
    return match["mark"] == "/" and int(match["second"]) > len(MONTHS)

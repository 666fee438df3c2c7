"""The words in which the tables of fields are written: what kind of value a field takes, and within what bounds.

Leaves to others: the tables (`places`, `parties`, `goods`, `equipment`, `container_bill`, `charter_party_bill`) and
the check of a value (`conformance`). Fields that a table does not name are allowed and kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """Characters: at most and at least so many, a regular expression (ECMA 262, anchored), or one of some values."""

    most: int | None = None
    pattern: str | None = None
    least: int = 0
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date, YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time with its offset from UTC (RFC 3339)."""


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number; bounds inclusive, but for `above`."""

    least: int | None = None
    most: int | None = None
    above: int | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A number without a fraction that 32 bits hold, signed, unless `most` says more; bounds inclusive."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """An array; its order is part of the document."""

    of: "Kind"
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """An object of the shape that this field stands in: a shape that holds itself."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: fields it must have, may have, has exactly one of, has at least one of."""

    required: "Mapping[str, Kind]" = field(default_factory=dict)
    optional: "Mapping[str, Kind]" = field(default_factory=dict)
    exactly_one: "Mapping[str, Kind]" = field(default_factory=dict)
    at_least_one: "Mapping[str, Kind]" = field(default_factory=dict)

    def fields(self) -> "Mapping[str, Kind]":
        """Every field the table names, with its kind."""
        return {**self.required, **self.optional, **self.exactly_one, **self.at_least_one}


Kind = Text | Day | Moment | Truth | Number | Whole | Items | Again | Shape


# Kinds that many tables use

TRIMMED = r"^\S(?:.*\S)?$"
"""Neither empty nor with space at its ends, on one line."""

UNBROKEN = r"^\S+$"
"""Without any space."""

COUNTRY = Text(2, r"^[A-Z]{2}$", 2)
"""ISO 3166-1, two letters; ZZ where unknown."""

CURRENCY = Text(3, r"^[A-Z]{3}$", 3)
"""ISO 4217, three letters."""

UN_LOCATION = Text(5, r"^[A-Z]{2}[A-Z2-9]{3}$", 5)
"""UN/LOCODE, without its space."""

PAYMENT_TERM = Text(one_of=("PRE", "COL"))
"""Prepaid or collect."""


def trimmed(most: int) -> Text:
    """A name or reference: up to `most` characters, no space at its ends."""
    return Text(most, TRIMMED)


def lines(most_lines: int, most_characters: int) -> Items:
    """Lines as they are to be printed."""
    return Items(Text(most_characters), most=most_lines)


def amount(*units: str) -> Shape:
    """A positive number with its unit (UN/ECE Recommendation 20)."""
    return Shape(required={"value": Number(above=0), "unit": Text(one_of=units)})


WEIGHT = amount("KGM", "LBR")
VOLUME = amount("MTQ", "FTQ")

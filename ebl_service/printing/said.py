"""Reads a document for printing and remembers what has been read, so that nothing it says is left unprinted.

Every part of a print takes its fields from here; what nobody took is printed at the end under its name in words
(`unread`). Codes come in words (`codes`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ebl_service.domain.transport_document.reading import Part, as_figure, within
from ebl_service.printing.codes import code_in_words, in_words

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[A-Z]")
_GROUPED_FROM = 5
"""Digits before the point from which they are grouped."""


@dataclass(slots=True)
class Said:
    """An object in a document. `path`: where it stands; `read`: the paths taken so far, one set a document."""

    content: Part
    path: str = ""
    read: set[str] = field(default_factory=set)

    def part(self, key: str) -> "Said":
        """The object at `key`, or an empty one."""
        inner = self.content.get(key)
        return Said(inner if isinstance(inner, Mapping) else {}, within(self.path, key), self.read)

    def parts(self, key: str) -> Iterator["Said"]:
        """Each object of the array at `key`."""
        inner = self.content.get(key)
        for at, each in enumerate(inner if isinstance(inner, list) else []):
            if isinstance(each, Mapping):
                yield Said(each, within(within(self.path, key), at), self.read)

    def text(self, key: str) -> str:
        """The text, number, truth or list of these at `key`, as printed; empty where there is none."""
        return ", ".join(self.lines(key))

    def as_written(self, key: str) -> str:
        """The text or number at `key`, a code not in words."""
        self.text(key)
        value = self.content.get(key)
        return printed(value) if _is_simple(value) else ""

    def lines(self, key: str) -> list[str]:
        """The same, each element a line."""
        value, path = self.content.get(key), within(self.path, key)
        if isinstance(value, list):
            found = [(within(path, at), each) for at, each in enumerate(value)]
        else:
            found = [(path, value)]
        shown = [(where, each) for where, each in found if _is_simple(each)]
        self.read |= {where for where, _ in shown}
        return [code_in_words(key, printed(each)) for _, each in shown]

    def figure(self, key: str) -> Decimal | None:
        """The number at `key`, exact, without taking it as printed."""
        return as_figure(self.content.get(key))

    def amount(self, key: str) -> str:
        """A value with its unit, such as 17 928 kg."""
        inner = self.part(key)
        return f"{inner.text('value')} {in_words(inner.text('unit'))}" if "value" in inner.content else ""

    def amount_of(self, value: str, unit: str) -> str:
        """A value and its unit that stand beside each other as two fields."""
        return f"{self.text(value)} {in_words(self.text(unit))}".strip()

    def all_of(self, *but: str) -> list[str]:
        """Every field not taken yet, as 'label: value', those of inner objects too. `but`: keys left out."""
        return list(self.flattened("", frozenset(but)))

    def flattened(self, before: str, but: frozenset[str]) -> Iterator[str]:
        """The same one by one, each label after `before`."""
        for key, value in self.content.items():
            label = f"{before}{in_label(key)}"
            if key in but:
                continue
            if isinstance(value, Mapping):
                inner = self.part(key)
                if value.keys() == {"value", "unit"} and within(inner.path, "value") not in self.read:
                    yield f"{label}: {self.amount(key)}"
                else:
                    yield from inner.flattened(f"{label}, ", frozenset())
            elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
                for number, each in enumerate(self.parts(key), 1):
                    yield from each.flattened(f"{label} ({number}), ", frozenset())
            elif not self._is_read(key) and (shown := self.text(key)):
                yield f"{label}: {in_words(shown)}"

    def _is_read(self, key: str) -> bool:
        path = within(self.path, key)
        value = self.content[key]
        paths = [within(path, at) for at in range(len(value))] if isinstance(value, list) else [path]
        return all(each in self.read for each in paths)

    def unread(self) -> Iterator[tuple[str, str]]:
        """Name in words and value of everything that has not been taken."""
        yield from _leaves(self.path, "", "", self.content, self.read)


def printed(value: Any) -> str:
    """A simple JSON value as it is printed; numbers exactly, five digits and more grouped by spaces."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return grouped(as_figure(value) or Decimal(0))
        case _:
            return str(value)


def grouped(number: Decimal) -> str:
    """Digits in threes by no-break spaces: neither comma nor point can be taken for the other (ISO 80000-1)."""
    whole, point, fraction = f"{number:f}".partition(".")
    fraction = fraction.rstrip("0") if point else ""
    if len(whole.lstrip("-")) >= _GROUPED_FROM:
        whole = f"{int(whole):,}".replace(",", "\u00a0")
    return f"{whole}.{fraction}" if fraction else whole


def in_label(key: str) -> str:
    """A field's name in words: isMarinePollutant becomes marine pollutant, UNNumber UN number."""
    plain = re.sub(r"^is(?=[A-Z])", "", key)
    split = re.sub(r"^(UN|NA|EMS|HS|ISO|IMO|PO)(?=[A-Z][a-z])", r"\1 ", plain)
    words = [word for each in split.split(" ") for word in _WORD.findall(each)]
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words) or key


def _is_simple(value: Any) -> bool:
    return value is not None and not isinstance(value, Mapping | list)


def _leaves(path: str, name: str, key: str, value: Any, read: set[str]) -> Iterator[tuple[str, str]]:
    """`path`: where the value stands; `name`: the same in words; `key`: of the field that it is or is an element of."""
    if isinstance(value, Mapping) and value:
        for inner, each in value.items():
            named = f"{name}, {in_label(inner)}" if name else in_label(inner)
            yield from _leaves(within(path, inner), named, inner, each, read)
    elif isinstance(value, list) and value:
        for at, each in enumerate(value):
            yield from _leaves(within(path, at), f"{name} ({at + 1})", key, each, read)
    elif path not in read:
        yield name[:1].upper() + name[1:], "empty" if isinstance(value, Mapping | list) else _worded(key, value)


def _worded(key: str, value: Any) -> str:
    return in_words(printed(value)) if key == "unit" else code_in_words(key, printed(value))

"""Holds a value against a table of fields and says everything in which it differs.

Leaves to others: the tables, and every rule in which fields depend on each other. Fields that no table names pass.
Where a field may be one of several, or several at once, each that is there is held against its own kind; with
`as_defined`, as oneOf and anyOf have it: where enough of them are right, a wrong one beside them passes.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, assert_never

from ebl_service.domain.transport_document.reading import as_day, as_figure, within
from ebl_service.domain.transport_document.schema.shape import (
    Again,
    Day,
    Items,
    Kind,
    Moment,
    Number,
    Shape,
    Text,
    Truth,
    Whole,
)
from ebl_service.errors.documents import Breach

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_INT32 = 2**31 - 1


def shape_breaches(
    kind: Kind, value: object, path: str = "", around: Shape | None = None, *, as_defined: bool = False
) -> Iterator[Breach]:
    """All differences of `value` from `kind`. `path`: where the value stands; `around`: the shape that holds it.

    `as_defined`: only those for which a validator with the published definition refuses the value.
    """
    match kind:
        case Shape():
            yield from _object(kind, value, path, as_defined=as_defined)
        case Again():
            assert around is not None, "only an object's field can be of its object's shape"
            yield from _object(around, value, path, as_defined=as_defined)
        case Items():
            yield from _array(kind, value, path, around, as_defined=as_defined)
        case Text():
            yield from _text(kind, value, path)
        case Day():
            if as_day(value) is None:
                yield Breach("field_date", path, _shown(value), "a calendar date, YYYY-MM-DD")
        case Moment():
            if not _is_moment(value):
                yield Breach("field_date", path, _shown(value), "a date and time with its offset (RFC 3339)")
        case Truth():
            if not isinstance(value, bool):
                yield _of_type(value, path, "true or false")
        case Number() | Whole():
            yield from _number(kind, value, path)
        case _:
            assert_never(kind)


def _object(shape: Shape, value: object, path: str, *, as_defined: bool) -> Iterator[Breach]:
    if not isinstance(value, Mapping):
        yield _of_type(value, path, "an object")
        return
    for name in shape.required:
        if name not in value:
            yield Breach("field_required", within(path, name), "the field is missing", f"to give {name}")
    passed = _passed(shape, value) if as_defined else frozenset()
    yield from () if passed else _choices(shape, value, path)
    for name, kind in shape.fields().items():
        if name in value and name not in passed:
            yield from shape_breaches(kind, value[name], within(path, name), shape, as_defined=as_defined)


def _passed(shape: Shape, value: Mapping[str, Any]) -> frozenset[str]:
    """The fields to choose from, where exactly one (oneOf) or at least one (anyOf) is there and right; else none."""
    choices = shape.exactly_one or shape.at_least_one
    right = [
        name
        for name, kind in choices.items()
        if name in value and not any(shape_breaches(kind, value[name], as_defined=True))
    ]
    is_enough = len(right) == 1 if shape.exactly_one else bool(right)
    return frozenset(choices) if is_enough else frozenset()


def _choices(shape: Shape, value: Mapping[str, Any], path: str) -> Iterator[Breach]:
    one, some = list(shape.exactly_one), list(shape.at_least_one)
    given = [name for name in one if name in value]
    if one and len(given) != 1:
        wrong = f"{' and '.join(given)} are given" if given else f"none of {', '.join(one)} is given"
        yield Breach("field_choice", path, wrong, f"exactly one of {', '.join(one)}")
    if some and not any(name in value for name in some):
        yield Breach("field_choice", path, f"none of {', '.join(some)} is given", f"at least one of {', '.join(some)}")


def _array(kind: Items, value: object, path: str, around: Shape | None, *, as_defined: bool) -> Iterator[Breach]:
    if not isinstance(value, list):
        yield _of_type(value, path, "an array")
        return
    if len(value) < kind.least:
        yield Breach("field_count", path, f"{len(value)} elements", f"at least {kind.least}")
    if kind.most is not None and len(value) > kind.most:
        yield Breach("field_count", path, f"{len(value)} elements", f"at most {kind.most}")
    for at, inner in enumerate(value):
        yield from shape_breaches(kind.of, inner, within(path, at), around, as_defined=as_defined)


def _text(kind: Text, value: object, path: str) -> Iterator[Breach]:
    if not isinstance(value, str):
        yield _of_type(value, path, "text")
    elif kind.one_of and value not in kind.one_of:
        yield Breach("field_value", path, _shown(value), f"one of {', '.join(kind.one_of)}")
    elif len(value) < kind.least:
        yield Breach("field_length", path, f"{len(value)} characters", f"at least {kind.least}")
    elif kind.most is not None and len(value) > kind.most:
        yield Breach("field_length", path, f"{len(value)} characters", f"at most {kind.most}")
    elif kind.pattern is not None and not _compiled(kind.pattern).fullmatch(value):
        yield Breach("field_pattern", path, _shown(value), _in_words(kind.pattern))


def _number(kind: Number | Whole, value: object, path: str) -> Iterator[Breach]:
    figure = as_figure(value)
    if figure is None:
        yield _of_type(value, path, "a number")
        return
    above, most = None, kind.most
    if isinstance(kind, Whole):
        # 1.0 is 1 in canonical form, and so in the document.
        if figure != figure.to_integral_value():
            yield _of_type(value, path, "a number without a fraction")
            return
        most = _INT32 if most is None else most
    else:
        above = kind.above
    if kind.least is not None and figure < kind.least:
        yield Breach("field_range", path, _shown(value), f"at least {kind.least}")
    elif above is not None and figure <= above:
        yield Breach("field_range", path, _shown(value), f"more than {above}")
    elif (most is not None and figure > most) or (isinstance(kind, Whole) and figure < -_INT32 - 1):
        yield Breach("field_range", path, _shown(value), f"at most {most}")


def _is_moment(value: object) -> bool:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    # ECMA 262 has ASCII digits, and a dot that stops at four line terminators; Python's \d and dot take more.
    plain = pattern.removeprefix("^").removesuffix("$").replace(r"\d", "[0-9]")
    return re.compile(re.sub(r"\.(?=[*+])", "[^\\\\n\\\\r\\\\u2028\\\\u2029]", plain))


_WORDS = {
    r"^\S(?:.*\S)?$": "text on one line, with no space at its ends",
    r"^\S+$": "text without spaces",
    r"^.+@\S+$": "an e-mail address",
    r"^[A-Z]{2}$": "two capital letters",
    r"^[A-Z]{3}$": "three capital letters",
    r"^[A-Z]{2}[A-Z2-9]{3}$": "a UN location code of five characters",
    r"^\d{4}$": "four digits",
    r"^\d{6,10}$": "6 to 10 digits",
    r"^\d{6,12}$": "6 to 12 digits",
}


def _in_words(pattern: str) -> str:
    return _WORDS.get(pattern, f"text that matches {pattern}")


def _of_type(value: object, path: str, wanted: str) -> Breach:
    return Breach("field_type", path, _shown(value), wanted)


def _shown(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Mapping():
            return "an object"
        case list():
            return "an array"
        case str():
            short = value if len(value) <= 40 else value[:40] + "…"  # noqa: PLR2004 (what fits in an answer)
            return repr(short)
        case _:
            return str(value)

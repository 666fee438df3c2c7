"""Events to rows and back: the kind by its class's name, its subject and sequence as columns, the rest as JSON.

An event's subject is the title or the certificate it is about.
"""

import json
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, get_args, get_type_hints

from ebl_service.domain.certificate_events import CertificateEvent
from ebl_service.domain.events import Event, subject_of
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.terms import Digest, Mode, Part, Purpose, Role

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
_SUBJECTS = {
    name: "certificate_id" if issubclass(kind, CertificateEvent) else "title_id" for name, kind in KINDS.items()
}
"""The member that a kind's subject is."""
_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "purpose": Purpose,
    "roles": Role,
    "mode": Mode,
    "part": Part,
    "replaces": tuple,
    "new_ids": tuple,
}
_NAMES: dict[str, tuple[str, ...]] = {
    name: tuple(field.name for field in fields(kind) if field.name not in (_SUBJECTS[name], "sequence"))
    for name, kind in KINDS.items()
}


def _getter(names: tuple[str, ...]) -> Callable[[Event], tuple[Any, ...]]:
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda event: (get(event),)  # attrgetter of one name gives no tuple


_VALUES = {name: _getter(names) for name, names in _NAMES.items()}
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_PLAIN = {str: '"%s"', int: "%d"}


def _pattern(kind: type[Event], names: tuple[str, ...]) -> str | None:
    """The JSON of an event whose values are all hex or whole numbers, made by `%`; None for any other kind."""
    hints = get_type_hints(kind)
    parts = [_PLAIN.get(getattr(hints[name], "__supertype__", hints[name])) for name in names]
    if None in parts:
        return None
    return "{" + ",".join(f'"{name}":{part}' for name, part in zip(names, parts, strict=True)) + "}"


_PATTERNS = {name: _pattern(kind, _NAMES[name]) for name, kind in KINDS.items()}
"""Three times as fast as the encoder, which makes itself anew for every event."""


def _data_of(event: Event, kind: str) -> str:
    pattern, values = _PATTERNS[kind], _VALUES[kind](event)
    return _encode(dict(zip(_NAMES[kind], values, strict=True))) if pattern is None else pattern % values


Row = tuple[int, int, str, str, str | None, int | None, str]
"""As in the table: block_number, log_index, transaction_hash, kind, subject_id, sequence, data."""


def row_of(recorded: Recorded) -> Row:
    """The row of an event."""
    event = recorded.event
    kind = type(event).__name__
    return (
        recorded.block_number,
        recorded.log_index,
        recorded.transaction_hash,
        kind,
        subject_of(event),
        getattr(event, "sequence", None),
        _data_of(event, kind),
    )


def recorded_of(row: Any, block_hash: str) -> Recorded:
    """The event of a row (with the table's columns as attributes) in the block of this hash."""
    return Recorded(
        block_number=row.block_number,
        block_hash=Digest(block_hash),
        transaction_hash=Digest(row.transaction_hash),
        log_index=row.log_index,
        event=event_of(row.kind, row.subject_id, row.sequence, row.data),
    )


def event_of(kind: str, subject_id: str | None, sequence: int | None, data: str) -> Event:
    """The event of these columns."""
    values = json.loads(data)
    for name in values.keys() & _CONVERTERS.keys():
        values[name] = _CONVERTERS[name](values[name])
    if subject_id is not None:
        values[_SUBJECTS[kind]] = subject_id
    if sequence is not None:
        values["sequence"] = sequence
    return KINDS[kind](**values)

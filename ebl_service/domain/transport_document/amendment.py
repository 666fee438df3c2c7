"""What an amendment changes: the fields of two versions side by side.

Rules kept: every difference of the canonical forms is told, and nothing else; applying the changes to the old version
gives the new one. Elements of arrays are compared by their place, since their order is part of the document. Leaves to
others: whether quantities still sum (`division`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from ebl_service.domain.transport_document.reading import Part, as_figure, within


class Nothing(Enum):
    """That a field is not there, which is another thing than a null."""

    ABSENT = "absent"


ABSENT = Nothing.ABSENT


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `old`, `new`: JSON values as parsed, or ABSENT."""

    path: str
    old: object
    new: object


def changes(old: Part, new: Part) -> tuple[Change, ...]:
    """Every field that differs, sorted as the old document stands, then what the new one adds."""
    return tuple(_changes("", old, new))


def _changes(path: str, old: object, new: object) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in (*old, *(key for key in new if key not in old)):
            yield from _changes(within(path, key), old.get(key, ABSENT), new.get(key, ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        for at in range(max(len(old), len(new))):
            yield from _changes(
                within(path, at), old[at] if at < len(old) else ABSENT, new[at] if at < len(new) else ABSENT
            )
    elif not _is_same(old, new):
        yield Change(path, old, new)


def _is_same(old: object, new: object) -> bool:
    # 1 and 1.0 are one number in canonical form; True and 1 are two values, though Python calls them equal.
    old_figure, new_figure = as_figure(old), as_figure(new)
    if old_figure is not None or new_figure is not None:
        return old_figure == new_figure
    return type(old) is type(new) and old == new

"""Every text of a document with its place: one pass, linear however deep or wide the document is.

Rules kept: a path is written only for what is told, so that long names around many values cost nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ebl_service.domain.characters import visible
from ebl_service.domain.transport_document.reading import Part, within

MAX_SHOWN = 40
"""Characters of a text, or of a field's name, that an answer repeats."""

Place = tuple[Any, ...]
"""Where a value stands: the place of what holds it, and its key or index there; empty for the document."""


def all_texts(document: Part, *, with_names: bool = False) -> Iterator[tuple[Place, str, str, str]]:
    """Every text in order: its place, the field around its object, its own field, and the text.

    `with_names`: fields' names too, each at its object's place.
    """
    waiting: list[tuple[Place, str, str, Any]] = [((), "", "", document)]
    while waiting:
        place, around, name, value = waiting.pop()
        if isinstance(value, str):
            yield place, around, name, value
        elif isinstance(value, Mapping):
            if with_names:
                yield from ((place, around, "", key) for key in value)
            waiting += reversed([((place, key), name, key, inner) for key, inner in value.items()])
        elif isinstance(value, list):
            waiting += reversed([((place, at), around, name, inner) for at, inner in enumerate(value)])


def path_of(place: Place) -> str:
    """The path of a place; a name in it is written visibly."""
    parts: list[str | int] = []
    while place:
        place, step = place
        parts.append(step)
    path = ""
    for step in reversed(parts):
        path = within(path, visible(step[:MAX_SHOWN]) if isinstance(step, str) else step)
    return path

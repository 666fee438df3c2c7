"""How a title stood in the past: a fold of its events until then. What one event changes: `domain.title`."""

from collections.abc import Iterable

from ebl_service.domain.events import TitleEvent
from ebl_service.domain.terms import Digest
from ebl_service.domain.title import Title, evolve


def folded(recorded: Iterable[tuple[int, TitleEvent]], domain_separator: Digest) -> tuple[int, Title] | None:
    """A title after these events, each with its block, and the block that brought it there; None where there are none.

    Raises: as `evolve`.
    """
    found: tuple[int, Title] | None = None
    for block, event in recorded:
        found = block, evolve(found and found[1], event, domain_separator)
    return found

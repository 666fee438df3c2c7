"""What was changed by every replacement that led to a title: the fields of old and new document side by side.

Left to others: comparing two documents (`transport_document.amendment`), who may see it (`services.rights`).

Rules kept: replacements are told from the title backwards, never forwards, so that who holds an old title learns
nothing of what came after; a consolidation is told once for each title it took in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.terms import TitleId
from ebl_service.domain.title import Title
from ebl_service.domain.transport_document.amendment import Change, changes
from ebl_service.services.answers import Page
from ebl_service.services.bounded_work import untrusted
from ebl_service.services.documents import Documents
from ebl_service.services.drafts import Kept
from ebl_service.services.queries import number_of, require_limit
from ebl_service.store.history import History

MOST_GENERATIONS = 1_000
"""Of titles that replaced each other, looked at."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """One title in the place of another. `changes`: None where a document of the two is not kept here."""

    old: TitleId
    new: TitleId
    changes: tuple[Change, ...] | None


class Amendments:
    """Tells amendments."""

    def __init__(self, documents: Documents, history: History) -> None:
        self._documents = documents
        self._history = history

    async def of(self, title: Title, after: str | None = None, limit: int = 50) -> Page[Amendment]:
        """The replacements that led to the title, the newest first. Raises: InvalidRequest (limit, cursor)."""
        require_limit(limit)
        start = number_of(after)
        pairs = await self._pairs(title, start + limit + 1)
        wanted = pairs[start : start + limit]
        kept = await self._documents.many(DocumentBinding.of(each) for pair in wanted for each in pair)
        items = []
        for old, new in wanted:
            before, made = (kept.get(DocumentBinding.of(each)) for each in (old, new))
            told = await _changes(before, made) if before and made else None
            items.append(Amendment(old.title_id, new.title_id, told))
        return Page(tuple(items), str(start + limit) if len(pairs) > start + limit else None)

    async def _pairs(self, title: Title, most: int) -> Sequence[tuple[Title, Title]]:
        pairs: list[tuple[Title, Title]] = []
        generation, seen = [title], {title.title_id}
        for _ in range(MOST_GENERATIONS):
            before = await self._history.titles.many(old for new in generation for old in new.replaces)
            pairs += [(before[old], new) for new in generation for old in new.replaces if old in before]
            generation = [old for title_id, old in sorted(before.items()) if title_id not in seen]
            seen |= before.keys()
            if not generation or len(pairs) >= most:
                break
        return pairs


async def _changes(before: Kept, made: Kept) -> tuple[Change, ...]:
    size = len(before.content) + len(made.content)
    return await untrusted.run_sized(size, changes, before.document, made.document)

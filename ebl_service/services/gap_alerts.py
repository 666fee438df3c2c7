"""Gaps in a party's cover, told as they come up: once, and again when they are others.

Rules kept: a party is told of titles under which it is entitled, of no others; a gap that time alone opens was told
when its notice was given.
"""

from collections.abc import AsyncIterator, Iterable

from ebl_service.domain.insurance_document.gaps import Gap
from ebl_service.domain.terms import Address, TitleId
from ebl_service.errors import NotFound
from ebl_service.services.cover import CoverQueries
from ebl_service.services.policy import Clock, wall_clock


class GapAlerts:
    """What one reader has been told. Terms of sale are no event of the ledger, and are looked for beside them."""

    def __init__(self, covers: CoverQueries, account: Address, clock: Clock = wall_clock) -> None:
        self._covers = covers
        self._account = account
        self._clock = clock
        self._waiting: set[TitleId] = set()
        self._told: dict[TitleId, tuple[Gap, ...]] = {}
        self._looked_at = clock()

    def look_at(self, titles: Iterable[TitleId]) -> None:
        """Something has happened to these, or to what is tied to them."""
        self._waiting.update(titles)

    async def news(self) -> AsyncIterator[tuple[TitleId, tuple[Gap, ...]]]:
        """Of the titles that wait, those of which something else was told before; one that was passed on is silent."""
        since, self._looked_at = self._looked_at, self._clock()
        self._waiting |= await self._covers.sold_since(self._account, since)
        while self._waiting:
            title_id = self._waiting.pop()
            try:
                found = await self._covers.gaps(self._account, title_id)
            except NotFound:  # passed on meanwhile
                continue
            if found != self._told.get(title_id, ()):
                self._told[title_id] = found
                yield title_id, found

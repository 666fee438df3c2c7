"""Gaps in a party's cover, told as they come up: once, and again when they are others.

Rules kept
- A party is told of titles under which it is entitled, of no others.
- What time alone changes is told when its time has come, by the blocks that were read: a notice that runs out, and one
  that runs again because blocks were taken back.
- Who resumes is told once more rather than not at all, of a gap that was closed too.
"""

from collections.abc import AsyncIterator, Iterable

from ebl_service.domain.insurance_document.gaps import Gap
from ebl_service.domain.terms import Address, Seconds, TitleId
from ebl_service.errors import NotFound
from ebl_service.services.cover import CoverQueries
from ebl_service.services.policy import Clock, wall_clock

LOOKS_BACK = 60
"""Seconds: terms of sale are seen so long after the time that they bear, at most, where the store is busy."""


class GapAlerts:
    """What one reader has been told. Terms of sale are no event of the ledger, and are looked for beside them.

    `since`: when the ledger recorded what the reader had read last, where it resumes.
    """

    def __init__(
        self, covers: CoverQueries, account: Address, since: Seconds | None = None, clock: Clock = wall_clock
    ) -> None:
        self._covers = covers
        self._account = account
        self._clock = clock
        self._waiting: set[TitleId] = set()
        self._told: dict[TitleId, tuple[Gap, ...]] = {}
        self._silent_of: tuple[Gap, ...] | None = () if since is None else None
        self._resumed_at = since
        self._looked_at = clock() if since is None else min(since, clock())

    def look_at(self, titles: Iterable[TitleId]) -> None:
        """Something has happened to these, or to what is tied to them."""
        self._waiting.update(titles)

    async def news(self) -> AsyncIterator[tuple[TitleId, tuple[Gap, ...]]]:
        """Of the titles that wait, those of which something else was told before; one that was passed on is silent."""
        since, self._looked_at = self._looked_at, self._clock()
        self._waiting |= await self._covers.sold_since(self._account, since - LOOKS_BACK)
        if self._resumed_at is not None:
            self._waiting |= await self._covers.given_notice(self._account, self._resumed_at)
            self._resumed_at = None
        self._waiting |= self._others_at(await self._covers.ledger_time())
        while self._waiting:
            title_id = self._waiting.pop()
            try:
                found = await self._covers.gaps(self._account, title_id)
            except NotFound:  # passed on meanwhile
                self._told.pop(title_id, None)
                continue
            if found != self._told.get(title_id, self._silent_of):
                self._told[title_id] = found
                yield title_id, found

    def _others_at(self, now: Seconds) -> set[TitleId]:
        return {title_id for title_id, told in self._told.items() if any(gap.is_other_at(now) for gap in told)}

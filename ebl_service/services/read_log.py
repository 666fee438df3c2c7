"""Noting down who read a document, and telling its parties.

    await read_log.note(caller, sight, "document")       before the answer goes out

Rules kept here
- The note is durable before what was read leaves the house.
- Who sees the whole title sees every read of it. A past party sees those made before its own last act, and its own:
  who reads now is the business of who stands on the title now.
"""

import re
from typing import Literal

from ebl_service.domain.caller import Caller
from ebl_service.errors import InvalidRequest
from ebl_service.services.answers import Page
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.rights import Sight
from ebl_service.store.reads import Read, Reads

__all__ = ["Read", "ReadLog", "What"]

What = Literal["document", "record", "picture", "insurance document", "insurance picture", "terms of sale"]
"""`picture`: its PDF, or the carrier's own. To be told what the rules say of an insurance document is to read it."""


class ReadLog:
    """Writes and tells reads."""

    def __init__(self, reads: Reads, clock: Clock = wall_clock) -> None:
        self._reads = reads
        self._clock = clock

    async def note(self, caller: Caller, sight: Sight, what: What) -> None:
        """Write down that the caller reads this of a title it has a sight of."""
        title = sight.title
        read = Read(
            title_id=title.title_id,
            sequence=title.sequence,
            reader=sight.account,
            means=caller.means,
            name=caller.name,
            what=what,
            granted_by=sight.granted_by,
            read_at=self._clock(),
        )
        await self._reads.add(read)

    async def told(self, sight: Sight, after: str | None, limit: int) -> Page[Read]:
        """The reads of a title that this sight may see, the first first. Raises: InvalidRequest (the cursor)."""
        if after is not None and not re.fullmatch(r"[0-9]{1,15}", after):
            raise InvalidRequest("The cursor is not one that was given out here.", {"after": after})
        rows = await self._reads.page(
            sight.title.title_id, int(after or 0), limit + 1, before_sequence=sight.up_to, reader=sight.account
        )
        return Page(tuple(rows[:limit]), str(rows[limit - 1].number) if len(rows) > limit else None)

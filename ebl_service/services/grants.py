"""Letting somebody read a title who has no part in it: an auditor, an insurer, a customs officer.

Rules kept here
- Only a party that stands on the title now, at a final block, grants; to a registered party, for a time, and it may
  take the grant back at any moment. What a grant shows is for `services.rights` to say.
"""

import re

from ebl_service.domain.terms import Address, Seconds, TitleId
from ebl_service.errors import InvalidRequest, NotFound
from ebl_service.errors.requests import BadValue
from ebl_service.services.answers import Page
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.rights import Rights, not_found
from ebl_service.store.grants import Grant, GrantRows
from ebl_service.store.history import History

__all__ = ["LONGEST_DAYS", "Grant", "Grants"]

LONGEST_DAYS = 366
DAY = 86_400


class Grants:
    """The use cases of grants."""

    def __init__(self, rights: Rights, history: History, rows: GrantRows, clock: Clock = wall_clock) -> None:
        self._rights = rights
        self._history = history
        self._rows = rows
        self._clock = clock

    async def give(self, granter: Address, title_id: TitleId, grantee: Address, expires_at: Seconds) -> Grant:
        """A grant until `expires_at`. Raises: NotFound (no present party's title, no such grantee), BadValue."""
        sight = await self._rights.sight(granter, title_id)
        if not sight.is_whole or sight.granted_by is not None:
            raise not_found(title_id)
        now = self._clock()
        if not now < expires_at <= now + LONGEST_DAYS * DAY:
            latest = now + LONGEST_DAYS * DAY
            raise BadValue(
                f"expiresAt: must be later than {now} and not later than {latest}", {"at": "expiresAt", "most": latest}
            )
        if grantee == granter or grantee not in await self._history.parties.many([grantee]):
            raise BadValue(f"to: {grantee} is not another registered party", {"at": "to"})
        return await self._rows.put(title_id, granter, grantee, now, expires_at)

    async def of(self, account: Address, title_id: TitleId | None, after: str | None, limit: int) -> Page[Grant]:
        """The grants that count now, given by or to the account, the first first. Raises: InvalidRequest (cursor)."""
        if after is not None and not re.fullmatch(r"[0-9]{1,15}", after):
            raise InvalidRequest("The cursor is not one that was given out here.", {"after": after})
        rows = await self._rows.of(account, title_id, int(after or 0), limit + 1, self._clock())
        return Page(tuple(rows[:limit]), str(rows[limit - 1].number) if len(rows) > limit else None)

    async def revoke(self, granter: Address, number: int) -> Grant:
        """End a grant of this granter's for good. Raises: NotFound."""
        ended = await self._rows.revoke(number, granter, self._clock())
        if ended is None:
            raise NotFound(f"There is no grant {number} of yours.", {"grant": number})
        return ended

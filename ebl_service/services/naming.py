"""How parties are called: legal names and identifying codes, set by who admits parties, found by documents.

Rules kept: only a party that is registered on the ledger is named; a code names one party; every change is kept.
"""

from collections.abc import Iterable

from ebl_service.domain.profile import Profile
from ebl_service.domain.terms import Address
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.errors import NotFound
from ebl_service.services.answers import Page
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.queries import number_of, require_limit
from ebl_service.store.directory import Directory
from ebl_service.store.history import History


class Naming:
    """Sets and tells profiles."""

    def __init__(self, directory: Directory, history: History, clock: Clock = wall_clock) -> None:
        self.directory = directory
        self.history = history
        self._clock = clock

    async def name(self, account: Address, legal_name: str, codes: Iterable[Code]) -> Profile:
        """Call a party so from now on. Raises: NotFound (no such party on the ledger), CodeTaken."""
        if account not in await self.history.parties.many([account]):
            raise NotFound(f"{account} is not a registered party.", {"account": account})
        profile = Profile(account, legal_name, frozenset(codes), self._clock())
        await self.directory.put(profile)
        return profile

    async def profile(self, account: Address) -> Profile:
        """How a party is called now. Raises: NotFound."""
        found = await self.directory.profile(account)
        if found is None:
            raise NotFound(f"Nobody has said how {account} is called.", {"account": account})
        return found

    async def having(self, code: Code) -> Profile:
        """The party that this code names, to the letter. Raises: NotFound."""
        found = await self.directory.having([code])
        if found:
            return await self.profile(next(iter(found)))
        raise NotFound(f"No party here has the code {' '.join(code)}.", {"code": list(code)})

    async def changes(self, account: Address, after: str | None, limit: int) -> Page[Profile]:
        """How a party was called, oldest first. `limit` 1 to 200. Raises: InvalidRequest (limit, cursor)."""
        require_limit(limit)
        rows = await self.directory.changes(account, number_of(after), limit + 1)
        items = tuple(profile for _, profile in rows[:limit])
        return Page(items, str(rows[limit - 1][0]) if len(rows) > limit else None)

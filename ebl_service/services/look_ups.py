"""Looking registered parties up by the codes that a document names, counted by who asks.

A code tells the account behind it and that its party is registered here: whoever could ask without end would list the
parties. So `GET /v1/parties/by-code` is limited, and in the same way every document that names a code.

Rules kept: each code counts once for a caller that was told whose it is; a code that nobody has counts each time. The
service's own loops are not counted. Leaves to others: what a code's party means for a document (`party_resolution`).
"""

from collections import OrderedDict
from collections.abc import Iterable

from ebl_service.domain.terms import Address
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.errors.requests import TooManyValues
from ebl_service.services.asking import who_asks
from ebl_service.services.rate_limits import RateLimits
from ebl_service.store.directory import Directory

MOST_CODES = 100
"""Of one document: four parties are looked up, and few have five codes."""
MOST_REMEMBERED = 100_000
"""Callers' codes; those asked for longest ago are forgotten, and count again."""


class LookUps:
    """Finds parties by codes. `limits`: None where nobody is counted."""

    def __init__(self, directory: Directory, limits: RateLimits | None) -> None:
        self._directory = directory
        self._limits = limits
        self._told: OrderedDict[tuple[str, Code], None] = OrderedDict()

    async def having(self, codes: Iterable[Code]) -> dict[Address, frozenset[Code]]:
        """The accounts that have any of these codes, each with all of its codes.

        Raises: TooManyValues (codes), TooManyRequests.
        """
        wanted = set(codes)
        if len(wanted) > MOST_CODES:
            raise TooManyValues(
                f"The document's parties have more than {MOST_CODES} identifying codes", {"most": MOST_CODES}
            )
        who = who_asks.get()
        if self._limits is None or who is None:
            return await self._directory.having(wanted)
        for code in wanted:
            if (who, code) not in self._told:
                self._limits.count_look_up(who)
        found = await self._directory.having(wanted)
        self._remember(who, wanted & {code for known in found.values() for code in known})
        return found

    def _remember(self, who: str, codes: set[Code]) -> None:
        for code in codes:
            self._told[who, code] = None
            self._told.move_to_end((who, code))
        while len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)

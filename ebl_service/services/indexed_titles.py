"""Titles as the index has them, for who checks a copy: what anybody with a genuine one may know."""

from ebl_service.domain.events import Issued
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.terms import TitleId
from ebl_service.domain.verification import TitleStanding
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable
from ebl_service.services.verification import Verification
from ebl_service.store.history import History


class IndexedTitles:
    """Titles as the index has them."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def standing(self, title_id: TitleId) -> TitleStanding | None:
        """The title as it stands. Raises: LedgerUnavailable before the first block was read."""
        cursor = await self._history.cursor()
        if cursor is None:
            raise LedgerUnavailable("The index has not read its first block yet.")
        found = await self._history.titles.title(title_id)
        if found is None:
            return None
        since, title = found
        first = await self._history.titles.first_event(title_id)
        if first is None or not isinstance(first.event, Issued):
            raise LedgerDisagrees(f"title {title_id} is there, and its issue is not")
        return TitleStanding(
            title_id,
            title.carrier,
            title.status,
            title.version,
            title.commitment,
            first.event.time,
            title.replaced_by,
            cursor.number,
            since <= cursor.final_number,
        )


def of_this_service(identity: LedgerIdentity, history: History) -> Verification:
    """Checks against the index of this service."""
    return Verification(IndexedTitles(history), identity.chain_id, identity.title_registry)

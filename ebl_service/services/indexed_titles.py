"""Titles as the index has them, for who checks a copy: what anybody with a genuine one may know."""

from ebl_service.domain.events import Issued
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.terms import TitleId
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.domain.verification import CarrierCheck, TitleStanding
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable
from ebl_service.services.verification import Verification
from ebl_service.store.directory import Directory
from ebl_service.store.history import History


class IndexedTitles:
    """Titles as the index has them."""

    def __init__(self, history: History, directory: Directory) -> None:
        self._history = history
        self._directory = directory

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
        profile = await self._directory.profile(title.carrier)
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
            profile.legal_name if profile else None,
        )

    async def carrier_check(self, standing: TitleStanding, codes: frozenset[Code]) -> CarrierCheck:
        """By the codes that parties have now, and those that the carrier had when it issued."""
        known = await self._directory.having(codes)
        then = await self._directory.codes_at(standing.carrier, standing.issued_at)
        of_others = {code for account, own in known.items() if account != standing.carrier for code in own & codes}
        if of_others - then:
            return CarrierCheck.DIFFERS
        own = known.get(standing.carrier, frozenset()) | then
        return CarrierCheck.CONFIRMED if own & codes else CarrierCheck.CODES_UNKNOWN


def of_this_service(identity: LedgerIdentity, history: History, directory: Directory) -> Verification:
    """Checks against the index of this service."""
    return Verification(IndexedTitles(history, directory), identity.chain_id, identity.title_registry)

"""Destroying the key of a document whose title has ended, by two people; and legal holds against it.

Rules kept here
- Two accounts of those that the operator names approve it by their own signatures; both are kept on record.
- What is held, and what is destroyed, is the document that was taken in for this very title.
- Never while the title lives or may yet be replaced, nor before its end is final, nor under a legal hold.
"""

from collections.abc import Sequence

from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.destruction import Approval, require_two
from ebl_service.domain.ledger import Ledger, LedgerIdentity
from ebl_service.domain.sign_in import personal_digest
from ebl_service.domain.terms import Address, Status, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors import InvalidRequest, NotFound
from ebl_service.errors.vault import DestructionRefused
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.store.history import History
from ebl_service.store.holds import Holds

ENDED = frozenset({Status.SURRENDERED_FOR_DELIVERY, Status.SURRENDERED_FOR_PAPER, Status.REPLACED})
"""What was surrendered for amendment is still needed, for the sums of its replacement."""


class Destruction:
    """Destroys keys. `approvers`: the accounts that may approve it."""

    def __init__(
        self,
        ledger: Ledger,
        identity: LedgerIdentity,
        history: History,
        holds: Holds,
        approvers: frozenset[Address],
        clock: Clock = wall_clock,
    ) -> None:
        self._ledger = ledger
        self._identity = identity
        self._history = history
        self._holds = holds
        self._approvers = approvers
        self._clock = clock

    async def hold(self, title_id: TitleId, reason: str, *, is_placed: bool) -> None:
        """Place a legal hold on a title's document, or lift it. Raises: NotFound, InvalidRequest (no reason)."""
        if not reason.strip():
            raise InvalidRequest("A legal hold is placed and lifted for a reason.")
        title, _ = await self._title(title_id)
        await self._holds.put(DocumentBinding.of(title), reason, self._clock(), is_placed=is_placed)

    async def destroy(self, title_id: TitleId, approvals: Sequence[Approval]) -> None:
        """Destroy the key of the title's document. Raises: DestructionRefused, NotFound, LedgerUnavailable."""
        require_two(approvals, title_id, self._approvers, self._clock())
        title, since = await self._title(title_id)
        cursor = await self._history.cursor()
        if title.status not in ENDED or cursor is None or since > cursor.final_number:
            raise DestructionRefused(
                f"Title {title_id} is {title.status.name}; it must have ended at a final block", {"title_id": title_id}
            )
        for each in approvals:
            hashed = personal_digest(each.words(self._identity.titles_domain))
            if not await self._ledger.verify_signature(each.account, hashed, each.signature):
                raise DestructionRefused(f"The signature is not one of {each.account} over this approval")
        await self._holds.destroy(DocumentBinding.of(title), approvals, self._clock())

    async def _title(self, title_id: TitleId) -> tuple[Title, int]:
        found = await self._history.titles.title(title_id)
        if found is None:
            raise NotFound(f"There is no title {title_id}.", {"title_id": title_id})
        return found[1], found[0]

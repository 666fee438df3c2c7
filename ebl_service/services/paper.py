"""The originals on paper that take the place of a title: printed in full, with a statement of conversion.

Left to others: the print (`printing.bill`), who may have it (the front doors: the carrier, which signs and hands it
over).

Rules kept: there is never a title and a paper bill for the same goods: an original is printed only once the title's
surrender for paper was accepted at a final block (MLETR 18); it names the act by which the title ended.
"""

from ebl_service.domain.events import SurrenderAccepted
from ebl_service.domain.ledger import LedgerIdentity, Recorded
from ebl_service.domain.terms import Status
from ebl_service.domain.title import Title
from ebl_service.errors import InvalidRequest
from ebl_service.errors.documents import NotSwitchedToPaper
from ebl_service.printing.bill import print_bill
from ebl_service.printing.particulars import Conversion, TitleParticulars
from ebl_service.services.bounded_work import prints
from ebl_service.services.documents import Documents
from ebl_service.store.history import History

MOST_ORIGINALS = 9


class PaperBills:
    """Prints originals."""

    def __init__(self, identity: LedgerIdentity, documents: Documents, history: History) -> None:
        self._identity = identity
        self._documents = documents
        self._history = history

    async def original(self, title: Title, number: int, of: int) -> bytes:
        """Original `number` of `of` on paper, as PDF.

        Raises: NotSwitchedToPaper, InvalidRequest (numbers), NotFound, KeyDestroyed, SealBroken.
        """
        if not 1 <= number <= of <= MOST_ORIGINALS:
            raise InvalidRequest(f"There are 1 to {MOST_ORIGINALS} originals, not number {number} of {of}.")
        ended = await self._ended(title)
        kept = await self._documents.kept(title)
        assert isinstance(ended.event, SurrenderAccepted)
        conversion = Conversion(ended.transaction_hash, ended.block_number, ended.event.time, number, of)
        particulars = TitleParticulars(
            title.title_id,
            self._identity.chain_id,
            self._identity.title_registry,
            title.version,
            title.carrier,
            title.replaces,
        )
        document, salt = kept.document, kept.secrets.salt
        return await prints.run(print_bill, document, kept.record, particulars, salt, conversion=conversion)

    async def _ended(self, title: Title) -> Recorded:
        cursor = await self._history.cursor()
        if title.status is Status.SURRENDERED_FOR_PAPER and cursor is not None:
            for recorded in reversed(await self._history.titles.events(title.title_id)):
                if isinstance(recorded.event, SurrenderAccepted) and recorded.block_number <= cursor.final_number:
                    return recorded
        raise NotSwitchedToPaper(
            f"Title {title.title_id} has not ended by a switch to paper at a final block; it is {title.status.name}",
            {"title_id": title.title_id, "status": title.status.name},
        )

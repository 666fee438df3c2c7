"""A bill's number is issued once: one bill has no two originals.

The ledger sees to that where the number is under one salt, and a carrier may bring salts of its own; under two salts
one number is two to the ledger. Numbers are compared here by their digests under the salt that the service derives.

Rules kept here
- No other title of the carrier's and of the number stands on the ledger, is on its way there, or is asked for in the
  same request; but those that were replaced, or went to paper where the paper has come back.
- What comes at once is judged once more as it is stored (`store.claims`).
- A number whose document is not kept here is not known here.
"""

from collections.abc import Iterable

from ebl_service.domain.terms import Address, Digest, Status, TitleId
from ebl_service.errors.documents import NumberIssued
from ebl_service.services.documents import Documents
from ebl_service.services.drafts import Kept, Prepared
from ebl_service.store.claims import Claim
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox

Claimed = dict[tuple[Address, Digest], TitleId]
"""Numbers that a request asks for, each with its title."""


class BillNumbers:
    """Judges whether a number may be issued."""

    def __init__(self, documents: Documents, history: History, outbox: Outbox) -> None:
        self._documents = documents
        self._history = history
        self._outbox = outbox

    async def require_free(self, made: Prepared | Kept, replaced: Iterable[TitleId] = ()) -> None:
        """No other title of this number stands. `replaced`: by the document's title. Raises: NumberIssued."""
        await self._require_not_standing(made, await self._others(made), replaced)

    async def claim(self, kept: Kept, replaced: Iterable[TitleId], claimed: Claimed) -> Claim | None:
        """The number is free, nobody is about to issue it, nor does the rest of the request. Raises: NumberIssued.

        None where no number is known.
        """
        if kept.number is None:
            return None
        first = claimed.setdefault((kept.carrier, kept.number), kept.title_id)
        if first != kept.title_id:
            raise NumberIssued("The request issues this number twice", {"title_id": first})
        others = await self._others(kept)
        ended = await self._require_not_standing(kept, others, replaced)
        claim = Claim(kept.carrier, kept.number, kept.title_id, ended)
        if others:
            await self._outbox.require_unclaimed([claim])
        return claim

    async def _others(self, made: Prepared | Kept) -> set[TitleId]:
        """Titles, issued or not, that other documents of this number were prepared for: mostly none."""
        if made.number is None:
            return set()
        return await self._documents.prepared_for({made.carrier: made.number}) - {made.title_id}

    async def _require_not_standing(
        self, made: Prepared | Kept, others: set[TitleId], replaced: Iterable[TitleId]
    ) -> frozenset[TitleId]:
        """Those of the others that stand no more, or will not."""
        ended = {Status.REPLACED} | ({Status.SURRENDERED_FOR_PAPER} if made.record.paper_originals else set())
        before = others & set(replaced)
        issued = await self._history.titles.many(others - before) if others - before else {}
        for other in issued.values():
            if other.status not in ended:
                raise NumberIssued("A bill of this number is issued", {"title_id": other.title_id})
        return frozenset(before | issued.keys())

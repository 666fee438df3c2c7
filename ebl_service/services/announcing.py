"""Telling carriers what became final: bills issued, surrenders requested; and closing what that settles.

Left to others: delivering (`services.callbacks`), the stream (`store.feed`), what is refused before it reaches the
ledger (`services.issuance`).

Rules kept here
- Nothing is told that is not final; what a reorganisation takes away before was never told.
- One process of a database announces; the place in the stream moves with what follows from it.
- What is told of one bill number is told in the ledger's order.
- A bill is named by the document that was taken in for its own title, whatever commitment the title has.
- A bill whose document is not kept here has no number to tell: that is logged, and the stream goes on. So it does where
  what is kept of one bill, or of one carrier, was altered at rest and does not open.
- A request is late only once everything that was final by then has been announced: its bill may be among it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Sequence

from ebl_service.domain import events as happened
from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.callback import Telling
from ebl_service.domain.carrier_messages import (
    ISSUANCE_RESPONSES,
    SURRENDER_REQUESTS,
    Names,
    Reason,
    Verdict,
    Why,
    issuance_response,
    parties_in,
    surrender_request,
)
from ebl_service.domain.endorsement_chain import Entry, endorsement_chain
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.terms import Seconds, TitleId
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.errors.vault import KeyDestroyed, SealBroken
from ebl_service.services.bills import bill_name
from ebl_service.services.changes import Changes
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.document_room import DocumentRoom
from ebl_service.services.drafts import Kept
from ebl_service.services.patience import Patience
from ebl_service.services.policy import Clock, Failpoint, no_failpoint, wall_clock
from ebl_service.services.surrender_words import SurrenderWords
from ebl_service.services.tenure import Tenure
from ebl_service.store.announcements import Announcements, BillIssued, Consequence, SurrenderMade, TitleWentOn
from ebl_service.store.directory import Directory
from ebl_service.store.feed import IS_FINAL
from ebl_service.store.history import History
from ebl_service.store.issuances import ISSUED, REFUSED, IssuanceRow, Issuances
from ebl_service.store.surrenders import OPEN, SurrenderRow, Surrenders, request_id_of

log = logging.getLogger(__name__)

LEASE = "announcing"
LINES_AT_ONCE = LATE_AT_ONCE = 50
NOT_SIGNED = Reason("NotSignedInTime", "the act that issues the bill was not signed in time")


class Announcing:
    """The loop from the event stream to what carriers are told. `platform`: this platform's code."""

    def __init__(
        self,
        room: DocumentRoom,
        directory: Directory,
        history: History,
        announcements: Announcements,
        issuances: Issuances,
        surrenders: Surrenders,
        words: SurrenderWords,
        tenure: Tenure,
        platform: str,
        changes: Changes,
        clock: Clock = wall_clock,
        failpoint: Failpoint = no_failpoint,
        poll_seconds: float = 0.5,
    ) -> None:
        self._room = room
        self._correspondence = Correspondence(room.keeping)
        self._directory = directory
        self._history = history
        self._announcements = announcements
        self._issuances = issuances
        self._surrenders = surrenders
        self._words = words
        self._tenure = tenure
        self._platform = platform
        self._changes = changes
        self._clock = clock
        self._failpoint = failpoint
        self._patience = Patience("announcing", poll_seconds)

    async def step(self) -> bool:
        """Announce the next stretch; True while there is more. Raises: LedgerUnavailable."""
        return await self._tenure.work(self._announce)

    async def run(self, stop: asyncio.Event) -> None:
        """Steps until `stop`; waits and tries again while the database is away."""
        async with self._tenure:
            await self._patience.keep_on(self.step, self._changes, stop)

    async def _announce(self) -> bool:
        cursor = await self._history.cursor()
        before = await self._announcements.position()
        lines = await self._history.feed.lines(before + 1, LINES_AT_ONCE)
        if lines:
            final = [event for line in lines if line.finality == IS_FINAL for event in line.events]
            consequences = await self._follow(final)
            self._failpoint("announcing.read")
            await self._announcements.write(before, lines[-1].line_id, consequences, self._clock())
            self._failpoint("announcing.written")
            if consequences:
                self._failpoint("announcing.told")
                self._changes.notify()
        has_more = len(lines) == LINES_AT_ONCE
        if cursor is not None and not has_more:
            has_more = await self._close_late(cursor.final_time)
        return has_more

    async def refuse(self, row: IssuanceRow, reason: Reason, verdict: Verdict = Verdict.CONTENT_IS_WRONG) -> None:
        """Close a request that will not be fulfilled, and tell its carrier why, where its bill can still be named."""
        telling = await self._opened(row.title_id, self._issuance_telling(row, verdict, (reason,)))
        await self._issuances.close(row, telling, REFUSED, self._clock())

    async def reopen(self, answer: WaitingAct) -> None:
        """Let a carrier answer a surrender again whose answer came to nothing, and send it the request anew."""
        title_id, sequence = answer.title
        now, telling = self._clock(), None
        for each in await self._history.titles.events(title_id):
            event = each.event
            if isinstance(event, happened.SurrenderRequested) and event.sequence == sequence:
                cause = f"surrender request {request_id_of(title_id, sequence)}, open again since {now}"
                telling = await self._opened(title_id, self._surrender_telling(event, cause))
        await self._surrenders.reopen(answer, telling, now)
        self._changes.notify()

    async def _follow(self, final: Sequence[Recorded]) -> list[Consequence]:
        issued = [each.event.title_id for each in final if isinstance(each.event, happened.Issued)]
        requests = await self._issuances.of_titles(issued)
        consequences: list[Consequence] = []
        for recorded in final:
            event = recorded.event
            if isinstance(event, happened.TitleEvent) and not isinstance(event, happened.EndorseeNamed):
                consequences.append(TitleWentOn(event.title_id, event.sequence))
            if isinstance(event, happened.Issued) and event.title_id in requests:
                consequences += await self._issued(event, requests[event.title_id])
            elif isinstance(event, happened.SurrenderRequested):
                consequences.append(await self._surrender(event))
        if consequences:
            self._failpoint("announcing.followed")
        return consequences

    async def _issued(self, event: happened.Issued, row: IssuanceRow) -> list[Consequence]:
        is_the_one = event.commitment == row.commitment
        verdict = Verdict.ISSUED if is_the_one else Verdict.CONTENT_IS_WRONG
        other = Reason("TitleExists", "a bill of this number was issued otherwise")
        telling = await self._opened(
            event.title_id, self._issuance_telling(row, verdict, () if is_the_one else (other,))
        )
        return [BillIssued(row, telling, ISSUED if is_the_one else REFUSED)]

    async def _issuance_telling(self, row: IssuanceRow, verdict: Verdict, reasons: Sequence[Reason]) -> Telling | None:
        if row.title_id is None or row.commitment is None:
            return None
        kept = await self._kept(DocumentBinding(row.title_id, row.commitment, row.account))
        if kept is None:
            return None
        body = issuance_response(bill_name(kept), verdict, reasons)
        telling = Telling(row.account, row.reference_digest, "issuance request", ISSUANCE_RESPONSES, body)
        return await self._correspondence.sealed(telling)

    async def _surrender(self, event: happened.SurrenderRequested) -> SurrenderMade:
        request_id = request_id_of(event.title_id, event.sequence)
        row = SurrenderRow(request_id, event.carrier, event.title_id, event.sequence, OPEN, event.time)
        telling = self._surrender_telling(event, f"surrender request {request_id}")
        return SurrenderMade(row, await self._opened(event.title_id, telling))

    async def _surrender_telling(self, event: happened.SurrenderRequested, cause: str) -> Telling | None:
        request_id = request_id_of(event.title_id, event.sequence)
        title = (await self._history.titles.many([event.title_id]))[event.title_id]
        kept = await self._kept(DocumentBinding.of(title))
        if kept is None:
            return None
        chain = await self._chain_to(event.title_id, event.sequence)
        profiles = await self._directory.many(parties_in(chain))
        names = Names(self._platform, profiles)
        worded = await self._words.of(event)
        why = Why(chain[-1].reason, worded.words if worded else None)
        body = surrender_request(request_id, bill_name(kept), event.purpose, why, chain, names)
        subject = kept.number or title.reference_digest  # as of issuance requests, whoever made the number's salt
        telling = Telling(event.carrier, subject, cause, SURRENDER_REQUESTS, body)
        return await self._correspondence.sealed(telling)

    async def _opened(self, title_id: TitleId | None, telling: Awaitable[Telling | None]) -> Telling | None:
        """The message, or None where what it is made of was altered at rest: that bill alone is not told of."""
        try:
            return await telling
        except SealBroken:
            log.exception("title %s: its carrier is not told of it, since what is kept of it does not open", title_id)
            return None

    async def _chain_to(self, title_id: TitleId, sequence: int) -> list[Entry]:
        events = await self._history.titles.events(title_id)
        until = [each for each in events if getattr(each.event, "sequence", 0) <= sequence]
        return list(endorsement_chain(until).carrier_view)

    async def _kept(self, binding: DocumentBinding) -> Kept | None:
        try:
            kept = (await self._room.kept.many([binding])).get(binding)
        except KeyDestroyed:
            kept = None
        if kept is None:
            title_id = binding.title_id
            log.warning("title %s: its document is not kept here, so its carrier cannot be told of it", title_id)
        return kept

    async def _close_late(self, final_time: Seconds) -> bool:
        """Whether there may be more. What was signed in time is announced: `final_time` was read before the lines."""
        late = await self._issuances.past_their_time(final_time, LATE_AT_ONCE)
        for row in late:
            await self.refuse(row, NOT_SIGNED)
        return len(late) == LATE_AT_ONCE

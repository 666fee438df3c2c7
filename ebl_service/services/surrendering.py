"""Surrender requests: carriers' answers, each landing as the carrier's act, and what became of them.

Rules kept here
- A request is answered once, by its carrier; the answer and the act that says it are stored together.
- What became of a request is what the ledger says at a final block; what the carrier said to it is told then, to the
  carrier and to who asked, and to nobody who came to the title afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ebl_service.domain import events as happened
from ebl_service.domain.actions import AcceptSurrender, RejectSurrender
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.terms import Address, Seconds, TitleId
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.errors.requests import MissingField
from ebl_service.services.changes import Changes
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.policy import Clock, Failpoint, no_failpoint, wall_clock
from ebl_service.services.rights import Rights
from ebl_service.store.history import History
from ebl_service.store.surrenders import ACCEPTED, REJECTED, SurrenderRow, Surrenders, request_id_of
from ebl_service.store.waiting_acts import act_id_of


class Outcome(StrEnum):
    """What became of a surrender request."""

    WAITING = "WAITING"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


Ending = happened.SurrenderAccepted | happened.SurrenderRejected | happened.SurrenderWithdrawn
OUTCOMES: dict[type[Ending], Outcome] = {
    happened.SurrenderAccepted: Outcome.ACCEPTED,
    happened.SurrenderRejected: Outcome.REJECTED,
    happened.SurrenderWithdrawn: Outcome.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class SurrenderTold:
    """A request and what became of it. `comments`: the carrier's, where it said something."""

    request_id: str
    asked: happened.SurrenderRequested
    outcome: Outcome
    ended_at: Seconds | None = None
    comments: str | None = None


class SurrenderDesk:
    """Takes carriers' answers, and tells them."""

    def __init__(
        self,
        surrenders: Surrenders,
        correspondence: Correspondence,
        rights: Rights,
        history: History,
        changes: Changes,
        clock: Clock = wall_clock,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._surrenders = surrenders
        self._correspondence = correspondence
        self._rights = rights
        self._history = history
        self._changes = changes
        self._clock = clock
        self._failpoint = failpoint

    async def answer(self, account: Address, request_id: str, comments: str | None, *, accepts: bool) -> None:
        """Take an answer: stored when this returns. Raises: SurrenderNotOpen, MissingField (a rejection says why)."""
        row = await self._surrenders.of_carrier(account, request_id)
        if not accepts and comments is None:
            raise MissingField("comments: a rejection says why", {"at": "comments"})
        act = (AcceptSurrender if accepts else RejectSurrender)(row.title_id, row.sequence)
        waiting = WaitingAct(
            act_id=act_id_of(account, act),
            account=account,
            act=act,
            cause=f"answer to surrender request {request_id}",
            made_at=self._clock(),
        )
        sealed = None
        if comments is not None:
            sealed = await self._correspondence.seal_comments(account, request_id, comments)
        await self._surrenders.answer(row, ACCEPTED if accepts else REJECTED, sealed, waiting)
        self._failpoint("surrender.answered")
        self._changes.notify()

    async def told(self, account: Address, title_id: TitleId) -> tuple[SurrenderTold, ...]:
        """The title's surrender requests that were the account's, or made to it, oldest first. Raises: NotFound."""
        sight = await self._rights.sight(account, title_id)
        who = sight.granted_by or account
        final = [
            each
            for each in await self._history.titles.events(title_id)
            if sight.covers(each.event) and each.block_number <= sight.cursor.final_number
        ]
        rows = await self._surrenders.of_title(title_id)
        return tuple(
            [
                await self._told(recorded.event, final, rows.get(recorded.event.sequence))
                for recorded in final
                if isinstance(recorded.event, happened.SurrenderRequested)
                and who in (recorded.event.holder, recorded.event.carrier)
            ]
        )

    async def _told(
        self, asked: happened.SurrenderRequested, final: Sequence[Recorded], row: SurrenderRow | None
    ) -> SurrenderTold:
        request_id = request_id_of(asked.title_id, asked.sequence)
        for event in (each.event for each in final):
            if isinstance(event, Ending) and event.sequence == asked.sequence + 1:
                comments = None
                if row is not None and row.sealed_comments is not None:
                    comments = await self._correspondence.comments(asked.carrier, request_id, row.sealed_comments)
                return SurrenderTold(request_id, asked, OUTCOMES[type(event)], event.time, comments)
        return SurrenderTold(request_id, asked, Outcome.WAITING)

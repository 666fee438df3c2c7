"""Surrender requests: carriers' answers, each landing as the carrier's act, and what became of them.

Rules kept here
- A request is answered once, by its carrier; the answer and the act that says it are stored together.
- A rejection says why: where the carrier says nothing, a standard sentence stands in its place.
- What became of a request is what the ledger says at a final block; what the carrier said to it is told then, to the
  carrier and to who asked, and to nobody who came to the title afterwards.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ebl_service.domain import events as happened
from ebl_service.domain.actions import AcceptSurrender, RejectSurrender
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.terms import Address, Seconds, TitleId
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.services.changes import Changes
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.policy import Clock, Failpoint, no_failpoint, wall_clock
from ebl_service.services.rights import Rights
from ebl_service.services.surrender_words import SurrenderWords, Worded
from ebl_service.store.history import History
from ebl_service.store.surrenders import ACCEPTED, REJECTED, SealedAnswer, SurrenderRow, Surrenders, request_id_of
from ebl_service.store.waiting_acts import act_id_of

NO_COMMENTS = "The carrier rejected the surrender and gave no reason."
"""Stands in the place of a rejection's comments, which the definition asks for in words and not by its schema."""


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
class Feedback:
    """One thing that a carrier says to a request. `severity`: ERROR, WARN or INFO; `at`: a JSONPath within it."""

    severity: str | None = None
    message: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class SurrenderTold:
    """A request and what became of it. `comments`, `feedback`: the carrier's, where it said something.

    `worded`: what the holder said in words when it asked.
    """

    request_id: str
    asked: happened.SurrenderRequested
    outcome: Outcome
    ended_at: Seconds | None = None
    comments: str | None = None
    feedback: tuple[Feedback, ...] = ()
    worded: Worded | None = None


class SurrenderDesk:
    """Takes carriers' answers, and tells them."""

    def __init__(
        self,
        surrenders: Surrenders,
        words: SurrenderWords,
        correspondence: Correspondence,
        rights: Rights,
        history: History,
        changes: Changes,
        clock: Clock = wall_clock,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._surrenders = surrenders
        self.words = words
        self._correspondence = correspondence
        self._rights = rights
        self._history = history
        self._changes = changes
        self._clock = clock
        self._failpoint = failpoint

    async def answer(
        self,
        account: Address,
        request_id: str,
        comments: str | None,
        *,
        accepts: bool,
        feedback: Sequence[Feedback] = (),
    ) -> None:
        """Take an answer: stored when this returns. Raises: SurrenderNotOpen."""
        row = await self._surrenders.of_carrier(account, request_id)
        if not accepts and comments is None:
            comments = NO_COMMENTS
        act = (AcceptSurrender if accepts else RejectSurrender)(row.title_id, row.sequence)
        waiting = WaitingAct(
            act_id=act_id_of(account, act),
            account=account,
            act=act,
            cause=f"answer to surrender request {request_id}",
            made_at=self._clock(),
        )
        said = await self._sealed(account, request_id, comments, feedback)
        await self._surrenders.answer(row, ACCEPTED if accepts else REJECTED, said, waiting)
        self._failpoint("surrender.answered")
        self._changes.notify()

    async def _sealed(
        self, account: Address, request_id: str, comments: str | None, feedback: Sequence[Feedback]
    ) -> SealedAnswer:
        sealed = listed = None
        if comments is not None:
            sealed = await self._correspondence.seal_comments(account, request_id, comments)
        if feedback:
            content = json.dumps([[each.severity, each.message, each.at] for each in feedback]).encode()
            listed = await self._correspondence.seal(account, _feedback_on(request_id), content)
        return SealedAnswer(sealed, listed)

    async def told(self, account: Address, title_id: TitleId) -> tuple[SurrenderTold, ...]:
        """The title's surrender requests by or to the account or the granter of its sight, oldest first.

        Raises: NotFound.
        """
        sight = await self._rights.sight(account, title_id)
        who = {account, sight.granted_by}
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
                and not who.isdisjoint((recorded.event.holder, recorded.event.carrier))
            ]
        )

    async def _told(
        self, asked: happened.SurrenderRequested, final: Sequence[Recorded], row: SurrenderRow | None
    ) -> SurrenderTold:
        request_id = request_id_of(asked.title_id, asked.sequence)
        told = SurrenderTold(request_id, asked, Outcome.WAITING, worded=await self.words.of(asked))
        for event in (each.event for each in final):
            if isinstance(event, Ending) and event.sequence == asked.sequence + 1:
                comments, feedback = await self._said(asked.carrier, row)
                outcome = OUTCOMES[type(event)]
                return replace(told, outcome=outcome, ended_at=event.time, comments=comments, feedback=feedback)
        return told

    async def _said(self, carrier: Address, row: SurrenderRow | None) -> tuple[str | None, tuple[Feedback, ...]]:
        """The carrier's comments and feedback, where it gave any. Raises: SealBroken."""
        comments, listed = None, b"[]"
        if row is not None and row.said.comments is not None:
            comments = await self._correspondence.comments(carrier, row.request_id, row.said.comments)
        if row is not None and row.said.feedback is not None:
            listed = await self._correspondence.open(carrier, _feedback_on(row.request_id), row.said.feedback)
        return comments, tuple(Feedback(*each) for each in json.loads(listed))


def _feedback_on(request_id: str) -> str:
    return f"feedback on {request_id}"

"""Carriers' answers to surrender requests: each lands as the carrier's act.

Rules kept: a request is answered once, by its carrier; the answer and the act that says it are stored together.
"""

from ebl_service.domain.actions import AcceptSurrender, RejectSurrender
from ebl_service.domain.terms import Address
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.errors.requests import MissingField
from ebl_service.services.changes import Changes
from ebl_service.services.policy import Clock, Failpoint, no_failpoint, wall_clock
from ebl_service.store.surrenders import ACCEPTED, REJECTED, Surrenders
from ebl_service.store.waiting_acts import act_id_of


class SurrenderDesk:
    """Takes carriers' answers."""

    def __init__(
        self,
        surrenders: Surrenders,
        changes: Changes,
        clock: Clock = wall_clock,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._surrenders = surrenders
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
        await self._surrenders.answer(row, ACCEPTED if accepts else REJECTED, comments, waiting)
        self._failpoint("surrender.answered")
        self._changes.notify()

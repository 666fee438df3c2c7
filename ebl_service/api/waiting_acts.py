"""/v1/submissions?status=AWAITING_SIGNATURE: what the platform made ready for a carrier that signs for itself.

A carrier signs the typed data as it stands and hands it in with POST /v1/submissions. What is signed in custody stands
here too, until it is on its way.
"""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from ebl_service.api.caller import Caller
from ebl_service.api.context import After, App, Limit
from ebl_service.api.fields import Model
from ebl_service.api.problems import BreachShown, problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.api.typed_data import TypedDataAnswer, now_of, prepared, usual_deadline
from ebl_service.bootstrap import Application
from ebl_service.domain.caller import Scope
from ebl_service.domain.terms import Seconds
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.services.advice import advice_on
from ebl_service.services.queries import number_of

router = APIRouter(prefix="/v1/submissions", route_class=StrictRoute, tags=["acts"])


class WaitingShown(TypedDataAnswer):
    """An act to be signed. `cause`: what it follows from. `madeAt`: seconds since 1970.

    `advice`: what is worth a second look in the document that the act makes a title of.
    """

    id: str
    status: Literal["AWAITING_SIGNATURE"]
    verb: str
    cause: str
    made_at: int
    advice: tuple[BreachShown, ...]


class WaitingPage(Model):
    """`nextCursor`: null on the last page."""

    submissions: tuple[WaitingShown, ...]
    next_cursor: str | None


@router.get("", responses=problem_responses(401, 403, 404, 429))
async def waiting(
    app: App,
    caller: Caller,
    status: Annotated[Literal["AWAITING_SIGNATURE"], Query(description="What waits for one's own signature")],
    after: After = None,
    limit: Limit = 50,
) -> WaitingPage:
    """Acts that wait for the caller's signature, the oldest first. A page may hold fewer than `limit`."""
    del status
    account = caller.party_with(Scope.PLATFORM)
    found = await app.platform.waiting.page(account, number_of(after), limit + 1)
    now = await now_of(app)
    due = [each for each in found[:limit] if each.submission_id is None and _counts(each, now)]
    shown = [await _shown(app, each, now) for each in due]
    return WaitingPage(
        submissions=tuple(shown), next_cursor=str(found[limit - 1].number) if len(found) > limit else None
    )


def _counts(each: WaitingAct, now: Seconds) -> bool:
    """Whether its signature can count; what is late stays there until it is closed, at a final block."""
    return each.until is None or now <= each.until


async def _shown(app: Application, each: WaitingAct, now: Seconds) -> WaitingShown:
    ready = prepared(app, each.act, usual_deadline(now, each.until), (each.title[1],))
    return WaitingShown(
        **dict(ready),
        id=each.act_id,
        status="AWAITING_SIGNATURE",
        verb=each.verb,
        cause=each.cause,
        made_at=each.made_at,
        advice=tuple(BreachShown(**asdict(advice)) for advice in await advice_on(app.documents.kept, each)),
    )

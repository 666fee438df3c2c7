"""/v1/submissions?status=AWAITING_SIGNATURE: what the platform made ready for a carrier that signs for itself.

A carrier signs the typed data as it stands and hands it in with POST /v1/submissions. What is signed in custody stands
here too, until it is on its way.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from ebl_service.api.caller import Caller
from ebl_service.api.context import After, App, Limit
from ebl_service.api.custody import number_of
from ebl_service.api.fields import Model
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.api.typed_data import TypedDataAnswer, deadline_of, prepared
from ebl_service.domain.caller import Scope
from ebl_service.domain.waiting_act import WaitingAct

router = APIRouter(prefix="/v1/submissions", route_class=StrictRoute, tags=["acts"])


class WaitingShown(TypedDataAnswer):
    """An act to be signed. `cause`: what it follows from. `madeAt`: seconds since 1970."""

    id: str
    status: Literal["AWAITING_SIGNATURE"]
    verb: str
    cause: str
    made_at: int


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
    """Acts that wait for the caller's signature, the oldest first."""
    del status
    account = caller.party_with(Scope.PLATFORM)
    found = await app.platform.waiting.page(account, number_of(after), limit + 1)
    shown = [await _shown(app, each) for each in found[:limit] if each.submission_id is None]
    return WaitingPage(
        submissions=tuple(shown), next_cursor=str(found[limit - 1].number) if len(found) > limit else None
    )


async def _shown(app: App, each: WaitingAct) -> WaitingShown:
    deadline = await deadline_of(app, None, each.until)
    ready = prepared(app, each.act, deadline, (each.title[1],))
    return WaitingShown(
        **dict(ready),
        id=each.act_id,
        status="AWAITING_SIGNATURE",
        verb=each.verb,
        cause=each.cause,
        made_at=each.made_at,
    )

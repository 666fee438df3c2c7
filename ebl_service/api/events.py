"""GET /v1/events: what the ledger records as it happens, server-sent, resumable, with what a reorganisation removes.

Each line's id resumes after it. Kinds: `recorded` (a block includes the event), `final` (it cannot be undone any more),
`retracted` (a reorganisation removed it: forget it). Lines of the kind `gaps` have no id: where the reader is entitled
under titles that lines before were about, they tell what is missing in their cover, and again what has changed of it,
by terms of sale or by time too. Who resumes is told the gaps that may have changed since that line.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ebl_service.api.caller import Caller, bearer_token, whence
from ebl_service.api.context import App
from ebl_service.api.cover import GapsShown
from ebl_service.api.event_shown import event_shown
from ebl_service.api.places import Streams
from ebl_service.api.problems import problem_responses
from ebl_service.bootstrap import Application
from ebl_service.domain.caller import Scope
from ebl_service.domain.terms import Address, Seconds
from ebl_service.errors import NotAllowed
from ebl_service.services.asking import who_asks
from ebl_service.services.gap_alerts import GapAlerts
from ebl_service.services.permitted import FeedPage
from ebl_service.services.queries import FeedEntry

router = APIRouter(tags=["events"])
PAUSE_SECONDS = 5.0
"""How long to wait for news of this process before looking for another's."""
_EntryId = Annotated[str | None, Query(max_length=200, description="Resume after this line")]


@dataclass(frozen=True)
class Beginning:
    """Where a reader comes in: read before the stream begins, so that a fault is answered as a problem.

    `version`: of the store, taken before reading. `account`: who reads; None: the operator. `since`: when the line was
    recorded that it resumes after; None: it reads from the beginning.
    """

    page: FeedPage
    version: int
    account: Address | None
    since: Seconds | None


async def beginning(
    app: App,
    caller: Caller,
    after: _EntryId = None,
    last_event_id: Annotated[str | None, Header(max_length=200, description="As `after`; this one wins")] = None,
) -> Beginning:
    """The first lines. Raises: InvalidRequest where the id is none of the stream's."""
    account = None if caller.is_operator else caller.party_with(Scope.READ)
    version, resumed = app.changes.version, last_event_id or after
    since = await app.queries.entry_time(resumed) if resumed else None
    return Beginning(await app.permitted.feed(account, resumed), version, account, since)


async def place(request: Request, _caller: Caller) -> AsyncIterator[None]:
    """A place among the caller's streams, until the stream has ended. Raises: TooManyAtOnce."""
    streams: Streams = request.app.state.streams
    with streams.place(who_asks.get() or whence(request)):
        yield


@router.get(
    "/v1/events",
    response_class=EventSourceResponse,
    dependencies=[Depends(place)],
    responses=problem_responses(401, 403, 429),
)
async def events(
    request: Request,
    app: App,
    begin: Annotated[Beginning, Depends(beginning)],
    follow: Annotated[bool, Query(description="Stay for what comes; otherwise end with what is there")] = True,
) -> AsyncIterator[ServerSentEvent]:
    """One's own events, oldest first, from the beginning or after `Last-Event-ID`; and gaps in one's cover."""
    page, version, alerts = begin.page, begin.version, _alerts(app, begin)
    while not app.is_stopping:
        for entry in page.entries:
            yield ServerSentEvent(data=_told(entry), event=entry.kind, id=entry.entry_id)
        if alerts is not None:
            alerts.look_at(page.entitled_under)
        if not page.entries:
            if alerts is not None:
                async for title_id, gaps in alerts.news():
                    told = GapsShown.of(title_id, gaps).model_dump(by_alias=True, mode="json")
                    yield ServerSentEvent(data=told, event="gaps")
            if not follow or await request.is_disconnected():
                return
            await app.changes.wait(version, PAUSE_SECONDS)
        version = app.changes.version
        if not await _is_still_let_in(request, app):
            return
        page = await app.permitted.feed(begin.account, page.read_to)


def _alerts(app: Application, begin: Beginning) -> GapAlerts | None:
    """For a party; where no documents are kept, there is nothing to tell a gap by."""
    if begin.account is None or app.insurance_room is None:
        return None
    return GapAlerts(app.covers.queries, begin.account, begin.since)


async def _is_still_let_in(request: Request, app: Application) -> bool:
    """A stream ends with the session or key that began it."""
    try:
        await app.access.admission.caller(bearer_token(request), whence(request))
    except NotAllowed:
        return False
    return True


def _told(entry: FeedEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "finality": entry.finality.value,
        "blockNumber": entry.block_number,
        "blockHash": entry.block_hash,
        "transactionHash": entry.transaction_hash,
        "logIndex": entry.log_index,
        **(event_shown(entry.event) if entry.event is not None else {"event": None}),
    }

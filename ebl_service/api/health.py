"""/health and /metrics: is the process up, may its answers be relied on, and the numbers behind that.

Ready means: the chain answers, the index follows it closely, nothing has stopped for good, acts can be sent, and some
process of the database sends them.
"""

from typing import Literal

from fastapi import APIRouter, Response, status
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.fields import Model
from ebl_service.api.problems import problem_responses
from ebl_service.bootstrap import Application
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable
from ebl_service.services.answers import Standing

MOST_LAG = 20
"""Blocks that the index may be behind and still be called ready."""
router = APIRouter(tags=["health"])


class Live(Model):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(Model):
    """`reasons`: why not, empty when ready. What the database would have to say is null while it is away."""

    is_ready: bool
    reasons: tuple[str, ...]
    head_block: int | None
    indexed_block: int | None
    final_block: int | None
    lag_blocks: int | None
    open_submissions: int | None


class Numbers:
    """The gauges and counters of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "ebl_http_requests_total", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.gauges = {
            name: Gauge(f"ebl_{name}", told, registry=self.registry)
            for name, told in {
                "head_block": "Newest block of the chain",
                "indexed_block": "Newest block in the database",
                "final_block": "Newest block that is final",
                "lag_blocks": "Blocks the index is behind",
                "open_submissions": "Submissions that are not terminal",
                "relayer_balance_wei": "What the relayer has to pay with",
                "ready": "1 where /health/ready says so",
            }.items()
        }

    def text(self, ready: Ready, balance: int | None) -> bytes:
        """The numbers now, in Prometheus' text form. `balance`: the relayer's, in wei."""
        others = {"ready": ready.is_ready, "relayer_balance_wei": balance}
        for name, gauge in self.gauges.items():
            value = others[name] if name in others else getattr(ready, name)
            gauge.set(float("nan") if value is None else float(value))
        return generate_latest(self.registry)


async def readiness(app: Application) -> Ready:
    """Where the service stands now."""
    standing: Standing | None = None
    reasons = [each for each in (app.failure, app.relay.trouble, app.indexer.trouble) if each]
    try:
        standing = await app.queries.standing()
    except LedgerUnavailable as fault:
        reasons.append(fault.message)
    if standing and standing.halted:
        reasons.insert(0, standing.halted)
    indexed = standing.read_at.block_number if standing and standing.read_at else None
    head: int | None = None
    try:
        head = (await app.ledger.head(-1 if indexed is None else indexed)).number
    except (LedgerUnavailable, LedgerDisagrees) as fault:
        reasons.append(fault.message)
    else:
        await app.funds.look()
        reasons += [app.funds.trouble] if app.funds.trouble else []
    lag = None if head is None or indexed is None else max(head - indexed, 0)
    if standing and indexed is None:
        reasons.append("nothing is indexed yet")
    elif lag is not None and lag > MOST_LAG:
        reasons.append(f"the index is {lag} blocks behind the chain")
    if indexed is not None and not await _carries(app):
        reasons.append("nobody carries acts to the ledger: no process of this database has the work")
    return Ready(
        is_ready=not reasons,
        reasons=tuple(dict.fromkeys(reasons)),
        head_block=head,
        indexed_block=indexed,
        final_block=standing.final_block if standing else None,
        lag_blocks=lag,
        open_submissions=standing.open_submissions if standing else None,
    )


async def _carries(app: Application) -> bool:
    """Whether anybody sends; while the database is away, that is told already."""
    try:
        return await app.relay.is_anybodys()
    except LedgerUnavailable:
        return True


@router.get("/health/live")
async def live() -> Live:
    """The process is up."""
    return Live()


@router.get("/health/ready", responses={503: {"model": Ready, "description": "Not ready, and why"}})
async def ready(app: App, response: Response) -> Ready:
    """Whether the service's answers can be relied on and acts be sent, and how far behind it is."""
    found = await readiness(app)
    if not found.is_ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return found


def metrics_endpoint(numbers: Numbers) -> APIRouter:
    """The route of these numbers."""
    route = APIRouter(tags=["health"])

    answers = problem_responses(401, 403, 429) | {200: {"content": {"text/plain": {}}}}

    @route.get("/metrics", response_class=Response, responses=answers)
    async def metrics(app: App, caller: Caller) -> Response:
        """Numbers for Prometheus, with the operator's token or a key that operates."""
        caller.require_operator()
        return Response(numbers.text(await readiness(app), app.funds.balance), media_type=CONTENT_TYPE_LATEST)

    return route

"""/v1/parties/{account}/custody: turned on by the carrier's signed statement, turned off at once, each use shown."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from ebl_service.api.caller import Caller
from ebl_service.api.context import AccountPath, After, App, Limit
from ebl_service.api.fields import Model, RequestModel
from ebl_service.api.problems import problem_responses
from ebl_service.api.signing_certificates import require_own
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.caller import Scope
from ebl_service.domain.custody import KIND, Mandate, mandate_statement
from ebl_service.domain.terms import Address
from ebl_service.services.queries import number_of

router = APIRouter(prefix="/v1/parties/{account}/custody", route_class=StrictRoute, tags=["carriers"])
KEPT = problem_responses(401, 403, 404, 413, 415, 429)


class StatementGiven(RequestModel):
    """The statement, signed as a compact JWS by one of the carrier's registered certificates."""

    statement: Annotated[str, Field(max_length=64 * 1024, pattern=r"^[\w-]+\.[\w-]+\.[\w-]+$")]


class CustodyShown(Model):
    """`on`: whether the service signs now. `example`: what a statement says, to be signed with bounds of one's own."""

    on: bool
    verbs: tuple[str, ...]
    acts_a_day: int
    expires_at: int | None
    example: dict[str, Any]


class UseShown(Model):
    """A use of the key: which act, why, when (seconds since 1970)."""

    verb: str
    cause: str
    used_at: int


class UsesPage(Model):
    """`nextCursor`: null on the last page."""

    uses: tuple[UseShown, ...]
    next_cursor: str | None


@router.get("", responses=KEPT)
async def read(account: AccountPath, app: App, caller: Caller) -> CustodyShown:
    """Whether custody is on, and within which bounds."""
    require_own(caller, account, Scope.PLATFORM)
    return await _shown(app, account)


@router.post("", responses=KEPT)
async def turn_on(account: AccountPath, given: StatementGiven, app: App, caller: Caller) -> CustodyShown:
    """Turn custody on, or change its bounds."""
    require_own(caller, account, Scope.PLATFORM)
    await app.platform.custody.turn_on(account, given.statement)
    return await _shown(app, account)


@router.delete("", responses=KEPT)
async def turn_off(account: AccountPath, app: App, caller: Caller) -> CustodyShown:
    """Turn custody off, at once."""
    require_own(caller, account, Scope.PLATFORM)
    await app.platform.custody.turn_off(account)
    return await _shown(app, account)


@router.get("/uses", responses=KEPT)
async def uses(account: AccountPath, app: App, caller: Caller, after: After = None, limit: Limit = 50) -> UsesPage:
    """Every use of the party's key, the oldest first."""
    require_own(caller, account, Scope.PLATFORM)
    found = await app.platform.custody.uses(account, number_of(after), limit + 1)
    shown = tuple(UseShown(verb=each.verb, cause=each.cause, used_at=each.used_at) for each in found[:limit])
    return UsesPage(uses=shown, next_cursor=str(found[limit - 1].number) if len(found) > limit else None)


async def _shown(app: App, account: Address) -> CustodyShown:
    mandate = await app.platform.custody.mandate(account)
    example = mandate or Mandate(account, frozenset({"Issue", "Replace"}), 100, 0)
    return CustodyShown(
        on=mandate is not None,
        verbs=tuple(sorted(mandate.verbs)) if mandate else (),
        acts_a_day=mandate.acts_a_day if mandate else 0,
        expires_at=mandate.expires_at if mandate else None,
        example=mandate_statement(app.identity, example) | {"kind": KIND},
    )

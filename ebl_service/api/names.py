"""/v1/names: how people call what answers name by id and account."""

from typing import Annotated

from fastapi import APIRouter, Query

from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.fields import AccountField, Model, TitleIdField
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.caller import Scope
from ebl_service.domain.terms import checksummed

router = APIRouter(prefix="/v1/names", route_class=StrictRoute, tags=["titles"])
AT_ONCE = 50


class NamesShown(Model):
    """`bills`: numbers by title id; `parties`: legal names by account. What has no name for the caller is left out."""

    bills: dict[str, str]
    parties: dict[str, str]


@router.get("", responses=problem_responses(400, 401, 403, 429))
async def read(
    app: App,
    caller: Caller,
    title_id: Annotated[list[TitleIdField] | None, Query(alias="titleId", max_length=AT_ONCE)] = None,
    account: Annotated[list[AccountField] | None, Query(max_length=AT_ONCE)] = None,
) -> NamesShown:
    """The numbers of bills that one may read, and the names of accounts that one has."""
    caller.require(Scope.READ)
    bills = await app.by_name.numbers(caller.account, title_id or ()) if caller.account else {}
    parties = await app.by_name.names(account or ())
    return NamesShown(
        bills=dict(sorted(bills.items())),
        parties={checksummed(account): name for account, name in sorted(parties.items())},
    )

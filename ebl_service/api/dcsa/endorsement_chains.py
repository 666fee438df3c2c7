"""GET /endorsement-chains/{transportDocumentReference}: who did what with a bill (DCSA EBL_END 3.0)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.dcsa.error_response import dcsa_responses
from ebl_service.api.dcsa.requests import TRIMMED, DcsaRoute, require_version
from ebl_service.domain.caller import Scope

router = APIRouter(route_class=DcsaRoute, tags=["DCSA"])


@router.get(
    "/endorsement-chains/{transportDocumentReference}",
    dependencies=[Depends(require_version)],
    responses=dcsa_responses(404),
)
async def read(
    reference: Annotated[
        str, Path(alias="transportDocumentReference", max_length=20, pattern=TRIMMED, description="The bill's number")
    ],
    app: App,
    caller: Caller,
    version: Annotated[
        str | None, Query(alias="transportDocumentSubReference", max_length=100, pattern=TRIMMED)
    ] = None,
    carrier: Annotated[str | None, Query(alias="carrierSCACCode", max_length=4, pattern=r"^\S+$")] = None,
) -> list[dict[str, Any]]:
    """The chains of a bill's versions, the newest first, each newest entry first: to carrier and present parties."""
    account = caller.party_with(Scope.PLATFORM)
    return await app.platform.chains.told(account, reference, version, carrier)

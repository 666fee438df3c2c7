"""PUT /v3/ebl-issuance-requests: a carrier has a bill issued (DCSA EBL_ISS 3.0)."""

from fastapi import APIRouter, Depends, Request, Response, status

from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.dcsa.error_response import dcsa_responses
from ebl_service.api.dcsa.requests import DcsaRoute, IssuanceRequest, require_version
from ebl_service.api.entry import of_role
from ebl_service.domain.caller import Scope
from ebl_service.domain.terms import Role

router = APIRouter(route_class=DcsaRoute, tags=["DCSA"])


@router.put(
    "/v3/ebl-issuance-requests",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    dependencies=[Depends(require_version)],
    responses=dcsa_responses(404, 409),
)
@of_role(Role.CARRIER, Scope.PLATFORM)
async def request_issuance(given: IssuanceRequest, request: Request, app: App, caller: Caller) -> None:
    """Have a bill issued. The answer (ISSU, BREQ or REFU) goes to the carrier's own API, once it is final."""
    account = caller.party_with(Scope.PLATFORM)
    await app.platform.desk.request(account, await given.asked(request))

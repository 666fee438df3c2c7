"""POST /v3/ebl-surrender-responses: a carrier answers a surrender request (DCSA EBL_SUR 3.0)."""

from fastapi import APIRouter, Depends, Response, status

from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.dcsa.error_response import dcsa_responses
from ebl_service.api.dcsa.requests import DcsaRoute, SurrenderAnswer, require_version
from ebl_service.domain.caller import Scope
from ebl_service.services.surrendering import Feedback

router = APIRouter(route_class=DcsaRoute, tags=["DCSA"])


@router.post(
    "/v3/ebl-surrender-responses",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    dependencies=[Depends(require_version)],
    responses=dcsa_responses(404, 409),
)
async def answer_surrender(given: SurrenderAnswer, app: App, caller: Caller) -> None:
    """Accept (SURR) or reject (SREJ) a surrender; the answer becomes the carrier's act. Once only.

    A rejection without comments is told with a standard sentence in their place.
    """
    account = caller.party_with(Scope.PLATFORM)
    feedback = [Feedback(each.severity, each.message, each.property_path) for each in given.feedback_elements]
    await app.platform.surrenders.answer(
        account, given.surrender_request_reference, given.comments, accepts=given.accepts, feedback=feedback
    )

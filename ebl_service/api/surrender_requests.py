"""/v1/titles/{title_id}/surrender-requests: what became of each, for the carrier and for who asked."""

from typing import Literal

from fastapi import APIRouter

from ebl_service.api.caller import Caller
from ebl_service.api.context import App, TitleIdPath
from ebl_service.api.fields import AccountField, DigestField, Model, TitleIdField
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.caller import Scope
from ebl_service.domain.surrender_reason import reason_text
from ebl_service.domain.terms import Digest
from ebl_service.services.surrendering import SurrenderTold

router = APIRouter(prefix="/v1/titles", route_class=StrictRoute, tags=["titles"])


class FeedbackShown(Model):
    """One thing that the carrier said. `severity`: ERROR, WARN or INFO. `propertyPath`: a JSONPath in the request."""

    severity: str | None
    message: str | None
    property_path: str | None


class SurrenderRequestShown(Model):
    """A request. `comments`, `feedbackElements`: what the carrier said in its answer. Times in seconds since 1970.

    `outcome`: what the ledger says at a final block. `reason`: a code such as COD, null where none was given.
    `requestComments`: what the holder asked for in words; SHA-256 of `commentsSalt` and these words, cut to 24 bytes,
    ends the reason on the ledger.
    """

    id: str
    requested_by: AccountField
    purpose: Literal["DELIVERY", "AMENDMENT", "PAPER"]
    reason: str | None
    requested_at: int
    outcome: Literal["WAITING", "ACCEPTED", "REJECTED", "WITHDRAWN"]
    ended_at: int | None
    comments: str | None
    feedback_elements: tuple[FeedbackShown, ...]
    request_comments: str | None
    comments_salt: DigestField | None

    @classmethod
    def of(cls, told: SurrenderTold) -> "SurrenderRequestShown":
        """As it is answered."""
        return cls(
            id=told.request_id,
            requested_by=told.asked.holder,
            purpose=told.asked.purpose.name,
            reason=reason_text(told.asked.reason) or None,
            requested_at=told.asked.time,
            outcome=told.outcome.value,
            ended_at=told.ended_at,
            comments=told.comments,
            feedback_elements=tuple(
                FeedbackShown(severity=each.severity, message=each.message, property_path=each.at)
                for each in told.feedback
            ),
            request_comments=told.worded.words if told.worded else None,
            comments_salt=Digest("0x" + told.worded.salt.hex()) if told.worded else None,
        )


class SurrenderRequestsShown(Model):
    """The requests to surrender a title that were one's own, or made to one, oldest first."""

    title_id: TitleIdField
    surrender_requests: tuple[SurrenderRequestShown, ...]


@router.get("/{title_id}/surrender-requests", responses=problem_responses(401, 403, 404, 429))
async def read(title_id: TitleIdPath, app: App, caller: Caller) -> SurrenderRequestsShown:
    """What became of each request: to the carrier and to who asked, and to nobody who came to the title later."""
    found = await app.platform.surrenders.told(caller.party_with(Scope.READ), title_id)
    return SurrenderRequestsShown(
        title_id=title_id, surrender_requests=tuple(SurrenderRequestShown.of(each) for each in found)
    )

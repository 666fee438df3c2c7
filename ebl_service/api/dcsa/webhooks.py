"""What the platform sends to a carrier's own system, as OpenAPI's webhooks describe it (DCSA EBL_ISS, EBL_SUR 3.0).

These models describe; nothing is read or written by them. Leaves to others: the bodies (`domain.carrier_messages`),
delivering them (`services.callbacks`).
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Response, status
from pydantic import Field

from ebl_service.api.dcsa.requests import Given, IdentifyingCode, OptionalText

router = APIRouter(tags=["DCSA"])
Headers = dict[int | str, dict[str, Any]]
ANSWERS: Headers = {
    409: {"description": "The receiver has had it: it is not sent again"},
    "default": {"description": "Sent again, later each time, for 30 days"},
}
Reference = Annotated[str, Field(max_length=20)]


class IssuanceError(Given):
    """One reason why a bill was not issued. `errorCode`: the name of the rule."""

    reason: Annotated[str, Field(max_length=255)]
    error_code: Annotated[str, Field(max_length=50)]


class IssuanceResponse(Given):
    """What became of an issuance request, once it is final."""

    transport_document_reference: Reference
    transport_document_sub_reference: Annotated[OptionalText, Field(max_length=100)] = None
    issuance_response_code: Literal["ISSU", "BREQ", "REFU"]
    reason: Annotated[OptionalText, Field(max_length=255)] = None
    errors: Annotated[list[IssuanceError], Field(max_length=255, default_factory=list)]


class ChainParty(Given):
    """A party as chains name it; `NONE` throughout where an act has no recipient."""

    party_name: Annotated[str, Field(max_length=70)]
    ebl_platform: Annotated[str, Field(max_length=4)]
    identifying_codes: Annotated[list[IdentifyingCode], Field(min_length=1)]


class ChainLink(Given):
    """One act on a bill. `auditReference`: the hash of its transaction on the ledger."""

    action_date_time: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    action_code: Annotated[str, Field(max_length=50)]
    actor: ChainParty
    recipient: ChainParty
    audit_reference: Annotated[str, Field(max_length=100)]


class SurrenderRequestDetails(Given):
    """A holder offers its bill back. `endorsementChain`: oldest first. `comments`: the holder's words."""

    surrender_request_reference: Annotated[str, Field(max_length=100)]
    transport_document_reference: Reference
    transport_document_sub_reference: Annotated[OptionalText, Field(max_length=100)] = None
    surrender_request_code: Literal["SREQ", "AREQ"]
    reason_code: Annotated[OptionalText, Field(max_length=4)] = None
    comments: Annotated[OptionalText, Field(max_length=255)] = None
    endorsement_chain: list[ChainLink]


CallbackId = Annotated[str, Header(alias="EBL-Callback-Id", description="The same in every repetition")]
Signature = Annotated[
    str, Header(alias="Signature", description="RFC 9421, by the key of /v1/callbacks/key; see Signature-Input")
]


@router.post(
    "ebl-issuance-responses", status_code=status.HTTP_204_NO_CONTENT, response_class=Response, responses=ANSWERS
)
def issuance_response(body: IssuanceResponse, callback_id: CallbackId, signature: Signature) -> None:
    """POST {callbackUrl}/v3/ebl-issuance-responses: a bill is issued (ISSU), or is not (BREQ, REFU)."""


@router.post(
    "ebl-surrender-requests", status_code=status.HTTP_204_NO_CONTENT, response_class=Response, responses=ANSWERS
)
def surrender_request(body: SurrenderRequestDetails, callback_id: CallbackId, signature: Signature) -> None:
    """POST {callbackUrl}/v3/ebl-surrender-requests: a holder surrenders its bill for delivery or amendment."""

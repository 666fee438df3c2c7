"""/v1/verifications: anybody checks a copy of a bill. Public: no sign-in, and nothing of the file is kept."""

from typing import Annotated, ClassVar, Literal

from fastapi import APIRouter
from pydantic import Field

from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.entry import open_to_all
from ebl_service.api.fields import AccountField, DigestField, Model, RequestModel, TitleIdField
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRequest, StrictRoute
from ebl_service.api.titles import StatusName
from ebl_service.domain.verification import CHECKS, REASONS, CarrierCheck, Finding, TitleStanding
from ebl_service.services.verification import MOST_BYTES, Opening

MOST_LETTERS = (MOST_BYTES + 2) // 3 * 4
"""Of a file in base64."""

MOST_RECORD = 16_384
"""Characters of a record; twenty paper originals take some five thousand."""


MOST_BODY = MOST_LETTERS + 2 * MOST_RECORD
"""Bytes."""


class CopyRequest(StrictRequest):
    """A request that may be as long as a file in base64, and its opening."""

    @property
    def most_bytes(self) -> int:
        """Longest body, in bytes."""
        return MOST_BODY


class CopyRoute(StrictRoute):
    """A route that takes a file."""

    request_class: ClassVar[type[StrictRequest]] = CopyRequest


router = APIRouter(prefix="/v1/verifications", route_class=CopyRoute, tags=["verification"])


class OpeningGiven(RequestModel):
    """What opens the title: its id, the bill's salt, and the record as it was given, to the character."""

    title_id: TitleIdField
    salt: DigestField
    record: Annotated[str, Field(strict=True, max_length=MOST_RECORD)]


class VerificationAsked(RequestModel):
    """`file`: a PDF or a transport document's JSON, in base64. `opening`: not needed for a PDF of this ledger's."""

    file: Annotated[str, Field(strict=True, max_length=MOST_LETTERS)]
    opening: OpeningGiven | None = None


class StandingShown(Model):
    """The title of a genuine copy; never who holds it. `issuedAt`: seconds since 1970.

    `backDated`: the bill's date of issue was past when the carrier had it issued.

    `carrier`: the account that issued; `carrierName`: what the registrar calls it, null where it has no name here.
    `carrierCheck`: whether that is the issuing party which the document names, by its identifying codes; where it is
    not `confirmed`, see for yourself that it is, since a carrier can issue a title with a copy of another's document.
    """

    id: TitleIdField
    carrier: AccountField
    carrier_name: str | None
    status: StatusName
    version: int
    issued_at: int
    back_dated: bool
    carrier_check: Literal["confirmed", "codes_unknown", "not_named"]
    carrier_check_detail: str
    is_replaced: bool
    replaced_by: tuple[TitleIdField, ...]
    finality: Literal["included", "final"]
    read_at_block: int

    @classmethod
    def of(cls, standing: TitleStanding, check: CarrierCheck, *, is_back_dated: bool) -> "StandingShown":
        """As it is answered."""
        return cls(
            id=standing.title_id,
            carrier=standing.carrier,
            carrier_name=standing.carrier_name,
            status=standing.status.name,
            version=standing.version,
            issued_at=standing.issued_at,
            back_dated=is_back_dated,
            carrier_check=check.value,
            carrier_check_detail=CHECKS[check],
            is_replaced=bool(standing.replaced_by),
            replaced_by=standing.replaced_by,
            finality="final" if standing.is_final else "included",
            read_at_block=standing.read_at,
        )


class VerificationShown(Model):
    """`reason`: the name of what decided, `detail` its words. `title`: null unless the copy is genuine."""

    verdict: Literal["genuine", "altered", "unknown"]
    reason: str
    detail: str
    title: StandingShown | None

    @classmethod
    def of(cls, finding: Finding) -> "VerificationShown":
        """As it is answered."""
        title, check = finding.standing, finding.carrier_check
        shown = StandingShown.of(title, check, is_back_dated=finding.is_back_dated) if title and check else None
        return cls(
            verdict=finding.verdict.value,
            reason=finding.reason,
            detail=REASONS[finding.reason],
            title=shown,
        )


@router.post("", responses=problem_responses(401, 413, 415, 429))
@open_to_all
async def verify(asked: VerificationAsked, app: App, _caller: Caller) -> VerificationShown:
    """Whether a copy is what its title commits to: genuine, altered or unknown."""
    opening = None
    if asked.opening is not None:
        salt = bytes.fromhex(asked.opening.salt[2:])
        opening = Opening(asked.opening.title_id, salt, asked.opening.record.encode())
    return VerificationShown.of(await app.verification.verify_text(asked.file, opening))

"""What carriers send, as DCSA defines it: taken with fields that are not defined, since real requests have them.

Source: DCSA EBL_ISS 3.0 (IssuanceRequest), EBL_SUR 3.0 (SurrenderRequestAnswer). Left to others: the transport
document's own fields, which are judged as a whole once the request is taken (`domain.transport_document`).
"""

from typing import Annotated, Any, Literal

from fastapi import Header, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictStr
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from ebl_service.api.document_requests import MOST_PICTURE, DocumentsRequest
from ebl_service.api.fields import FIRST_FAULT, VISIBLE
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain import json_slices
from ebl_service.domain.carrier_messages import BillName
from ebl_service.domain.issuance_manifest import decoded_picture
from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.domain.transport_document.code_lists import meanings
from ebl_service.errors.requests import BadValue
from ebl_service.services.bounded_work import untrusted
from ebl_service.services.issuance import IssuanceAsked

TRIMMED = r"^\S(?:.*\S)?$"
MAJOR = "3"
MAX_FEEDBACK = 100
"""Elements of one answer."""


class DcsaRoute(StrictRoute):
    """A route whose body may be as long as documents are."""

    request_class = DocumentsRequest


def _not_null(value: object) -> object:
    if value is None:
        raise PydanticCustomError("null", "must be left out where it has no value: null is not one")
    return value


NOT_NULL = BeforeValidator(_not_null)
OptionalText = Annotated[StrictStr | SkipJsonSchema[None], NOT_NULL]
"""Left out or a text; the definitions know no null."""


class Given(BaseModel):
    """A part of a request: what is defined is checked, what is not is let through."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow", frozen=True)


class IdentifyingCode(Given):
    """A code that identifies a party."""

    code_list_provider: Annotated[StrictStr, Field(max_length=100)]
    party_code: Annotated[StrictStr, Field(max_length=150)]
    code_list_name: Annotated[StrictStr, Field(max_length=100)] = ""

    @property
    def meanings(self) -> frozenset[tuple[str, str]]:
        """The codes that it may mean, as the directory has them."""
        return frozenset(meanings(self.model_dump(by_alias=True)))


class TaxReference(Given):
    """A reference of a party for tax or legal purposes."""

    type: Annotated[StrictStr, Field(max_length=50, pattern=TRIMMED)]
    country_code: Annotated[StrictStr, Field(pattern=r"^[A-Z]{2}$")]
    value: Annotated[StrictStr, Field(max_length=35, pattern=TRIMMED)]


class IssueTo(Given):
    """The party that gets possession, and its platform."""

    party_name: Annotated[StrictStr, Field(max_length=70, pattern=TRIMMED), VISIBLE]
    send_to_platform: Annotated[StrictStr, Field(max_length=4, pattern=r"^\S+$")]
    identifying_codes: Annotated[list[IdentifyingCode], FIRST_FAULT, Field(min_length=1, max_length=100)]
    tax_legal_references: Annotated[list[TaxReference], FIRST_FAULT, Field(max_length=100)] = []


class Picture(Given):
    """The carrier's own picture of the bill, in base64."""

    name: Annotated[StrictStr, Field(max_length=100)]
    content: Annotated[StrictStr, Field(max_length=MOST_PICTURE * 4 // 3 + 4)]
    content_type: Annotated[StrictStr, Field(max_length=100)] = "application/pdf"


class DocumentGiven(Given):
    """The transport document, of which only its name is read here; all of it is kept as sent."""

    transport_document_reference: Annotated[StrictStr, Field(max_length=20, pattern=TRIMMED)]
    transport_document_sub_reference: Annotated[OptionalText, Field(max_length=100, pattern=TRIMMED)] = None


class Relation(Given):
    """Another bill, by its number."""

    transport_document_reference: Annotated[StrictStr, Field(max_length=20, pattern=TRIMMED)]


class Replacements(Given):
    """Which bills the bill comes from, and all that come from those (since 3.0.4; not part of what is signed)."""

    old_transport_document_references: Annotated[list[Relation], FIRST_FAULT, Field(max_length=100)] = []
    new_transport_document_references: Annotated[list[Relation], FIRST_FAULT, Field(max_length=100)] = []

    @property
    def numbers(self) -> frozenset[str]:
        """All that are named."""
        both = (*self.old_transport_document_references, *self.new_transport_document_references)
        return frozenset(each.transport_document_reference for each in both)


class IssuanceRequest(Given):
    """A bill to be issued, to whom, and the carrier's signed manifest of both."""

    document: DocumentGiven
    issue_to: IssueTo
    picture: Annotated[Picture | SkipJsonSchema[None], NOT_NULL, Field(alias="eBLVisualisationByCarrier")] = None
    manifest: Annotated[
        StrictStr,
        Field(
            alias="issuanceManifestSignedContent",
            max_length=64 * 1024,
            pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
        ),
    ]

    replacements: Annotated[Replacements, Field(alias="transportDocumentReplacements")] = Replacements()

    async def asked(self, request: Request) -> IssuanceAsked:
        """The service's word for it, with document and recipient as they stand in the body.

        Raises: ChecksumDiffers (a picture that is not base64), and what `canonical.parsed` raises.
        """
        body = await request.body()
        return await untrusted.run_sized(len(body), self._asked, body)

    def _asked(self, body: bytes) -> IssuanceAsked:
        text = body.decode()
        spans = json_slices.members(text, json_slices.whole(text))
        document, issue_to = (text[slice(*spans[name])].encode() for name in ("document", "issueTo"))
        codes = frozenset(code for each in self.issue_to.identifying_codes for code in each.meanings)
        return IssuanceAsked(
            bill=BillName(self.document.transport_document_reference, self.document.transport_document_sub_reference),
            content=document,
            document=parsed(document),
            issue_to=parsed(issue_to),
            platform=self.issue_to.send_to_platform,
            codes=codes,
            manifest=self.manifest,
            related=self.replacements.numbers,
            picture=None if self.picture is None else decoded_picture(self.picture.content),
        )


class FeedbackElement(Given):
    """Why a surrender cannot be taken."""

    severity: Annotated[OptionalText, Field(max_length=50), VISIBLE] = None
    message: Annotated[OptionalText, Field(max_length=5000), VISIBLE] = None
    property_path: Annotated[OptionalText, Field(max_length=1000), VISIBLE] = None


class SurrenderAnswer(Given):
    """A carrier's answer to a surrender request."""

    surrender_request_reference: Annotated[StrictStr, Field(max_length=100, pattern=TRIMMED)]
    action: Literal["SURR", "SREJ"]
    comments: Annotated[OptionalText, Field(max_length=255, pattern=TRIMMED), VISIBLE] = None
    feedback_elements: Annotated[list[FeedbackElement], FIRST_FAULT, Field(max_length=MAX_FEEDBACK)] = []

    @property
    def accepts(self) -> bool:
        """The carrier takes the bill in."""
        return self.action == "SURR"


def _major(version: str | None) -> str | None:
    if version is not None and version.partition(".")[0] != MAJOR:
        raise BadValue("API-Version: this is version 3", {"at": "API-Version"})
    return version


def require_version(
    version: Annotated[
        str | None, Header(alias="API-Version", max_length=20, description="3, where it is given")
    ] = None,
) -> None:
    """Raises: BadValue where another version is asked for."""
    _major(version)


Body = dict[str, Any]

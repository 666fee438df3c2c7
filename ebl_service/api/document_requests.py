"""What a request that brings documents says, and the documents' own bytes cut out of it.

Rules kept: a document is kept as the bytes that stood in the request, between the braces of its `document`; it may be
longer and deeper than other bodies, which the document's own rules bound (`domain.transport_document.canonical`).
"""

from base64 import b64decode
from typing import Annotated, Any

from fastapi import Request
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ebl_service.api.fields import (
    PLAIN,
    VISIBLE,
    DeadlineField,
    DigestField,
    OptionalAccount,
    RequestModel,
    TitleIdField,
    TruthField,
)
from ebl_service.api.strict_request import StrictRequest, StrictRoute
from ebl_service.domain import json_slices
from ebl_service.domain.transport_document.canonical import MOST_DEPTH
from ebl_service.domain.transport_document.record import PaperOriginal
from ebl_service.services.drafts import Draft, IssueTo

WRAPPING_DEPTH = 4
"""Objects and arrays around a document."""
MOST_PICTURE = 10 * 1024 * 1024
"""Bytes of a carrier's own PDF."""


class DocumentsRequest(StrictRequest):
    """A request that may be as long as documents are."""

    most_depth = MOST_DEPTH + WRAPPING_DEPTH

    @property
    def most_bytes(self) -> int:
        """As the settings allow for documents."""
        most: int = self.app.state.most_documents_body_bytes
        return most


class DocumentsRoute(StrictRoute):
    """A route that reads its body as `DocumentsRequest` does."""

    request_class = DocumentsRequest


def _decoded(text: str) -> str:
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        raise PydanticCustomError("bad_base64", "must be base64") from None
    if not content.startswith(b"%PDF-"):
        raise PydanticCustomError("not_a_pdf", "must be a PDF")
    return text


PictureField = Annotated[
    str, Field(max_length=MOST_PICTURE * 4 // 3 + 4, description="PDF in base64"), AfterValidator(_decoded)
]


class CodeGiven(RequestModel):
    """An identifying code of a party."""

    code_list_provider: Annotated[str, Field(min_length=1, max_length=100), PLAIN]
    party_code: Annotated[str, Field(min_length=1, max_length=150), PLAIN]
    code_list_name: Annotated[str, Field(min_length=1, max_length=100), PLAIN] | None = None

    @property
    def code(self) -> tuple[str, str]:
        """As the domain has it."""
        return self.code_list_provider, self.party_code


class IssueToGiven(RequestModel):
    """Whom the bill is issued to, and on which platform, as in DCSA's IssueToParty."""

    send_to_platform: Annotated[str, Field(max_length=10)]
    identifying_codes: Annotated[list[CodeGiven], Field(min_length=1, max_length=20)]


class PaperOriginalGiven(RequestModel):
    """An original on paper that was surrendered: its number, and where."""

    number: Annotated[str, Field(max_length=100), PLAIN]
    surrendered_at: Annotated[str, Field(max_length=100), VISIBLE]


class DraftGiven(RequestModel):
    """A document and what the record says besides. First holder: `holder`, else `issueTo`, else the shipper.

    `carriersPicture`: the carrier's own PDF of the bill. `manifest`: its signed manifest (compact JWS).
    `referenceSalt`: where the carrier makes the salts of its numbers itself.
    """

    document: Annotated[dict[str, Any], Field(description="The transport document; kept as the bytes that are sent")]
    governing_law: Annotated[str, Field(max_length=200, examples=["English law"]), VISIBLE]
    jurisdiction: Annotated[str, Field(max_length=200, examples=["High Court of Justice, London"]), VISIBLE]
    holder: OptionalAccount = None
    issue_to: IssueToGiven | None = None
    paper_originals: Annotated[list[PaperOriginalGiven], Field(max_length=20, default_factory=list)]
    carriers_picture: PictureField | None = None
    manifest: Annotated[str | None, Field(max_length=100_000, pattern=r"^[\w-]+\.[\w-]+\.[\w-]+$")] = None
    reference_salt: DigestField | None = None

    def draft(self, content: bytes) -> Draft:
        """The domain's word for it. `content`: the document's bytes as sent."""
        to = self.issue_to
        return Draft(
            content=content,
            governing_law=self.governing_law,
            jurisdiction=self.jurisdiction,
            holder=self.holder,
            issue_to=IssueTo(to.send_to_platform, frozenset(each.code for each in to.identifying_codes))
            if to
            else None,
            paper_originals=tuple(PaperOriginal(each.number, each.surrendered_at) for each in self.paper_originals),
            picture=b64decode(self.carriers_picture) if self.carriers_picture else None,
            manifest=self.manifest,
            reference_salt=bytes.fromhex(self.reference_salt[2:]) if self.reference_salt else None,
        )


class DocumentsGiven(RequestModel):
    """One document or many; with `replaces`, all together in the place of those titles."""

    documents: Annotated[list[DraftGiven], Field(min_length=1)]
    replaces: Annotated[list[TitleIdField], Field(max_length=16, default_factory=list)]
    deadline: DeadlineField | None = None
    dry_run: TruthField = False

    async def drafts(self, request: Request) -> list[Draft]:
        """The drafts, each with its document's bytes as they stand in the request's body."""
        contents = await contents_of(request)
        return [given.draft(content) for given, content in zip(self.documents, contents, strict=True)]


async def contents_of(request: Request) -> list[bytes]:
    """Each document's own bytes, as they stand in the body's `documents`."""
    text = (await request.body()).decode()
    listed = json_slices.members(text, json_slices.whole(text))["documents"]
    spans = [json_slices.members(text, each)["document"] for each in json_slices.elements(text, listed)]
    return [text[begin:end].encode() for begin, end in spans]

"""What a request that brings documents says, and the documents' own bytes cut out of it.

Rules kept: a document is kept as the bytes that stood in the request, between the braces of its `document`; it may be
longer and deeper than other bodies, which the document's own rules bound (`domain.transport_document.canonical`).
"""

from base64 import b64decode
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Request
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ebl_service.api.fields import (
    FIRST_FAULT,
    MOST_ITEMS,
    PLAIN,
    VISIBLE,
    DeadlineField,
    DigestField,
    OptionalAccount,
    RequestModel,
    TitleIdField,
    TruthField,
)
from ebl_service.api.strict_request import READING, StrictRequest, StrictRoute
from ebl_service.domain import json_slices
from ebl_service.domain.transport_document.canonical import MOST_DEPTH
from ebl_service.domain.transport_document.record import PaperOriginal
from ebl_service.errors.documents import NumberNotKept
from ebl_service.errors.requests import BadValue
from ebl_service.services.bounded_work import untrusted
from ebl_service.services.drafts import Draft, IssueTo

WRAPPING_DEPTH = 4
"""Objects and arrays around a document."""
MOST_PICTURE = 10 * 1024 * 1024
"""Bytes of a carrier's own PDF."""


MOST_VALUES = 100_000
"""Texts, numbers, objects and arrays of a body: a hundred documents have some 60,000, the largest one half."""


class DocumentsRequest(StrictRequest):
    """A request that may be as long as documents are."""

    reading = replace(READING, number=NumberNotKept, most_depth=MOST_DEPTH + WRAPPING_DEPTH, most_values=MOST_VALUES)

    @property
    def most_bytes(self) -> int:
        """As the settings allow for documents."""
        most: int = self.app.state.most_documents_body_bytes
        return most


class DocumentsRoute(StrictRoute):
    """A route that reads its body as `DocumentsRequest` does."""

    request_class = DocumentsRequest


def _begins_as_pdf(text: str) -> str:
    """Its first letters; the rest is decoded once, beside the event loop."""
    try:
        begin = b64decode(text[:8], validate=True)
    except ValueError:
        raise PydanticCustomError("bad_base64", "must be base64") from None
    if not begin.startswith(b"%PDF-"):
        raise PydanticCustomError("not_a_pdf", "must be a PDF")
    return text


def _picture(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as fault:
        raise BadValue(f"carriersPicture: is not base64: {fault}", {"at": "carriersPicture"}) from fault


PictureField = Annotated[
    str, Field(max_length=MOST_PICTURE * 4 // 3 + 4, description="PDF in base64"), AfterValidator(_begins_as_pdf)
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
    identifying_codes: Annotated[list[CodeGiven], FIRST_FAULT, Field(min_length=1, max_length=20)]


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
    paper_originals: Annotated[list[PaperOriginalGiven], FIRST_FAULT, Field(max_length=20, default_factory=list)]
    carriers_picture: PictureField | None = None
    manifest: Annotated[str | None, Field(max_length=100_000, pattern=r"^[\w-]+\.[\w-]+\.[\w-]+$")] = None
    reference_salt: DigestField | None = None

    def draft(self, content: bytes) -> Draft:
        """The domain's word for it. `content`: the document's bytes as sent. Raises: BadValue (the picture)."""
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
            picture=_picture(self.carriers_picture) if self.carriers_picture else None,
            manifest=self.manifest,
            reference_salt=bytes.fromhex(self.reference_salt[2:]) if self.reference_salt else None,
        )


class DocumentsGiven(RequestModel):
    """One document or many; with `replaces`, all together in the place of those titles."""

    documents: Annotated[list[DraftGiven], FIRST_FAULT, Field(min_length=1, max_length=MOST_ITEMS)]
    replaces: Annotated[list[TitleIdField], FIRST_FAULT, Field(max_length=16, default_factory=list)]
    deadline: DeadlineField | None = None
    dry_run: TruthField = False

    async def drafts(self, request: Request) -> list[Draft]:
        """The drafts, each with its document's bytes as they stand in the request's body. Raises: BadValue."""
        body = await request.body()
        return await untrusted.run_sized(len(body), self._drafts, body)

    def _drafts(self, body: bytes) -> list[Draft]:
        return [given.draft(content) for given, content in zip(self.documents, contents_of(body), strict=True)]


def contents_of(body: bytes) -> list[bytes]:
    """Each document's own bytes, as they stand in the body's `documents`."""
    text = body.decode()
    listed = json_slices.members(text, json_slices.whole(text))["documents"]
    spans = [json_slices.members(text, each)["document"] for each in json_slices.elements(text, listed)]
    return [text[begin:end].encode() for begin, end in spans]

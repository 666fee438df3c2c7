"""What stands behind certificates and what is missing: documents, assessments, waivers, terms of sale, gaps.

Rules kept: that somebody reads a document or terms of sale is noted before it is answered (`services.read_log`).
"""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response, status
from pydantic import Field

from ebl_service.api.caller import Caller
from ebl_service.api.context import App, TitleIdPath
from ebl_service.api.fields import (
    AccountField,
    BytesField,
    DeadlineField,
    DigestField,
    Model,
    RequestModel,
    TitleIdField,
)
from ebl_service.api.insurance_documents import VerdictShown
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain import json_slices
from ebl_service.domain.caller import Scope
from ebl_service.domain.insurance_document.gaps import Gap, GapKind
from ebl_service.domain.insurance_document.statement import TERMS_OF_SALE, TermsStatement, terms_digest
from ebl_service.domain.signed_act import typed_data
from ebl_service.domain.terms import NOBODY, CertificateId, Digest, TitleId
from ebl_service.domain.transport_document.canonical import received
from ebl_service.errors.requests import BadValue
from ebl_service.services.cover import Assessment
from ebl_service.services.covers import KeptTerms

router = APIRouter(route_class=StrictRoute, tags=["insurance"])
MOST_TERMS = 16 * 1024
"""Characters of terms of sale, whose fields are few and short."""
PRIVATE = {"Cache-Control": "private, no-store"}
READ = problem_responses(401, 403, 404, 429)
AS_SENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}}, "description": "The document, byte for byte as sent"}
}
AS_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "The document as PDF"}
}
CertificateIdPath = Annotated[DigestField, Path(description="The certificate's id")]


class WaiverShown(Model):
    """That `account` takes the certificate though it breaks the rule. `waivedAt`: seconds since 1970."""

    rule: str
    account: AccountField
    waived_at: int


class AssessmentShown(Model):
    """What every rule says of a certificate's document now; discrepancies stand beside their waivers."""

    certificate_id: DigestField
    title_id: TitleIdField
    verdicts: tuple[VerdictShown, ...]
    waivers: tuple[WaiverShown, ...]

    @classmethod
    def of(cls, found: Assessment) -> "AssessmentShown":
        """As it is answered."""
        return cls(
            certificate_id=found.certificate.certificate_id,
            title_id=found.certificate.title_id,
            verdicts=tuple(VerdictShown.of(each) for each in found.verdicts),
            waivers=tuple(
                WaiverShown(rule=each.rule, account=each.account, waived_at=each.waived_at) for each in found.waivers
            ),
        )


class WaiverGiven(RequestModel):
    """`rule`: the name of a discrepancy that stands."""

    rule: Annotated[str, Field(min_length=1, max_length=100)]


class TermsAsked(RequestModel):
    """Terms of sale to be signed."""

    terms: Annotated[dict[str, Any], Field(description="The terms of sale")]
    deadline: DeadlineField


class TermsGiven(TermsAsked):
    """Terms of sale with their giver's signature over the typed data TermsOfSale."""

    signer: AccountField
    signature: BytesField


class TermsToSign(Model):
    """Sign `typedData` with eth_signTypedData_v4, then PUT the terms with the signature."""

    typed_data: dict[str, Any]
    terms_digest: DigestField


class TermsShown(Model):
    """The terms of sale that count for a title, and who signed them. `givenAt`: seconds since 1970."""

    title_id: TitleIdField
    terms: dict[str, Any]
    account: AccountField
    given_at: int

    @classmethod
    def of(cls, title_id: str, kept: KeptTerms) -> "TermsShown":
        """As they are answered."""
        return cls(title_id=title_id, terms=dict(kept.terms), account=kept.account, given_at=kept.given_at)


class GapShown(Model):
    """What is missing. `certificateId`: null where there is no certificate. `since`: seconds since 1970."""

    kind: GapKind
    words: str
    certificate_id: DigestField | None
    since: int | None

    @classmethod
    def of(cls, gap: Gap) -> "GapShown":
        """As it is answered."""
        return cls(
            kind=gap.kind,
            words=gap.words,
            certificate_id=Digest(gap.certificate_id) if gap.certificate_id else None,
            since=gap.since,
        )


class GapsShown(Model):
    """Where the party entitled under the title is not insured; empty: nowhere."""

    title_id: TitleIdField
    gaps: tuple[GapShown, ...]

    @classmethod
    def of(cls, title_id: TitleId, found: Iterable[Gap]) -> "GapsShown":
        """As they are answered."""
        return cls(title_id=title_id, gaps=tuple(GapShown.of(each) for each in found))


@router.get("/v1/certificates/{certificate_id}/document", response_class=Response, responses=READ | AS_SENT)
async def document(certificate_id: CertificateIdPath, app: App, caller: Caller) -> Response:
    """The insurance document behind the certificate, exactly the bytes that were sent."""
    account = caller.party_with(Scope.READ)
    kept, sight = await app.covers.queries.document(account, CertificateId(certificate_id))
    await app.access.read_log.note(caller, sight, "insurance document")
    return Response(kept.content, media_type="application/json", headers=PRIVATE)


@router.get("/v1/certificates/{certificate_id}/document.pdf", response_class=Response, responses=READ | AS_PDF)
async def picture(certificate_id: CertificateIdPath, app: App, caller: Caller) -> Response:
    """The insurance document behind the certificate, printed."""
    account = caller.party_with(Scope.READ)
    content, sight = await app.covers.queries.picture(account, CertificateId(certificate_id))
    await app.access.read_log.note(caller, sight, "insurance picture")
    return Response(content, media_type="application/pdf", headers=PRIVATE)


@router.get("/v1/certificates/{certificate_id}/assessment", responses=READ)
async def assessment(certificate_id: CertificateIdPath, app: App, caller: Caller) -> AssessmentShown:
    """What every rule says of the certificate's document, by the bill and the terms of sale as they are now."""
    account = caller.party_with(Scope.READ)
    found = await app.covers.queries.assessment(account, CertificateId(certificate_id))
    await app.access.read_log.note(caller, found.sight, "insurance document")
    return AssessmentShown.of(found)


@router.post(
    "/v1/certificates/{certificate_id}/waivers",
    status_code=status.HTTP_201_CREATED,
    responses=READ | problem_responses(413, 415),
)
async def waive(certificate_id: CertificateIdPath, given: WaiverGiven, app: App, caller: Caller) -> AssessmentShown:
    """Take a certificate though it breaks a rule that may be waived: for who is assured, and for itself only."""
    account = caller.party_with(Scope.SUBMIT)
    found = await app.covers.queries.waive(account, CertificateId(certificate_id), given.rule)
    await app.access.read_log.note(caller, found.sight, "insurance document")
    return AssessmentShown.of(found)


@router.post("/v1/titles/{title_id}/terms-of-sale/typed-data", responses=READ | problem_responses(413, 415))
async def terms_to_sign(
    title_id: TitleIdPath, asked: TermsAsked, request: Request, app: App, caller: Caller
) -> TermsToSign:
    """What the seller or the bank signs under terms of sale."""
    caller.party_with(Scope.SUBMIT)
    digest = terms_digest(received(await _terms(request)).document)
    statement = TermsStatement(title_id, digest, asked.deadline, NOBODY)
    data = typed_data(app.identity.titles_domain, TERMS_OF_SALE, statement.message)
    return TermsToSign(typed_data=data, terms_digest=digest)


@router.put("/v1/titles/{title_id}/terms-of-sale", responses=READ | problem_responses(409, 413, 415))
async def give_terms(
    title_id: TitleIdPath, given: TermsGiven, request: Request, app: App, caller: Caller
) -> TermsShown:
    """State the terms that goods were sold on, signed by a party to the title; the ones stated last count."""
    caller.party_with(Scope.SUBMIT)
    content = await _terms(request)
    digest = terms_digest(received(content).document)
    statement = TermsStatement(title_id, digest, given.deadline, given.signer, bytes.fromhex(given.signature[2:]))
    return TermsShown.of(title_id, await app.covers.queries.give_terms(statement, content))


@router.get("/v1/titles/{title_id}/terms-of-sale", responses=READ)
async def terms(title_id: TitleIdPath, app: App, caller: Caller, response: Response) -> TermsShown:
    """The terms of sale that count, for the parties to the title and for who gave them."""
    kept, sight = await app.covers.queries.terms(caller.party_with(Scope.READ), title_id)
    await app.access.read_log.note(caller, sight, "terms of sale")
    response.headers.update(PRIVATE)
    return TermsShown.of(title_id, kept)


@router.get("/v1/titles/{title_id}/gaps", responses=READ)
async def gaps(title_id: TitleIdPath, app: App, caller: Caller) -> GapsShown:
    """Where the party entitled under the title, which asks, is not insured."""
    return GapsShown.of(title_id, await app.covers.queries.gaps(caller.party_with(Scope.READ), title_id))


async def _terms(request: Request) -> bytes:
    text = (await request.body()).decode()
    begin, end = json_slices.members(text, json_slices.whole(text))["terms"]
    if end - begin > MOST_TERMS:
        raise BadValue(
            f"terms: at most {MOST_TERMS} characters, not {end - begin}", {"at": "terms", "most": MOST_TERMS}
        )
    return text[begin:end].encode()

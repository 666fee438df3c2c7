"""/v1/insurance-documents: insurance documents are judged by bill and sale, kept, and answered with the act to sign.

Leaves to others: certificates as the ledger has them (`certificates`), reading cover (`title_cover`).
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response, status
from pydantic import Field

from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.document_requests import DocumentsRoute, contents_of
from ebl_service.api.entry import of_role
from ebl_service.api.fields import (
    FIRST_FAULT,
    MOST_ITEMS,
    VISIBLE,
    AccountField,
    DeadlineField,
    DigestField,
    Model,
    RequestModel,
    TitleIdField,
    TruthField,
)
from ebl_service.api.problems import BreachShown, Problem, problem_of, problem_responses
from ebl_service.api.typed_data import deadline_of
from ebl_service.bootstrap import Application
from ebl_service.domain.act_in_words import act_in_words
from ebl_service.domain.caller import Scope
from ebl_service.domain.insurance_document.acceptance import Outcome, Verdict
from ebl_service.domain.signed_act import act_message, typed_data
from ebl_service.domain.terms import CertificateId, Role, Seconds
from ebl_service.errors import EblError
from ebl_service.errors.requests import BadValue
from ebl_service.services.bounded_work import untrusted
from ebl_service.services.covers import CoverDraft, PreparedCover

router = APIRouter(prefix="/v1/insurance-documents", route_class=DocumentsRoute, tags=["insurance"])


class VerdictShown(Model):
    """What one rule says. NOT_CHECKABLE: the terms of sale do not say what it needs; that is not a pass."""

    rule: str
    outcome: Outcome
    breaches: tuple[BreachShown, ...]

    @classmethod
    def of(cls, verdict: Verdict) -> "VerdictShown":
        """As it is answered."""
        breaches = tuple(
            BreachShown(rule=each.rule, path=each.path, wrong=each.wrong, right=each.right) for each in verdict.breaches
        )
        return cls(rule=verdict.rule, outcome=verdict.outcome, breaches=breaches)


class CoverGiven(RequestModel):
    """An insurance document for a title. `certificateId`: of the certificate that it amends, to be carried over."""

    document: Annotated[dict[str, Any], Field(description="The insurance document; kept as the bytes that are sent")]
    title_id: TitleIdField
    governing_law: Annotated[str, Field(max_length=200, examples=["English law"]), VISIBLE]
    jurisdiction: Annotated[str, Field(max_length=200, examples=["High Court of Justice, London"]), VISIBLE]
    certificate_id: DigestField | None = None
    reference_salt: DigestField | None = None

    def draft(self, content: bytes) -> CoverDraft:
        """The domain's word for it. `content`: the document's bytes as sent."""
        return CoverDraft(
            content=content,
            title_id=self.title_id,
            governing_law=self.governing_law,
            jurisdiction=self.jurisdiction,
            certificate_id=CertificateId(self.certificate_id) if self.certificate_id else None,
            reference_salt=bytes.fromhex(self.reference_salt[2:]) if self.reference_salt else None,
        )


class CoversGiven(RequestModel):
    """One document, or all that are declared under an open cover; each stands or falls by itself."""

    documents: Annotated[list[CoverGiven], FIRST_FAULT, Field(min_length=1, max_length=MOST_ITEMS)]
    deadline: DeadlineField | None = None
    dry_run: TruthField = False

    async def drafts(self, request: Request) -> list[CoverDraft]:
        """The drafts, each with its document's bytes as they stand in the request's body."""
        body = await request.body()
        contents = await untrusted.run_sized(len(body), contents_of, body)
        return [given.draft(content) for given, content in zip(self.documents, contents, strict=True)]


class CoverShown(Model):
    """What the certificate will say, and what opens it. Keep record and salts with the document."""

    certificate_id: DigestField
    title_id: TitleIdField
    document_reference: str
    insurer: AccountField
    document_checksum: str
    record: str
    salt: DigestField
    reference_salt: DigestField
    commitment: DigestField
    verdicts: tuple[VerdictShown, ...]

    @classmethod
    def of(cls, made: PreparedCover) -> "CoverShown":
        """As it is answered."""
        return cls(
            certificate_id=made.certificate_id,
            title_id=made.title_id,
            document_reference=str(made.received.document["documentReference"]),
            insurer=made.insurer,
            document_checksum=made.received.checksum,
            record=made.secrets.record.decode(),
            salt="0x" + made.secrets.salt.hex(),
            reference_salt="0x" + made.secrets.reference_salt.hex(),
            commitment=made.commitment,
            verdicts=tuple(VerdictShown.of(each) for each in made.verdicts),
        )


class CertificateActToSign(Model):
    """Sign `typedData` with eth_signTypedData_v4, then POST it to /v1/submissions."""

    sentence: str
    deadline: Annotated[int, Field(description="Last second at which the signature counts, since 1970")]
    typed_data: dict[str, Any]


class CoverResultShown(Model):
    """What became of one document. `act`: what to sign; null where it was refused or this is a dry run."""

    state: Literal["KEPT", "CHECKED", "REFUSED"]
    document: CoverShown | None = None
    act: CertificateActToSign | None = None
    problem: Problem | None = None


class CoversAnswer(Model):
    """One result a document, in the order given."""

    results: tuple[CoverResultShown, ...]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problem_responses(401, 403, 404, 409, 413, 415, 429)
    | {200: {"model": CoversAnswer, "description": "Nothing was kept: a dry run, or every document was refused"}},
)
@of_role(Role.INSURER, Scope.ISSUE)
async def send(given: CoversGiven, request: Request, response: Response, app: App, caller: Caller) -> CoversAnswer:
    """Judge insurance documents by their bills and sales, keep them, and answer with the acts that issue certificates.

    The insurer must be able to read each title: a party to it grants that. One document that is refused is answered
    with its problem; of many, each has its own result.
    """
    insurer = caller.party_with(Scope.ISSUE)
    most = app.settings.most_acts_per_request
    if len(given.documents) > most:
        raise BadValue(f"documents: at most {most} in one request, not {len(given.documents)}", {"most": most})
    made = await app.covers.desk.receive(await given.drafts(request), insurer, dry_run=given.dry_run)
    if len(made) == 1 and isinstance(made[0], EblError):
        raise made[0]
    results = [await _result(each, given, request, app) for each in made]
    if not any(result.state == "KEPT" for result in results):
        response.status_code = status.HTTP_200_OK
    return CoversAnswer(results=tuple(results))


async def _result(
    made: PreparedCover | EblError, given: CoversGiven, request: Request, app: Application
) -> CoverResultShown:
    if isinstance(made, EblError):
        told = problem_of(made, request.url.path, of_many=len(given.documents))
        return CoverResultShown(state="REFUSED", problem=told)
    shown = CoverShown.of(made)
    if given.dry_run:
        return CoverResultShown(state="CHECKED", document=shown)
    return CoverResultShown(state="KEPT", document=shown, act=await _act(app, made, given.deadline))


async def _act(app: Application, made: PreparedCover, asked: Seconds | None) -> CertificateActToSign:
    deadline = await deadline_of(app, asked)
    name = type(made.asked).__name__
    data = typed_data(app.identity.domain_of(made.asked), name, act_message(made.asked, deadline))
    return CertificateActToSign(sentence=act_in_words(made.asked, deadline), deadline=deadline, typed_data=data)

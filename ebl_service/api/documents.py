"""/v1/documents: transport documents are checked, kept, and answered with the act that makes a title of them.

Leaves to others: what a request says (`document_requests`), reading a title's document (`title_documents`).
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter, Request, Response, status

from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.document_requests import DocumentsGiven, DocumentsRoute
from ebl_service.api.entry import of_role
from ebl_service.api.fields import AccountField, DigestField, Model, TitleIdField
from ebl_service.api.problems import BreachShown, Problem, problem_of, problem_responses
from ebl_service.api.typed_data import TypedDataAnswer, deadline_of, prepared
from ebl_service.bootstrap import Application
from ebl_service.domain.caller import Scope
from ebl_service.domain.terms import Address, Role, Seconds, TitleId
from ebl_service.errors import EblError
from ebl_service.errors.requests import BadValue
from ebl_service.services.document_desk import act_of
from ebl_service.services.drafts import Prepared
from ebl_service.services.rights import not_found

router = APIRouter(prefix="/v1/documents", route_class=DocumentsRoute, tags=["documents"])


class DocumentShown(Model):
    """What a document's title will say, and what opens it. Keep record and salts with the document.

    `backDated`: the date of issue is past, as the carrier's setting allows; record, print and verification say so.
    `validUntil`: last second at which the title may be issued without being ante-dated. `version`: 0 is a first issue.
    `advice`: what is worth a second look though no rule refuses it: a check digit, a code that no list knows, a total.
    """

    title_id: TitleIdField
    transport_document_reference: str
    carrier: AccountField
    holder: AccountField | None
    endorsee: AccountField | None
    is_to_order: bool
    version: int
    document_checksum: str
    record: str
    record_digest: str
    back_dated: bool
    salt: DigestField
    reference_salt: DigestField
    reference_digest: DigestField
    commitment: DigestField
    valid_until: int | None
    advice: tuple[BreachShown, ...]

    @classmethod
    def of(cls, made: Prepared) -> "DocumentShown":
        """As it is answered."""
        return cls(
            title_id=made.title_id,
            transport_document_reference=str(made.received.document["transportDocumentReference"]),
            carrier=made.carrier,
            holder=made.holder,
            endorsee=made.asked.endorsee,
            is_to_order=made.asked.is_to_order,
            version=made.version,
            document_checksum=made.received.checksum,
            record=made.secrets.record.decode(),
            record_digest=made.record.digest(),
            back_dated=made.record.is_back_dated,
            salt="0x" + made.secrets.salt.hex(),
            reference_salt="0x" + made.secrets.reference_salt.hex(),
            reference_digest=made.asked.reference_digest,
            commitment=made.commitment,
            valid_until=made.valid_until,
            advice=tuple(BreachShown(**asdict(each)) for each in made.advice),
        )


class ResultShown(Model):
    """What became of one document. `act`: what to sign to issue it; null where it was refused or this is a dry run."""

    state: Literal["KEPT", "CHECKED", "REFUSED"]
    document: DocumentShown | None = None
    act: TypedDataAnswer | None = None
    problem: Problem | None = None


class DocumentsAnswer(Model):
    """One result a document, in the order given. `act`: of a replacement, what to sign for all of them together."""

    results: tuple[ResultShown, ...]
    act: TypedDataAnswer | None = None


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problem_responses(401, 403, 404, 409, 413, 415, 429)
    | {200: {"model": DocumentsAnswer, "description": "Nothing was kept: a dry run, or every document was refused"}},
)
@of_role(Role.CARRIER, Scope.ISSUE)
async def send(
    given: DocumentsGiven, request: Request, response: Response, app: App, caller: Caller
) -> DocumentsAnswer:
    """Check documents, keep them, and answer with the acts that issue them: for the carrier that they name.

    One document that is refused is answered with its problem and all breaches; of many, each has its own result. With
    `replaces`, all documents together take the place of those titles, or none does.
    """
    caller.require(Scope.ISSUE)
    most = app.settings.most_acts_per_request
    if len(given.documents) > most:
        raise BadValue(f"documents: at most {most} in one request, not {len(given.documents)}", {"most": most})
    if given.replaces:
        answer = await _replacement(given, request, app, caller.account)
    else:
        answer = await _issues(given, request, app, caller.account)
    if not any(result.state == "KEPT" for result in answer.results):
        response.status_code = status.HTTP_200_OK
    return answer


async def _replacement(
    given: DocumentsGiven, request: Request, app: Application, carrier: Address | None
) -> DocumentsAnswer:
    if carrier is not None:
        await _require_own(app, carrier, given.replaces)
    drafts = await given.drafts(request)
    made = await app.documents.desk.replace(drafts, given.replaces, carrier=carrier, dry_run=given.dry_run)
    results = tuple(
        ResultShown(state="CHECKED" if given.dry_run else "KEPT", document=DocumentShown.of(each))
        for each in made.prepared
    )
    if given.dry_run:
        return DocumentsAnswer(results=results)
    deadline = await deadline_of(app, given.deadline)
    return DocumentsAnswer(results=results, act=prepared(app, made.act, deadline, made.act.sequences))


async def _require_own(app: Application, carrier: Address, title_ids: Sequence[TitleId]) -> None:
    """Of another's title nothing is told, not even that it is there. Raises: NotFound."""
    for title_id in title_ids:
        if (await app.access.rights.sight(carrier, title_id)).title.carrier != carrier:
            raise not_found(title_id)


async def _issues(
    given: DocumentsGiven, request: Request, app: Application, carrier: Address | None
) -> DocumentsAnswer:
    drafts = await given.drafts(request)
    made = await app.documents.desk.receive(drafts, carrier=carrier, dry_run=given.dry_run)
    if len(made) == 1 and isinstance(made[0], EblError):
        raise made[0]
    results = [await _result(each, given, request, app) for each in made]
    return DocumentsAnswer(results=tuple(results))


async def _result(made: Prepared | EblError, given: DocumentsGiven, request: Request, app: Application) -> ResultShown:
    if isinstance(made, EblError):
        return ResultShown(state="REFUSED", problem=problem_of(made, request.url.path, of_many=len(given.documents)))
    shown = DocumentShown.of(made)
    if given.dry_run:
        return ResultShown(state="CHECKED", document=shown)
    return ResultShown(state="KEPT", document=shown, act=await _act(app, made, given.deadline))


async def _act(app: Application, made: Prepared, asked: Seconds | None) -> TypedDataAnswer:
    return prepared(app, act_of(made), await deadline_of(app, asked, made.valid_until), (0,))

"""/v1/titles/{id}/document and what belongs to it: the document behind a title, for who may read it.

Rules kept: no answer is kept by anything on its way; each is what was sent or printed, to the byte. That somebody reads
is noted before it is answered (`services.read_log`).
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from ebl_service.api.caller import Caller
from ebl_service.api.context import After, App, Limit, TitleIdPath
from ebl_service.api.fields import DigestField, Model, TitleIdField
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.bootstrap import Application
from ebl_service.domain.caller import Caller as Asking
from ebl_service.domain.caller import Scope
from ebl_service.domain.terms import TitleId
from ebl_service.domain.title import Title
from ebl_service.domain.transport_document.amendment import ABSENT
from ebl_service.errors import NotFound
from ebl_service.errors.documents import NotTheIssuingCarrier
from ebl_service.services.amendments import Amendment
from ebl_service.services.drafts import CARRIERS_PICTURE, PICTURE
from ebl_service.services.read_log import What

router = APIRouter(prefix="/v1/titles", route_class=StrictRoute, tags=["documents"])
PRIVATE = {"Cache-Control": "private, no-store"}
READ = problem_responses(401, 403, 404, 429)
Described = dict[int | str, dict[str, Any]]
AS_SENT: Described = {200: {"content": {"application/json": {}}, "description": "The document, byte for byte as sent"}}
AS_PDF: Described = {200: {"content": {"application/pdf": {}}, "description": "The bill as PDF"}}


class RecordShown(Model):
    """What the title commits to: `record` in canonical JSON, and the salts that open its two digests.

    `backDated`: the record says that the date of issue was past when the document was prepared.
    """

    title_id: TitleIdField
    record: str
    record_digest: str
    back_dated: bool
    salt: DigestField
    reference_salt: DigestField
    commitment: DigestField
    reference_digest: DigestField


class ChangeShown(Model):
    """A field that differs. `wasThere`, `isThere`: a field that is not there is another thing than a null."""

    path: str
    was_there: bool
    old: Any
    is_there: bool
    new: Any


class AmendmentShown(Model):
    """One title in the place of another. `changes`: null where one of the two documents is not kept here."""

    old_title_id: TitleIdField
    new_title_id: TitleIdField
    changes: tuple[ChangeShown, ...] | None

    @classmethod
    def of(cls, amendment: Amendment) -> "AmendmentShown":
        """As it is answered."""
        told = None
        if amendment.changes is not None:
            told = tuple(
                ChangeShown(
                    path=each.path,
                    was_there=each.old is not ABSENT,
                    old=None if each.old is ABSENT else each.old,
                    is_there=each.new is not ABSENT,
                    new=None if each.new is ABSENT else each.new,
                )
                for each in amendment.changes
            )
        return cls(old_title_id=amendment.old, new_title_id=amendment.new, changes=told)


class AmendmentsPage(Model):
    """The replacements that led to a title, the newest first; `nextCursor` is null on the last page."""

    title_id: TitleIdField
    amendments: tuple[AmendmentShown, ...]
    next_cursor: str | None


@router.get("/{title_id}/document", response_class=Response, responses=READ | AS_SENT)
async def document(title_id: TitleIdPath, app: App, caller: Caller) -> Response:
    """The transport document that the title stands for, exactly the bytes that were sent."""
    title = await _title(app, caller, title_id, "document")
    kept = await app.documents.kept.kept(title)
    return Response(kept.content, media_type="application/json", headers=PRIVATE)


@router.get("/{title_id}/document.pdf", response_class=Response, responses=READ | AS_PDF)
async def picture(
    title_id: TitleIdPath,
    app: App,
    caller: Caller,
    by: Annotated[
        Literal["carrier", "ledger"] | None,
        Query(description="Whose picture; default: the carrier's where it sent one, else the ledger's"),
    ] = None,
) -> Response:
    """The bill as PDF: the carrier's own where it sent one, else the ledger's, which carries document and record."""
    title = await _title(app, caller, title_id, "picture")
    names = {"carrier": (CARRIERS_PICTURE,), "ledger": (PICTURE,), None: (CARRIERS_PICTURE, PICTURE)}[by]
    found = await app.documents.kept.part(title, names)
    content = next((found[name] for name in names if name in found), None)
    if content is None:
        raise NotFound("The carrier sent no picture of its own with this document.", {"title_id": title_id})
    return Response(content, media_type="application/pdf", headers=PRIVATE)


@router.get(
    "/{title_id}/paper.pdf", response_class=Response, responses=problem_responses(401, 403, 404, 409, 429) | AS_PDF
)
async def paper(
    title_id: TitleIdPath,
    app: App,
    caller: Caller,
    original: Annotated[int, Query(ge=1, le=9, description="Which of the originals")] = 1,
    originals: Annotated[int, Query(ge=1, le=9, description="How many are signed alike")] = 1,
) -> Response:
    """An original on paper in the place of a title that was surrendered for paper: for its carrier to sign."""
    title = await _title(app, caller, title_id, "picture")
    if title.carrier != caller.account:
        raise NotTheIssuingCarrier("Originals on paper are printed for the carrier that signs them")
    content = await app.documents.paper.original(title, original, originals)
    return Response(content, media_type="application/pdf", headers=PRIVATE)


@router.get("/{title_id}/record", responses=READ)
async def record(title_id: TitleIdPath, app: App, caller: Caller, response: Response) -> RecordShown:
    """The record behind the title's commitment, with the salts: who has them and the document can check all of it."""
    title = await _title(app, caller, title_id, "record")
    kept = await app.documents.kept.kept(title)
    response.headers.update(PRIVATE)
    return RecordShown(
        title_id=title_id,
        record=kept.secrets.record.decode(),
        record_digest=kept.record.digest(),
        back_dated=kept.record.is_back_dated,
        salt="0x" + kept.secrets.salt.hex(),
        reference_salt="0x" + kept.secrets.reference_salt.hex(),
        commitment=kept.commitment,
        reference_digest=title.reference_digest,
    )


@router.get("/{title_id}/amendments", responses=READ)
async def amendments(
    title_id: TitleIdPath, app: App, caller: Caller, response: Response, after: After = None, limit: Limit = 50
) -> AmendmentsPage:
    """What every replacement that led to this title changed: each field's path, what it said, what it says."""
    title = await _title(app, caller, title_id, "document")
    page = await app.documents.amendments.of(title, after, limit)
    response.headers.update(PRIVATE)
    return AmendmentsPage(
        title_id=title_id,
        amendments=tuple(AmendmentShown.of(each) for each in page.items),
        next_cursor=page.next_cursor,
    )


async def _title(app: Application, caller: Asking, title_id: TitleId, what: What) -> Title:
    """The title as the caller may see it; that it reads what is behind it is noted before it is answered."""
    sight = await app.access.rights.sight(caller.party_with(Scope.READ), title_id)
    await app.access.read_log.note(caller, sight, what)
    return sight.title

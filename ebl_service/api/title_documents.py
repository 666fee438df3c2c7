"""/v1/titles/{id}/document and what belongs to it: the document behind a title, for who may read it."""

from typing import Any

from fastapi import APIRouter, Response

from ebl_service.api.context import App, TitleIdPath, Token
from ebl_service.api.fields import DigestField, Model, TitleIdField
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute

router = APIRouter(prefix="/v1/titles", route_class=StrictRoute, tags=["documents"])
PRIVATE = {"Cache-Control": "private, no-store"}
READ = problem_responses(401, 404)
AS_SENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}}, "description": "The document, byte for byte as sent"}
}


class RecordShown(Model):
    """What the title commits to: `record` in canonical JSON, and the salts that open its two digests."""

    title_id: TitleIdField
    record: str
    record_digest: str
    salt: DigestField
    reference_salt: DigestField
    commitment: DigestField
    reference_digest: DigestField


@router.get("/{title_id}/document", response_class=Response, responses=READ | AS_SENT)
async def document(title_id: TitleIdPath, app: App, token: Token) -> Response:
    """The transport document that the title stands for, exactly the bytes that were sent."""
    app.require_operator(token)
    title = (await app.queries.title(title_id)).title
    kept = await app.documents.kept.kept(title)
    return Response(kept.content, media_type="application/json", headers=PRIVATE)


@router.get("/{title_id}/record", responses=READ)
async def record(title_id: TitleIdPath, app: App, token: Token, response: Response) -> RecordShown:
    """The record behind the title's commitment, with the salts: who has them and the document can check all of it."""
    app.require_operator(token)
    title = (await app.queries.title(title_id)).title
    kept = await app.documents.kept.kept(title)
    response.headers.update(PRIVATE)
    return RecordShown(
        title_id=title_id,
        record=kept.secrets.record.decode(),
        record_digest=kept.record.digest(),
        salt="0x" + kept.secrets.salt.hex(),
        reference_salt="0x" + kept.secrets.reference_salt.hex(),
        commitment=kept.commitment,
        reference_digest=title.reference_digest,
    )

"""Grants and reads: letting somebody read a title for a time, and who read its documents."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, status
from pydantic import Field

from ebl_service.api.caller import Caller
from ebl_service.api.context import After, App, Limit, TitleIdPath
from ebl_service.api.fields import AccountField, Model, RequestModel, TitleIdField
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.caller import Scope
from ebl_service.services.grants import Grant
from ebl_service.services.read_log import Read, What

router = APIRouter(route_class=StrictRoute, tags=["titles"])


class GrantAsked(RequestModel):
    """`to`: the registered party that may read (an auditor, an insurer, a customs officer); a year at most."""

    to: AccountField
    expires_at: Annotated[int, Field(strict=True, ge=0, le=2**53 - 1, description="Seconds since 1970")]


class GrantShown(Model):
    """`grantee` may read what `granter` may read of the title, until then."""

    id: int
    title_id: TitleIdField
    granter: AccountField
    grantee: AccountField
    granted_at: int
    expires_at: int
    revoked_at: int | None

    @classmethod
    def of(cls, grant: Grant) -> "GrantShown":
        """A grant as it is answered."""
        return cls(
            id=grant.number,
            title_id=grant.title_id,
            granter=grant.granter,
            grantee=grant.grantee,
            granted_at=grant.granted_at,
            expires_at=grant.expires_at,
            revoked_at=grant.revoked_at,
        )


class GrantsPage(Model):
    """`nextCursor`: null on the last page."""

    grants: tuple[GrantShown, ...]
    next_cursor: str | None


class ReadShown(Model):
    """One read. `means`: how the reader came in; `grantedBy`: whose grant let it, null where its own right did."""

    reader: AccountField
    what: What
    means: Literal["sign-in", "api-key"]
    granted_by: AccountField | None
    sequence: Annotated[int, Field(description="How many acts the title had seen, as the reader saw it")]
    read_at: int

    @classmethod
    def of(cls, read: Read) -> "ReadShown":
        """A read as it is answered; not by which of its keys or sessions."""
        return cls(
            reader=read.reader,
            what=read.what,
            means=read.means,
            granted_by=read.granted_by,
            sequence=read.sequence,
            read_at=read.read_at,
        )


class ReadsPage(Model):
    """`nextCursor`: null on the last page."""

    reads: tuple[ReadShown, ...]
    next_cursor: str | None


@router.post(
    "/v1/titles/{title_id}/grants",
    status_code=status.HTTP_201_CREATED,
    responses=problem_responses(401, 403, 404, 413, 415, 429),
)
async def give(title_id: TitleIdPath, asked: GrantAsked, app: App, caller: Caller) -> GrantShown:
    """Let another party read a title that one stands on."""
    return GrantShown.of(await app.access.grants.give(caller.signed_in(), title_id, asked.to, asked.expires_at))


@router.get("/v1/grants", responses=problem_responses(401, 403, 429))
async def listed(
    app: App, caller: Caller, title: TitleIdField | None = None, after: After = None, limit: Limit = 50
) -> GrantsPage:
    """The grants that count now, given by one or to one."""
    page = await app.access.grants.of(caller.party_with(Scope.READ), title, after, limit)
    return GrantsPage(grants=tuple(GrantShown.of(grant) for grant in page.items), next_cursor=page.next_cursor)


@router.post("/v1/grants/{grant_id}/revoke", responses=problem_responses(401, 403, 404, 413, 415, 429))
async def revoke(
    grant_id: Annotated[int, Path(ge=1, le=2**53 - 1, description="The grant's id")], app: App, caller: Caller
) -> GrantShown:
    """End a grant that one gave."""
    return GrantShown.of(await app.access.grants.revoke(caller.signed_in(), grant_id))


@router.get("/v1/titles/{title_id}/reads", responses=problem_responses(401, 403, 404, 429))
async def reads(title_id: TitleIdPath, app: App, caller: Caller, after: After = None, limit: Limit = 50) -> ReadsPage:
    """Who read a title's document, record or picture, the first first; to a past party those before its last act."""
    sight = await app.access.rights.sight(caller.party_with(Scope.READ), title_id)
    page = await app.access.read_log.told(sight, after, limit)
    return ReadsPage(reads=tuple(ReadShown.of(read) for read in page.items), next_cursor=page.next_cursor)

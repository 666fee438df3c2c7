"""/v1/parties/{account}/profile: how a party is called, by which documents find it; set at the registrar's desk."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from ebl_service.api.context import AccountPath, After, App, Limit, Token
from ebl_service.api.document_requests import CodeGiven
from ebl_service.api.fields import AccountField, Model
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.profile import Profile

router = APIRouter(prefix="/v1/parties", route_class=StrictRoute, tags=["parties"])
DESK = problem_responses(401, 404, 409, 413, 415)


class ProfileGiven(Model):
    """Legal name and identifying codes; they take the place of what was said before."""

    legal_name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    identifying_codes: Annotated[list[CodeGiven], Field(max_length=50, default_factory=list)]


class ProfileShown(Model):
    """How a party is called. `changedAt`: seconds since 1970."""

    account: AccountField
    legal_name: str
    identifying_codes: tuple[CodeGiven, ...]
    changed_at: int

    @classmethod
    def of(cls, profile: Profile) -> "ProfileShown":
        """As it is answered."""
        return cls(
            account=profile.account,
            legal_name=profile.legal_name,
            identifying_codes=tuple(
                CodeGiven(code_list_provider=provider, party_code=code) for provider, code in sorted(profile.codes)
            ),
            changed_at=profile.changed_at,
        )


class ProfilesPage(Model):
    """How a party was called, oldest first; `nextCursor` is null on the last page."""

    profiles: tuple[ProfileShown, ...]
    next_cursor: str | None


@router.put("/{account}/profile", responses=DESK)
async def name(account: AccountPath, given: ProfileGiven, app: App, token: Token) -> ProfileShown:
    """Say how a registered party is called. A code names one party only."""
    app.require_operator(token)
    codes = [each.code for each in given.identifying_codes]
    return ProfileShown.of(await app.naming.name(account, given.legal_name, codes))


@router.get("/{account}/profile", responses=DESK)
async def read(account: AccountPath, app: App, token: Token) -> ProfileShown:
    """How a party is called now."""
    app.require_operator(token)
    return ProfileShown.of(await app.naming.profile(account))


@router.get("/{account}/profile/changes", responses=DESK)
async def changes(account: AccountPath, app: App, token: Token, after: After = None, limit: Limit = 50) -> ProfilesPage:
    """How a party was called, oldest first."""
    app.require_operator(token)
    page = await app.naming.changes(account, after, limit)
    return ProfilesPage(profiles=tuple(ProfileShown.of(each) for each in page.items), next_cursor=page.next_cursor)

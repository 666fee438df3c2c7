"""/v1/parties/{account}/profile: how a party is called, by which documents find it; set at the registrar's desk.

Who takes part may look up the name of an account it was given; nobody but the operator lists them.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from ebl_service.api.caller import Caller
from ebl_service.api.context import AccountPath, After, App, Limit
from ebl_service.api.document_requests import CodeGiven
from ebl_service.api.fields import FIRST_FAULT, VISIBLE, AccountField, Model, RequestModel
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.caller import Scope
from ebl_service.domain.profile import Profile

router = APIRouter(prefix="/v1/parties", route_class=StrictRoute, tags=["parties"])
DESK = problem_responses(401, 403, 404, 409, 413, 415, 429)


class ProfileGiven(RequestModel):
    """Legal name and identifying codes; they take the place of what was said before."""

    legal_name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), VISIBLE]
    identifying_codes: Annotated[list[CodeGiven], FIRST_FAULT, Field(max_length=50, default_factory=list)]


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
                CodeGiven.model_validate({"codeListProvider": provider, "partyCode": code})
                for provider, code in sorted(profile.codes)
            ),
            changed_at=profile.changed_at,
        )


class ProfilesPage(Model):
    """How a party was called, oldest first; `nextCursor` is null on the last page."""

    profiles: tuple[ProfileShown, ...]
    next_cursor: str | None


@router.put("/{account}/profile", responses=DESK)
async def name(account: AccountPath, given: ProfileGiven, app: App, caller: Caller) -> ProfileShown:
    """Say how a registered party is called. A code names one party only."""
    caller.require_operator()
    codes = [each.code for each in given.identifying_codes]
    return ProfileShown.of(await app.naming.name(account, given.legal_name, codes))


@router.get("/{account}/profile", responses=DESK)
async def read(account: AccountPath, app: App, caller: Caller) -> ProfileShown:
    """How a party is called now: for whoever takes part, and has its account."""
    caller.require(Scope.READ)
    return ProfileShown.of(await app.naming.profile(account))


@router.get("/{account}/profile/changes", responses=DESK)
async def changes(
    account: AccountPath, app: App, caller: Caller, after: After = None, limit: Limit = 50
) -> ProfilesPage:
    """How a party was called, oldest first: for the operator and the party itself."""
    if caller.account != account:
        caller.require_operator()
    caller.require(Scope.READ)
    page = await app.naming.changes(account, after, limit)
    return ProfilesPage(profiles=tuple(ProfileShown.of(each) for each in page.items), next_cursor=page.next_cursor)

"""/v1/parties: who takes part, and the registrar's desk, which is open to the operator.

A party finds another by its exact account or code; who else takes part is for the operator to list.
"""

import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import Field

from ebl_service.api.act_requests import RoleName, roles_of
from ebl_service.api.caller import Caller
from ebl_service.api.context import AccountPath, After, App, Limit
from ebl_service.api.fields import FIRST_FAULT, AccountField, DigestField, Model, RequestModel
from ebl_service.api.problems import problem_responses
from ebl_service.api.signed_typed_data import JoinGiven
from ebl_service.api.strict_request import StrictRoute
from ebl_service.bootstrap import Application
from ebl_service.domain.caller import Scope
from ebl_service.domain.party import Party
from ebl_service.domain.profile import Profile
from ebl_service.domain.terms import Address, Digest, Role
from ebl_service.errors import NotFound

router = APIRouter(prefix="/v1/parties", route_class=StrictRoute, tags=["parties"])
CODE = r"^[^\x00-\x1f\x7f]{1,150}$"
PATIENCE = 10.0
"""Seconds that an answer waits for the index."""
DESK = problem_responses(401, 403, 404, 409, 413, 415, 429)


class PartyShown(Model):
    """A party. `number`: counted from 1 in the order of joining; null, as digest and nonce are, to other parties."""

    account: AccountField
    number: int | None
    roles: tuple[RoleName, ...]
    identity_digest: DigestField | None
    is_suspended: bool
    nonce: int | None

    @classmethod
    def of(cls, party: Party, *, to_another: bool = False) -> "PartyShown":
        """A party as it is answered; what only itself and the operator see left out where it is told `to_another`."""
        return cls(
            account=party.account,
            number=None if to_another else party.number,
            roles=tuple(role.name for role in Role if role in party.roles),
            identity_digest=None if to_another else party.identity_digest,
            is_suspended=party.is_suspended,
            nonce=None if to_another else party.nonce,
        )


class PartyFound(Model):
    """A party as another finds it by one of its codes, or by name."""

    account: AccountField
    legal_name: str
    roles: tuple[RoleName, ...]
    is_suspended: bool


class PartiesPage(Model):
    """`nextCursor`: null on the last page."""

    parties: tuple[PartyShown, ...]
    next_cursor: str | None


class RolesGiven(RequestModel):
    """Roles to grant or withdraw."""

    roles: Annotated[list[RoleName], FIRST_FAULT, Field(min_length=1, max_length=4)]


class DeskAnswer(Model):
    """The registrar's transaction, included in a block. The index has seen it too, unless it is far behind."""

    account: AccountField
    transaction_hash: DigestField


@router.get("", responses=problem_responses(401, 403, 429))
async def find(app: App, caller: Caller, after: After = None, limit: Limit = 50) -> PartiesPage:
    """Parties in the order of joining, for the operator; a party finds itself only."""
    caller.require(Scope.READ)
    page = await app.queries.parties(after=after, limit=limit)
    if not caller.is_operator:
        own = PartyShown.of(await app.queries.party(caller.party_with(Scope.READ)))
        return PartiesPage(parties=(own,) if after is None else (), next_cursor=None)
    return PartiesPage(parties=tuple(PartyShown.of(party) for party in page.items), next_cursor=page.next_cursor)


@router.get("/by-code", responses=problem_responses(401, 403, 404, 429))
async def by_code(
    provider: Annotated[str, Query(pattern=CODE, description="Who gives the code out, such as GLEIF or SMDG")],
    code: Annotated[str, Query(pattern=CODE, description="The code, to the letter")],
    app: App,
    caller: Caller,
) -> PartyFound:
    """The party that a code names, so that a bill can be passed to it: to the letter, and not often."""
    caller.require(Scope.READ)
    app.access.limits.count_look_up(caller.account or "operator")
    profile = await app.naming.having((provider, code))
    return await _found(app, profile)


@router.get("/by-name", responses=problem_responses(400, 401, 403, 404, 429))
async def by_name(
    name: Annotated[str, Query(min_length=1, max_length=200, description="Its legal name; case does not matter")],
    app: App,
    caller: Caller,
) -> PartyFound:
    """The party of a legal name that no other goes by: for who stands on a title on which it stands or stood."""
    caller.require(Scope.READ)
    app.access.limits.count_look_up(caller.account or "operator")
    profile = await app.by_name.by_name(None if caller.is_operator else caller.account, name)
    return await _found(app, profile)


@router.get("/{account}", responses=problem_responses(401, 403, 404, 429))
async def read(account: AccountPath, app: App, caller: Caller) -> PartyShown:
    """One party: whether an account is registered, for what, and in good standing."""
    caller.require(Scope.READ)
    is_known = caller.is_operator or caller.account == account
    return PartyShown.of(await app.queries.party(account), to_another=not is_known)


@router.post("", status_code=status.HTTP_201_CREATED, responses=DESK)
async def register(given: JoinGiven, app: App, caller: Caller) -> DeskAnswer:
    """Register a party that has signed its join."""
    caller.require_operator()
    registrar = app.registrar
    join = given.join(app.identity.parties_domain)
    transaction = await registrar.register(join)
    return await _seen(app, join.account, transaction, lambda _: True)


@router.post("/{account}/suspend", responses=DESK)
async def suspend(account: AccountPath, app: App, caller: Caller) -> DeskAnswer:
    """Stop a party issuing and receiving by new acts."""
    caller.require_operator()
    transaction = await app.registrar.suspend(account)
    return await _seen(app, account, transaction, lambda party: party.is_suspended)


@router.post("/{account}/reinstate", responses=DESK)
async def reinstate(account: AccountPath, app: App, caller: Caller) -> DeskAnswer:
    """End a suspension."""
    caller.require_operator()
    transaction = await app.registrar.reinstate(account)
    return await _seen(app, account, transaction, lambda party: not party.is_suspended)


@router.post("/{account}/grant-role", responses=DESK)
async def grant_role(account: AccountPath, given: RolesGiven, app: App, caller: Caller) -> DeskAnswer:
    """Add roles."""
    caller.require_operator()
    registrar, roles = app.registrar, roles_of(given.roles)
    transaction = await registrar.grant_role(account, int(roles))
    return await _seen(app, account, transaction, lambda party: roles in party.roles)


@router.post("/{account}/withdraw-role", responses=DESK)
async def withdraw_role(account: AccountPath, given: RolesGiven, app: App, caller: Caller) -> DeskAnswer:
    """Take roles away."""
    caller.require_operator()
    registrar, roles = app.registrar, roles_of(given.roles)
    transaction = await registrar.withdraw_role(account, int(roles))
    return await _seen(app, account, transaction, lambda party: not roles & party.roles)


async def _found(app: Application, profile: Profile) -> PartyFound:
    shown = PartyShown.of(await app.queries.party(profile.account), to_another=True)
    return PartyFound(
        account=profile.account, legal_name=profile.legal_name, roles=shown.roles, is_suspended=shown.is_suspended
    )


async def _seen(app: Application, account: Address, transaction: Digest, holds: Callable[[Party], bool]) -> DeskAnswer:
    """The answer, once the index shows the effect, so that who asks next finds it; in the end without it."""
    until = time.monotonic() + PATIENCE
    while (left := until - time.monotonic()) > 0:
        version = app.changes.version
        try:
            if holds(await app.queries.party(account)):
                break
        except NotFound:
            pass  # not yet
        await app.changes.wait(version, min(left, 1.0))
    return DeskAnswer(account=account, transaction_hash=transaction)

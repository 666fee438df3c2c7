"""Who may send a body to an endpoint: judged by the token alone, before a byte of the body is read.

    @router.post("/v1/sign-in")
    @open_to_all                                      # whoever it is
    async def sign_in(given: SignInGiven, …) -> …

    @of_role(Role.CARRIER, Scope.ISSUE)               # a party with that role, by a key with that scope; the operator

An endpoint without a mark takes bodies of callers that have signed in. Leaves to others: what the endpoint itself asks
of its caller (`api.caller`), which comes after the body; reading it (`strict_request`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ebl_service.bootstrap import Application
from ebl_service.domain.caller import Caller, Means, Scope
from ebl_service.domain.terms import Role
from ebl_service.errors.access import NotSignedIn, RoleMissing

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Entry:
    """`role`: what the party must be; `scope`: what its key must be for."""

    is_open: bool = False
    role: Role | None = None
    scope: Scope | None = None

    async def require(self, caller: Caller, app: Application) -> None:
        """Raises: NotSignedIn (401); ScopeMissing, RoleMissing (403)."""
        if self.is_open:
            return
        if caller.means is Means.NOTHING:
            raise NotSignedIn("This is for callers that have signed in")
        if self.scope is not None:
            caller.require(self.scope)
        if self.role is not None and caller.account is not None:
            party = (await app.naming.history.parties.many([caller.account])).get(caller.account)
            if party is None or self.role not in party.roles:
                raise RoleMissing(f"This is for parties with the role {self.role.name}", {"role": self.role.name})


_SIGNED_IN = Entry()
_MARKED: dict[Callable[..., Any], Entry] = {}


def open_to_all(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint that takes bodies of whoever sends them."""
    _MARKED[endpoint] = Entry(is_open=True)
    return endpoint


def of_role(role: Role, scope: Scope) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint that takes bodies of parties with a role, by keys with a scope, and of the operator."""

    def mark(endpoint: Endpoint) -> Endpoint:
        _MARKED[endpoint] = Entry(role=role, scope=scope)
        return endpoint

    return mark


def entry_of(endpoint: Callable[..., Any]) -> Entry:
    """Who may send a body there."""
    return _MARKED.get(endpoint, _SIGNED_IN)

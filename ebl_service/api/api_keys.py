"""/v1/api-keys: keys for a party's machines and the operator's, made by a person who signed in."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, status
from pydantic import Field

from ebl_service.api.caller import Caller
from ebl_service.api.context import After, App, Limit
from ebl_service.api.fields import FIRST_FAULT, VISIBLE, AccountField, Model, RequestModel
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.caller import Scope
from ebl_service.services.api_keys import LONGEST_DAYS, ApiKey

router = APIRouter(prefix="/v1/api-keys", route_class=StrictRoute, tags=["sign-in"])
ScopeName = Literal["read", "submit", "issue", "platform", "operate"]
KEPT = problem_responses(401, 403, 413, 415, 429)


class KeyAsked(RequestModel):
    """`account`: for whom the operator makes it; a party that signed in leaves it out."""

    name: Annotated[
        str, Field(strict=True, pattern=r"^[^\x00-\x1f\x7f]{1,100}$", description="What it is for"), VISIBLE
    ]
    scopes: Annotated[list[ScopeName], FIRST_FAULT, Field(min_length=1, max_length=5)]
    days: Annotated[int, Field(strict=True, ge=1, le=LONGEST_DAYS, description="How long it counts")]
    account: AccountField | None = None


class KeyShown(Model):
    """A key without its secret. `account`: null for the operator's own. `lastUsedAt` is kept to the minute."""

    id: str
    account: AccountField | None
    name: str
    scopes: tuple[ScopeName, ...]
    made_by: str
    made_at: int
    expires_at: int
    revoked_at: int | None
    last_used_at: int | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyShown":
        """A key as it is answered."""
        return cls(**_particulars(key))


class KeyMade(KeyShown):
    """A new key; `key` is its text, shown here and never again."""

    key: str


class KeysPage(Model):
    """`nextCursor`: null on the last page."""

    api_keys: tuple[KeyShown, ...]
    next_cursor: str | None


def _particulars(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.key_id,
        "account": key.account,
        "name": key.name,
        "scopes": tuple(sorted(scope.value for scope in key.scopes)),
        "made_by": key.made_by,
        "made_at": key.made_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
    }


@router.post("", status_code=status.HTTP_201_CREATED, responses=KEPT)
async def make(asked: KeyAsked, app: App, caller: Caller) -> KeyMade:
    """Make a key: for oneself, or, as the operator, for oneself or a party."""
    scopes = [Scope(name) for name in asked.scopes]
    made = await app.access.api_keys.make(caller, asked.name, scopes, asked.days, asked.account)
    return KeyMade(**_particulars(made.key), key=made.text)


@router.get("", responses=problem_responses(401, 403, 429))
async def listed(app: App, caller: Caller, after: After = None, limit: Limit = 50) -> KeysPage:
    """One's keys, by id; the operator's and every party's for the operator."""
    page = await app.access.api_keys.listed(caller, after, limit)
    return KeysPage(api_keys=tuple(KeyShown.of(key) for key in page.items), next_cursor=page.next_cursor)


@router.post("/{key_id}/revoke", responses=problem_responses(401, 403, 404, 413, 415, 429))
async def revoke(
    key_id: Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="The key's id")], app: App, caller: Caller
) -> KeyShown:
    """End a key for good."""
    return KeyShown.of(await app.access.api_keys.revoke(caller, key_id))

"""/v1/callbacks: what the service tells a party's own system, and telling it again; the key that it signs with."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from ebl_service.api.caller import Caller
from ebl_service.api.context import After, App, Limit
from ebl_service.api.fields import AccountField, Model
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.callback import Callback, CallbackState
from ebl_service.domain.caller import Caller as Asking
from ebl_service.domain.caller import Scope
from ebl_service.domain.terms import Address
from ebl_service.services.queries import number_of

router = APIRouter(prefix="/v1/callbacks", route_class=StrictRoute, tags=["carriers"])
KEPT = problem_responses(401, 403, 404, 413, 415, 429)
StateName = Literal["WAITING", "DELIVERED", "GIVEN_UP"]


class CallbackShown(Model):
    """A callback. `lastAnswer`: the receiver's status, or what went wrong. Times in seconds since 1970."""

    id: str
    account: AccountField
    path: str
    state: StateName
    made_at: int
    due_at: int
    attempts: int
    last_answer: str | None
    delivered_at: int | None

    @classmethod
    def of(cls, callback: Callback) -> "CallbackShown":
        """As it is answered."""
        return cls(
            id=callback.callback_id,
            account=callback.telling.account,
            path=callback.telling.path,
            state=callback.state.value,
            made_at=callback.made_at,
            due_at=callback.due_at,
            attempts=callback.attempts,
            last_answer=callback.last_answer,
            delivered_at=callback.delivered_at,
        )


class CallbacksPage(Model):
    """`nextCursor`: null on the last page."""

    callbacks: tuple[CallbackShown, ...]
    next_cursor: str | None


class KeyShown(Model):
    """The key that signs callbacks (RFC 9421, ECDSA P-256 with SHA-256). `platform`: this platform's code."""

    platform: str
    key_id: str
    public_key: str


@router.get("", responses=KEPT)
async def listed(
    app: App,
    caller: Caller,
    state: Annotated[StateName | None, Query(description="Only those that stand so")] = None,
    after: After = None,
    limit: Limit = 50,
) -> CallbacksPage:
    """A party's callbacks, the oldest first; everyone's for the operator."""
    wanted = CallbackState(state) if state else None
    found = await app.platform.callbacks.page(_whose(caller), wanted, number_of(after), limit + 1)
    shown = tuple(CallbackShown.of(each) for each in found[:limit])
    return CallbacksPage(callbacks=shown, next_cursor=str(found[limit - 1].number) if len(found) > limit else None)


@router.get("/key", responses=problem_responses(401, 404, 429))
async def key(app: App, _caller: Caller) -> KeyShown:
    """The public key by which a receiver knows that this service calls it."""
    signer = app.platform.signer
    return KeyShown(platform=app.platform.policy.platform, key_id=signer.key_id, public_key=signer.public_pem)


@router.post("/{callback_id}/redeliver", responses=KEPT)
async def redeliver(
    callback_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The callback's id")],
    app: App,
    caller: Caller,
) -> CallbackShown:
    """Have a callback delivered again, whatever became of it; it keeps its id."""
    return CallbackShown.of(await app.platform.redeliver(callback_id, _whose(caller)))


def _whose(caller: Asking) -> Address | None:
    caller.require(Scope.PLATFORM)
    return None if caller.is_operator else caller.party_with(Scope.PLATFORM)

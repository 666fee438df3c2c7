"""/v1/sign-in: a party signs in with its own key (EIP-4361), and out."""

from typing import Annotated

from fastapi import APIRouter, Request, status
from pydantic import Field

from ebl_service.api.caller import Caller, Where, bearer_token
from ebl_service.api.context import App
from ebl_service.api.entry import open_to_all
from ebl_service.api.fields import AccountField, BytesField, Model, RequestModel
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.sign_in import LONGEST
from ebl_service.errors import NotAllowed

router = APIRouter(route_class=StrictRoute, tags=["sign-in"])


class ChallengeAsked(RequestModel):
    """`account`: who wants to sign in."""

    account: AccountField


class ChallengeShown(Model):
    """Sign `message` with personal_sign before `expiresAt`; who writes it itself takes `nonce` and `chainId`."""

    message: str
    nonce: str
    chain_id: int
    addresses: Annotated[tuple[str, ...], Field(description="What the message may name as its URI, with their domains")]
    issued_at: int
    expires_at: int


class SignInGiven(RequestModel):
    """The message of EIP-4361, letter for letter as it was signed, and the signature over it (EIP-191)."""

    message: Annotated[str, Field(strict=True, max_length=LONGEST)]
    signature: BytesField


class SignedInShown(Model):
    """Send `Authorization: Bearer` and the token. It is shown once; it ends at `expiresAt` or with a suspension."""

    account: AccountField
    token: str
    expires_at: int


class SignedOut(Model):
    """The session is over."""

    is_signed_out: bool = True


@router.post(
    "/v1/sign-in/challenges",
    status_code=status.HTTP_201_CREATED,
    responses=problem_responses(401, 413, 415, 429),
)
@open_to_all
async def challenge(asked: ChallengeAsked, app: App, where: Where, _caller: Caller) -> ChallengeShown:
    """A message to sign, for one use within 5 minutes. The answer does not tell whether the account is a party."""
    app.access.limits.count_sign_in(where)
    given = await app.access.sign_in.challenge(asked.account)
    message = given.message
    return ChallengeShown(
        message=given.text,
        nonce=message.nonce,
        chain_id=message.chain_id,
        addresses=app.settings.addresses,
        issued_at=message.issued_at,
        expires_at=message.expires_at or message.issued_at,
    )


@router.post("/v1/sign-in", status_code=status.HTTP_201_CREATED, responses=problem_responses(401, 413, 415, 429))
@open_to_all
async def sign_in(given: SignInGiven, app: App, where: Where, _caller: Caller) -> SignedInShown:
    """A token for who signed a challenge: a registered party, by a plain key or a contract wallet (ERC-1271)."""
    app.access.limits.count_sign_in(where)
    app.access.limits.require_listening(where)
    try:
        entered = await app.access.sign_in.enter(given.message, bytes.fromhex(given.signature[2:]))
    except NotAllowed:
        app.access.limits.count_failure(where)
        raise
    return SignedInShown(account=entered.account, token=entered.token, expires_at=entered.expires_at)


@router.post("/v1/sign-out", responses=problem_responses(401, 403, 413, 415, 429))
async def sign_out(request: Request, app: App, caller: Caller) -> SignedOut:
    """End the session whose token is sent."""
    caller.signed_in()
    await app.access.admission.sign_out(bearer_token(request))
    return SignedOut()

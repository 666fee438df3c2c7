"""Who asks, as every endpoint is handed it.

    async def read(title_id: TitleIdPath, app: App, caller: Caller) -> TitleShown:
        account = caller.party_with(Scope.READ)                    # 401 unless signed in, 403 without the scope
        sight = await app.access.rights.sight(account, title_id)   # 404 alike for what is not there and not to be read
        await app.access.read_log.note(caller, sight, "document")  # before a document, record or picture is answered

`caller.party_with(scope)` gives the party's account; `caller.require_operator()` lets only the operator pass;
`caller.signed_in()` only a party with its own key (no API key); `caller.means` is NOTHING for who sent no token. A
token that is wrong is refused here (401) before the endpoint runs. Every endpoint takes a `Caller`, the public ones
too, since this is where requests are counted; and has its row in docs/access.md, which a test walks.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from ebl_service.domain.caller import Caller as Asking
from ebl_service.domain.caller import Means
from ebl_service.services.asking import who_asks

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A session's token (POST /v1/sign-in), an API key, or the operator's",
)


def bearer_token(request: Request) -> str | None:
    """The token of the request's Authorization header; None where there is no header."""
    given = request.headers.get("authorization")
    if given is None:
        return None
    scheme, token = get_authorization_scheme_param(given)
    return token.strip() if scheme.lower() == "bearer" else given


def whence(request: Request) -> str:
    """Where a request comes from, as the server sees it (a trusted proxy's word counts).

    An address of IPv4; of IPv6 its first 64 bits, since whoever has one address has all behind them.
    """
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return host
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


async def admitted(request: Request) -> Asking:
    """Who asks. The request is counted, and its token looked up, the first time this is asked of it.

    Raises: TokenRefused, LockedOut, TooManyRequests.
    """
    known: Asking | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    app, where = request.app.state.application, whence(request)
    caller: Asking = await app.access.admission.caller(bearer_token(request), where)
    counted_as = where if caller.means is Means.NOTHING else caller.party
    app.access.limits.count_request(counted_as)
    who_asks.set(counted_as)
    request.state.caller = caller
    return caller


async def _caller(request: Request, _described: Annotated[object, Depends(_BEARER)]) -> Asking:
    return await admitted(request)


Caller = Annotated[Asking, Depends(_caller)]
Where = Annotated[str, Depends(whence)]

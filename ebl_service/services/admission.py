"""Who the bearer of a token is: a party's session, an API key, or the operator.

    caller = await admission.caller(token, where)       token None: nobody in particular

Left to others: making sessions (`services.sign_in`) and keys (`services.api_keys`), what a caller may do
(`domain.caller`, `services.rights`).

Rules kept here
- Every way to be wrong is one error, and counts towards not being listened to any more.
- Secrets are compared by digest, in constant time.
"""

from ebl_service.domain.caller import NOBODY_IN_PARTICULAR, OF_A_PARTY, Caller, Means, Scope
from ebl_service.domain.terms import Digest
from ebl_service.errors.access import TokenRefused
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.rate_limits import RateLimits
from ebl_service.services.tokens import api_key_parts, are_same, digest_of, is_session
from ebl_service.store.api_keys import ApiKeyRows
from ebl_service.store.sessions import Sessions

NOTED_EVERY = 60
"""Seconds between two notes of a key's use: a write for each request would cost more than the request."""
NO_DIGEST = Digest("0x" + "0" * 64)


class Admission:
    """Lets callers in by their tokens. `operator_token`: None where the service has no operator's door."""

    def __init__(
        self,
        sessions: Sessions,
        keys: ApiKeyRows,
        limits: RateLimits,
        operator_token: str | None,
        clock: Clock = wall_clock,
    ) -> None:
        self._sessions = sessions
        self._keys = keys
        self._limits = limits
        self._operator_token = operator_token
        self._clock = clock
        self._noted: dict[str, int] = {}

    async def caller(self, token: str | None, where: str) -> Caller:
        """Who bears this token, coming from `where` (an address). Raises: TokenRefused, LockedOut."""
        if token is None:
            return NOBODY_IN_PARTICULAR
        self._limits.require_listening(where)
        caller = await self._bearer(token)
        if caller is None:
            self._limits.count_failure(where)
            raise TokenRefused("The token is none of this service's, or it has ended")
        return caller

    async def sign_out(self, token: str | None) -> None:
        """End the session of this token, where it is one's."""
        if token is not None and is_session(token):
            await self._sessions.end(digest_of(token))

    async def _bearer(self, token: str) -> Caller | None:
        if is_session(token):
            return await self._session(digest_of(token))
        parts = api_key_parts(token)
        if parts is not None:
            return await self._key(*parts)
        if self._operator_token is not None and are_same(token, self._operator_token):
            return Caller(Means.OPERATOR_TOKEN, scopes=frozenset({Scope.OPERATE}), name="operator")
        return None

    async def _session(self, token_digest: Digest) -> Caller | None:
        account = await self._sessions.account_of(token_digest, self._clock())
        if account is None:
            return None
        return Caller(Means.SIGN_IN, account, OF_A_PARTY, f"session {token_digest[2:10]}")

    async def _key(self, key_id: str, secret: str) -> Caller | None:
        now = self._clock()
        found = await self._keys.live(key_id, now)
        if not are_same(digest_of(secret), found[1] if found else NO_DIGEST) or found is None:
            return None
        key = found[0]
        if now - self._noted.get(key_id, -NOTED_EVERY) >= NOTED_EVERY:
            self._noted[key_id] = now
            await self._keys.note_use(key_id, now)
        return Caller(Means.API_KEY, key.account, key.scopes, f"key {key_id}")

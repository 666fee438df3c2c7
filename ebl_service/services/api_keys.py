"""API keys for a party's machines and the operator's: made, listed, revoked.

Left to others: letting a key's bearer in (`services.admission`).

Rules kept here
- The key's text is shown when it is made and never again.
- A party that signed in makes keys for itself; the operator makes them for itself, and for a party it serves. No key
  makes keys; one that operates speaks for no party, and only the operator makes it.
- Every key ends: by its time, by being revoked; a suspended party's do not count.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ebl_service.domain.caller import Caller, Means, Scope
from ebl_service.domain.terms import Address
from ebl_service.errors import InvalidRequest, NotFound
from ebl_service.errors.access import OperatorOnly, ScopeMissing
from ebl_service.errors.requests import BadValue
from ebl_service.services.answers import Page
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.tokens import new_api_key
from ebl_service.store.api_keys import ApiKey, ApiKeyRows

__all__ = ["LONGEST_DAYS", "ApiKey", "ApiKeys", "MadeKey"]

DAY = 86_400
LONGEST_DAYS = 366
_KEY_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key and its text, which nobody sees again."""

    key: ApiKey
    text: str = field(repr=False)


class ApiKeys:
    """The use cases of API keys."""

    def __init__(self, rows: ApiKeyRows, clock: Clock = wall_clock) -> None:
        self._rows = rows
        self._clock = clock

    async def make(
        self, caller: Caller, name: str, scopes: Sequence[Scope], days: int, account: Address | None = None
    ) -> MadeKey:
        """A key that counts for so many days. `account`: for whom the operator makes it; None: for the caller itself.

        Raises: NotSignedIn, SignInNeeded, ScopeMissing, OperatorOnly, BadValue.
        """
        speaks_for = self._speaks_for(caller, account)
        if not 1 <= days <= LONGEST_DAYS:
            raise BadValue(f"days: 1 to {LONGEST_DAYS}, not {days}", {"at": "days", "most": LONGEST_DAYS})
        if Scope.OPERATE in scopes and (speaks_for is not None or len(set(scopes)) > 1):
            raise OperatorOnly("A key that operates speaks for no party, has no other scope, and is the operator's")
        if speaks_for is None and Scope.OPERATE not in scopes:
            raise BadValue("account: name the party that the key speaks for", {"at": "account"})
        now, made = self._clock(), new_api_key()
        key = ApiKey(made.key_id, speaks_for, name, frozenset(scopes), caller.party, now, now + days * DAY)
        await self._rows.put(key, made.secret_digest)
        return MadeKey(key, made.text)

    async def listed(self, caller: Caller, after: str | None, limit: int) -> Page[ApiKey]:
        """The caller's keys, the operator's everyone's, by id.

        Raises: NotSignedIn, SignInNeeded, ScopeMissing; InvalidRequest (the cursor).
        """
        account = self._speaks_for(caller, None)
        if after is not None and not _KEY_ID.fullmatch(after):
            raise InvalidRequest("The cursor is not one that was given out here.", {"after": after})
        rows = await self._rows.page(account, after or "", limit + 1, everyones=caller.is_operator)
        return Page(tuple(rows[:limit]), rows[limit - 1].key_id if len(rows) > limit else None)

    async def revoke(self, caller: Caller, key_id: str) -> ApiKey:
        """End a key for good. Raises: NotSignedIn, SignInNeeded, ScopeMissing; NotFound (none, or another's)."""
        account = self._speaks_for(caller, None)
        ended = await self._rows.revoke(key_id, account, self._clock(), everyones=caller.is_operator)
        if ended is None:
            raise NotFound(f"There is no API key {key_id} of yours.", {"key": key_id})
        return ended

    def _speaks_for(self, caller: Caller, account: Address | None) -> Address | None:
        if not caller.is_operator:
            mine = caller.signed_in()
            if account not in (None, mine):
                raise OperatorOnly("Only the operator makes keys for another party")
            return mine
        if caller.means is Means.API_KEY:
            raise ScopeMissing("No API key makes, lists or revokes keys; use the operator's token")
        return account

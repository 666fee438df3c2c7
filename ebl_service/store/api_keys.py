"""API keys as rows: of a key's secret there is a digest only. This is the only writer of the table.

Left to others: what a key looks like, who may make one (`services.api_keys`).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select, update

from ebl_service.domain.caller import Scope
from ebl_service.domain.terms import Address, Digest, Seconds
from ebl_service.store import tables
from ebl_service.store.access_tables import api_keys
from ebl_service.store.database import Database


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. `account`: the party it speaks for, None for the operator's own.

    `made_by`: an account, or `operator`. Times are seconds since 1970; `last_used_at` is kept to the minute.
    """

    key_id: str
    account: Address | None
    name: str
    scopes: frozenset[Scope]
    made_by: str
    made_at: Seconds
    expires_at: Seconds
    revoked_at: Seconds | None = None
    last_used_at: Seconds | None = None


class ApiKeyRows:
    """Reads and writes API keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, key: ApiKey, secret_digest: Digest) -> None:
        """A new key."""
        values = {
            "key_id": key.key_id,
            "secret_digest": secret_digest,
            "account": key.account,
            "name": key.name,
            "scopes": " ".join(sorted(key.scopes)),
            "made_by": key.made_by,
            "made_at": key.made_at,
            "expires_at": key.expires_at,
        }
        async with self._database.writing() as connection:
            await connection.execute(insert(api_keys).values(values))

    async def live(self, key_id: str, now: Seconds) -> tuple[ApiKey, Digest] | None:
        """A key that counts now, and its secret's digest; a suspended party's does not."""
        parties = tables.parties.c
        query = (
            select(api_keys)
            .outerjoin(tables.parties, parties.account == api_keys.c.account)
            .where(api_keys.c.key_id == key_id, api_keys.c.revoked_at.is_(None), api_keys.c.expires_at > now)
            .where(or_(api_keys.c.account.is_(None), parties.is_suspended.is_(False)))
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else (_key_of(row), Digest(row.secret_digest))

    async def page(self, account: Address | None, after: str, limit: int, *, everyones: bool) -> list[ApiKey]:
        """At most `limit` keys with ids above `after`: of the account, or of everyone."""
        query = select(api_keys).where(api_keys.c.key_id > after).order_by(api_keys.c.key_id).limit(limit)
        if not everyones:
            query = query.where(api_keys.c.account == account)
        async with self._database.reading() as connection:
            return [_key_of(row) for row in await connection.execute(query)]

    async def revoke(self, key_id: str, account: Address | None, now: Seconds, *, everyones: bool) -> ApiKey | None:
        """End a key of the account (or anyone's) for good; None where there is no such key."""
        mine = [api_keys.c.key_id == key_id]
        if not everyones:
            mine.append(api_keys.c.account == account)
        async with self._database.writing() as connection:
            ended = update(api_keys).where(*mine, api_keys.c.revoked_at.is_(None)).values(revoked_at=now)
            await connection.execute(ended)
            row = (await connection.execute(select(api_keys).where(*mine))).one_or_none()
        return None if row is None else _key_of(row)

    async def note_use(self, key_id: str, now: Seconds) -> None:
        """It was used."""
        async with self._database.writing() as connection:
            await connection.execute(update(api_keys).where(api_keys.c.key_id == key_id).values(last_used_at=now))


def _key_of(row: Any) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        account=None if row.account is None else Address(row.account),
        name=row.name,
        scopes=frozenset(Scope(word) for word in row.scopes.split()),
        made_by=row.made_by,
        made_at=row.made_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )

"""Grants as rows: who lets whom read which title until when. This is the only writer of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select, update

from ebl_service.domain.terms import Address, Seconds, TitleId
from ebl_service.store.access_tables import grants
from ebl_service.store.database import Database


@dataclass(frozen=True, slots=True)
class Grant:
    """`grantee` may read what `granter` may read of the title. Times are seconds since 1970."""

    number: int
    title_id: TitleId
    granter: Address
    grantee: Address
    granted_at: Seconds
    expires_at: Seconds
    revoked_at: Seconds | None = None


class GrantRows:
    """Reads and writes grants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self, title_id: TitleId, granter: Address, grantee: Address, now: Seconds, expires_at: Seconds
    ) -> Grant:
        """A new grant."""
        values = {
            "title_id": title_id,
            "granter": granter,
            "grantee": grantee,
            "granted_at": now,
            "expires_at": expires_at,
        }
        async with self._database.writing() as connection:
            row = (await connection.execute(insert(grants).values(values).returning(grants))).one()
        return _grant_of(row)

    async def of(self, account: Address, title_id: TitleId | None, after: int, limit: int, now: Seconds) -> list[Grant]:
        """At most `limit` grants that count now, numbered above `after`, by or for the account."""
        mine = or_(grants.c.granter == account, grants.c.grantee == account)
        query = select(grants).where(mine, grants.c.number > after, *_live(now)).order_by(grants.c.number).limit(limit)
        if title_id is not None:
            query = query.where(grants.c.title_id == title_id)
        async with self._database.reading() as connection:
            return [_grant_of(row) for row in await connection.execute(query)]

    async def revoke(self, number: int, granter: Address, now: Seconds) -> Grant | None:
        """End a grant of this granter's for good; None where there is no such grant."""
        mine = (grants.c.number == number, grants.c.granter == granter)
        async with self._database.writing() as connection:
            await connection.execute(update(grants).where(*mine, grants.c.revoked_at.is_(None)).values(revoked_at=now))
            row = (await connection.execute(select(grants).where(*mine))).one_or_none()
        return None if row is None else _grant_of(row)


def live_granters(account: Address, title_id: TitleId, now: Seconds) -> Any:
    """The query for who lets the account read the title now."""
    query = select(grants.c.granter).where(grants.c.grantee == account, grants.c.title_id == title_id, *_live(now))
    return query.distinct().order_by(grants.c.granter)


def live_grants(account: Address, title_ids: Sequence[TitleId], now: Seconds) -> Any:
    """The query for who lets the account read which of these titles now."""
    query = select(grants.c.title_id, grants.c.granter)
    query = query.where(grants.c.grantee == account, grants.c.title_id.in_(title_ids), *_live(now))
    return query.distinct().order_by(grants.c.title_id, grants.c.granter)


def _live(now: Seconds) -> tuple[Any, ...]:
    return (grants.c.revoked_at.is_(None), grants.c.expires_at > now)


def _grant_of(row: Any) -> Grant:
    return Grant(
        number=row.number,
        title_id=TitleId(row.title_id),
        granter=Address(row.granter),
        grantee=Address(row.grantee),
        granted_at=row.granted_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )

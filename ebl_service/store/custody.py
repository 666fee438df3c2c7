"""Mandates that turn custody on, and every use of a key under them.

Rules kept: a mandate that ended never counts again; at most one counts at a time for an account; a use is on record
before anything is signed, so that a crash cannot sign beyond the daily cap, nor twice with two deadlines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ebl_service.domain.custody import DAY, Mandate
from ebl_service.domain.terms import Address, Seconds
from ebl_service.errors.platform import MandateEnded
from ebl_service.store.database import Database, Turn
from ebl_service.store.leases import require_lease
from ebl_service.store.platform_tables import custody_uses, mandates


@dataclass(frozen=True, slots=True)
class CustodyUse:
    """A use of an account's key. `deadline`: of the signed act. `cause`: why it was signed."""

    number: int
    act_id: str
    account: Address
    mandate: str
    verb: str
    cause: str
    deadline: Seconds
    used_at: Seconds


class CustodyBook:
    """Writes and reads mandates and uses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, mandate: Mandate, digest: str, statement: str, now: Seconds) -> None:
        """This mandate counts from now on, in place of any other of its account. Raises: MandateEnded."""
        row = {
            "digest": digest,
            "account": mandate.account,
            "statement": statement,
            "verbs": ",".join(sorted(mandate.verbs)),
            "acts_a_day": mandate.acts_a_day,
            "expires_at": mandate.expires_at,
            "taken_at": now,
        }
        new = (sqlite if self._database.is_sqlite else postgresql).insert(mandates).values(row)
        columns = mandates.c
        async with self._database.writing() as connection:
            await self._database.wait_for(connection, Turn.TAKE_MANDATE, [mandate.account])
            await connection.execute(new.on_conflict_do_nothing())
            kept = (await connection.execute(select(mandates).where(columns.digest == digest))).one()
            if kept.ended_at is not None:
                raise MandateEnded(f"The mandate {digest} ended", {"mandate": digest})
            others = (columns.account == mandate.account, columns.digest != digest, columns.ended_at.is_(None))
            await connection.execute(update(mandates).where(*others).values(ended_at=now))

    async def end(self, account: Address, now: Seconds) -> bool:
        """Turn custody off for an account; whether it was on."""
        running = (mandates.c.account == account, mandates.c.ended_at.is_(None))
        async with self._database.writing() as connection:
            return (await connection.execute(update(mandates).where(*running).values(ended_at=now))).rowcount > 0

    async def mandate(self, account: Address) -> tuple[str, Mandate] | None:
        """The mandate that has not ended, with its digest; it may have expired."""
        query = select(mandates).where(mandates.c.account == account, mandates.c.ended_at.is_(None))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return row.digest, Mandate(account, frozenset(row.verbs.split(",")), row.acts_a_day, row.expires_at)

    async def accounts(self) -> list[Address]:
        """Those whose custody is on, or was until its mandate expired."""
        query = select(mandates.c.account).where(mandates.c.ended_at.is_(None)).order_by(mandates.c.taken_at)
        async with self._database.reading() as connection:
            return [Address(row.account) for row in await connection.execute(query)]

    async def used(self, account: Address, now: Seconds) -> int:
        """How often its key was used this UTC day."""
        query = select(func.count()).where(custody_uses.c.account == account, custody_uses.c.day == now // DAY)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one()

    async def note(self, uses: Sequence[CustodyUse], work: str, holder: str) -> None:
        """Put uses on record, all or none; their numbers are given here.

        `holder`: who has the lease of `work`, and so reckoned them by itself. Raises: LeadershipLost.
        """
        if not uses:
            return
        rows = [
            {
                "act_id": use.act_id,
                "account": use.account,
                "mandate": use.mandate,
                "verb": use.verb,
                "cause": use.cause,
                "day": use.used_at // DAY,
                "deadline": use.deadline,
                "used_at": use.used_at,
            }
            for use in uses
        ]
        async with self._database.writing() as connection:
            await require_lease(connection, holder, work)
            await connection.execute(custody_uses.insert(), rows)

    async def last_uses(self, act_ids: Iterable[str]) -> dict[str, CustodyUse]:
        """The newest use for each of these acts that was signed for."""
        query = select(custody_uses).where(custody_uses.c.act_id.in_(set(act_ids))).order_by(custody_uses.c.number)
        async with self._database.reading() as connection:
            return {row.act_id: _use(row) for row in await connection.execute(query)}

    async def uses(self, account: Address, after: int, limit: int) -> list[CustodyUse]:
        """Uses of the account's key by number, from the one after `after`."""
        columns = custody_uses.c
        query = select(custody_uses).where(columns.account == account, columns.number > after)
        async with self._database.reading() as connection:
            return [_use(row) for row in await connection.execute(query.order_by(columns.number).limit(limit))]


def _use(row: object) -> CustodyUse:
    values = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001 (SQLAlchemy's public name)
    fields = ("number", "act_id", "account", "mandate", "verb", "cause", "deadline", "used_at")
    return CustodyUse(**{name: values[name] for name in fields})

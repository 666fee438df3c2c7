"""Who may send: one process of a database holds the lease of a work, the others stand by.

A lease runs out by itself, so a dead holder is replaced. It also fences: each write of the holder asks within its own
transaction whether the lease is still its own, so a holder that slept through its lease writes nothing.

Leases go by the database's clock, not by a process's: PostgreSQL's, or that of SQLite's machine. One that ends later
than any lease can was written by a clock that was wrong, and holds nobody up.
"""

from sqlalchemy import BigInteger, ColumnElement, cast, delete, exists, extract, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.errors.submissions import LeadershipLost
from ebl_service.store import tables
from ebl_service.store.database import Database

RELAY = "relay"
MAX_SECONDS = 300
"""The longest lease that may be asked for (EBL_LEASE_SECONDS)."""


class Leases:
    """Takes, renews and gives back a lease. `name`: of the work; the relay's where none is given."""

    def __init__(self, database: Database, name: str = RELAY) -> None:
        self.name = name
        self._database = database

    async def hold(self, holder: str, seconds: int) -> bool:
        """Take or renew the lease; False while another holds it."""
        leases, now = tables.leases, _now(self._database)
        new = (sqlite if self._database.is_sqlite else postgresql).insert(leases)
        new = new.values(name=self.name, holder=holder, until=now + _whole(seconds))
        mine = {"holder": new.excluded.holder, "until": new.excluded.until}
        # In one statement: between two, who has it might give it back, and the row would be gone.
        is_free = or_(leases.c.holder == holder, leases.c.until <= now, leases.c.until > now + _whole(MAX_SECONDS))
        taken = new.on_conflict_do_update(index_elements=["name"], set_=mine, where=is_free)
        async with self._database.writing() as connection:
            return (await connection.execute(taken)).rowcount == 1

    async def is_held(self) -> bool:
        """Whether any process holds it now."""
        leases, now = tables.leases.c, _now(self._database)
        held = exists().where(leases.name == self.name, leases.until > now, leases.until <= now + _whole(MAX_SECONDS))
        async with self._database.reading() as connection:
            return bool((await connection.execute(select(held))).scalar_one())

    async def give_back(self, holder: str) -> None:
        """Let another process take over at once."""
        leases = tables.leases
        async with self._database.writing() as connection:
            await connection.execute(delete(leases).where(leases.c.name == self.name, leases.c.holder == holder))


async def require_lease(connection: AsyncConnection, holder: str, name: str = RELAY) -> None:
    """Lock the lease for this transaction. Raises: LeadershipLost where another has it."""
    leases = tables.leases
    query = select(leases.c.holder).where(leases.c.name == name).with_for_update()
    if (await connection.execute(query)).scalar_one_or_none() != holder:
        raise LeadershipLost(f"Another process does the work {name} for this database now.")


def _whole(seconds: int) -> int:
    """A lease's length where the clock tells whole seconds: one more, so that it is never shorter than was asked."""
    return min(seconds, MAX_SECONDS) + 1 if seconds else 0


def _now(database: Database) -> ColumnElement[int]:
    """Seconds since 1970 by the database's clock."""
    seconds = func.strftime("%s", "now") if database.is_sqlite else extract("epoch", func.clock_timestamp())
    return cast(seconds if database.is_sqlite else func.floor(seconds), BigInteger)

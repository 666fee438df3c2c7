"""Who may send: one process of a database holds the lease of a work, the others stand by.

A lease runs out by itself, so a dead holder is replaced. It also fences: each write of the holder asks within its own
transaction whether the lease is still its own, so a holder that slept through its lease writes nothing. Clocks that
differ delay a change of holders; they cannot make two.
"""

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.terms import Seconds
from ebl_service.errors.submissions import LeadershipLost
from ebl_service.store import tables
from ebl_service.store.database import Database

RELAY = "relay"


class Leases:
    """Takes, renews and gives back a lease. `name`: of the work; the relay's where none is given."""

    def __init__(self, database: Database, name: str = RELAY) -> None:
        self._database = database
        self._name = name

    async def hold(self, holder: str, now: Seconds, seconds: int) -> bool:
        """Take or renew the lease; False while another holds it."""
        leases, mine = tables.leases, {"holder": holder, "until": now + seconds}
        new = (sqlite if self._database.is_sqlite else postgresql).insert(leases).values(name=self._name, **mine)
        is_free = or_(leases.c.holder == holder, leases.c.until <= now)
        # In one statement: between two, who has it might give it back, and the row would be gone.
        taken = new.on_conflict_do_update(index_elements=["name"], set_=mine, where=is_free)
        async with self._database.writing() as connection:
            return (await connection.execute(taken)).rowcount == 1

    async def give_back(self, holder: str) -> None:
        """Let another process take over at once."""
        leases = tables.leases
        async with self._database.writing() as connection:
            await connection.execute(delete(leases).where(leases.c.name == self._name, leases.c.holder == holder))


async def require_lease(connection: AsyncConnection, holder: str, name: str = RELAY) -> None:
    """Lock the lease for this transaction. Raises: LeadershipLost where another has it."""
    leases = tables.leases
    query = select(leases.c.holder).where(leases.c.name == name).with_for_update()
    if (await connection.execute(query)).scalar_one_or_none() != holder:
        raise LeadershipLost(f"Another process does the work {name} for this database now.")

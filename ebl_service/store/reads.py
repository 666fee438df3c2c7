"""The log of reads: who read which document, record or picture, when. Rows are added, never changed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select

from ebl_service.domain.terms import Address, Seconds, TitleId
from ebl_service.store.access_tables import reads
from ebl_service.store.database import Database


@dataclass(frozen=True, slots=True)
class Read:
    """One read. `sequence`: the title's as the reader saw it. `reader`: an account. `means`, `name`: how it came in.

    `granted_by`: the party whose grant it was, None where the reader's own right sufficed.
    """

    title_id: TitleId
    sequence: int
    reader: Address
    means: str
    name: str
    what: str
    granted_by: Address | None
    read_at: Seconds
    number: int = 0


class Reads:
    """Reads and writes the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, read: Read) -> None:
        """Write it down."""
        values = {name: getattr(read, name) for name in reads.c.keys() if name != "number"}  # noqa: SIM118
        async with self._database.writing() as connection:
            await connection.execute(insert(reads).values(values))

    async def page(
        self, title_id: TitleId, after: int, limit: int, *, before_sequence: int | None, reader: Address
    ) -> list[Read]:
        """At most `limit` reads of a title numbered above `after`: all, or those before an act and the reader's own."""
        query = select(reads).where(reads.c.title_id == title_id, reads.c.number > after)
        if before_sequence is not None:
            query = query.where(or_(reads.c.sequence < before_sequence, reads.c.reader == reader))
        async with self._database.reading() as connection:
            found = await connection.execute(query.order_by(reads.c.number).limit(limit))
            return [_read_of(row) for row in found]


def _read_of(row: Any) -> Read:
    return Read(
        title_id=TitleId(row.title_id),
        sequence=row.sequence,
        reader=Address(row.reader),
        means=row.means,
        name=row.name,
        what=row.what,
        granted_by=None if row.granted_by is None else Address(row.granted_by),
        read_at=row.read_at,
        number=row.number,
    )

"""How far the event stream has been announced to carriers, and what follows from each stretch of it.

Rules kept: what follows from events and the place in the stream are written in one transaction, so that nothing is
announced twice or left out, wherever the process ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from ebl_service.domain.callback import Telling
from ebl_service.domain.terms import Seconds, TitleId
from ebl_service.errors.submissions import LeadershipLost
from ebl_service.store.callbacks import tell
from ebl_service.store.database import Database
from ebl_service.store.issuances import ISSUED, IssuanceRow, close_issuance
from ebl_service.store.platform_tables import announced
from ebl_service.store.surrenders import SurrenderRow, end_surrenders, open_surrender
from ebl_service.store.waiting_acts import end_waiting


@dataclass(frozen=True, slots=True)
class BillIssued:
    """A title that a carrier asked for is final. `state`: ISSUED, or REFUSED where it is not the one asked for.

    `telling`: None where the carrier cannot be told.
    """

    request: IssuanceRow
    telling: Telling | None
    state: str = ISSUED


@dataclass(frozen=True, slots=True)
class SurrenderMade:
    """A holder's surrender request is final. `telling`: None where the carrier cannot be told."""

    request: SurrenderRow
    telling: Telling | None


@dataclass(frozen=True, slots=True)
class TitleWentOn:
    """A title has reached this sequence at a final block."""

    title_id: TitleId
    sequence: int


Consequence = BillIssued | SurrenderMade | TitleWentOn


class Announcements:
    """The place in the stream, and its consequences."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def position(self) -> int:
        """The last line that was announced; 0 before the first."""
        async with self._database.reading() as connection:
            return (await connection.execute(select(announced.c.line))).scalar_one_or_none() or 0

    async def write(self, before: int, line: int, consequences: Sequence[Consequence], now: Seconds) -> None:
        """Everything that follows from the lines after `before` up to `line`. Raises: LeadershipLost."""
        new = (sqlite if self._database.is_sqlite else postgresql).insert(announced).values(one=1, line=0)
        async with self._database.writing() as connection:
            await connection.execute(new.on_conflict_do_nothing(index_elements=["one"]))
            moved = update(announced).where(announced.c.line == before).values(line=line)
            if (await connection.execute(moved)).rowcount != 1:
                raise LeadershipLost("Another process announces for this database now.")
            for each in consequences:
                match each:
                    case BillIssued(request, telling, state):
                        await close_issuance(self._database, connection, request, telling, state, now)
                    case SurrenderMade(request, telling):
                        await open_surrender(self._database, connection, request)
                        await tell(self._database, connection, [telling] if telling else [], now)
                    case TitleWentOn(title_id, sequence):
                        await end_surrenders(connection, title_id, sequence)  # first: then no answer comes after
                        await end_waiting(connection, title_id, sequence)

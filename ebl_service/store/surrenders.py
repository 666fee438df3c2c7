"""Surrender requests that carriers were told of, and their answers.

Rules kept here
- A request is answered once; what ended without the carrier's answer (withdrawn by the holder) takes none.
- An answer whose act came to nothing can be given again, for as long as the title waits for one.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.callback import Telling
from ebl_service.domain.terms import Address, Seconds, TitleId, digest
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.errors.platform import SurrenderNotOpen
from ebl_service.store.callbacks import tell
from ebl_service.store.database import Database
from ebl_service.store.platform_tables import surrender_requests, waiting_acts
from ebl_service.store.waiting_acts import put_waiting

OPEN, ACCEPTED, REJECTED, ENDED = "OPEN", "ACCEPTED", "REJECTED", "ENDED"


@dataclass(frozen=True, slots=True)
class SealedAnswer:
    """What a carrier says in its answer, as it is kept."""

    comments: bytes | None = field(default=None, repr=False)
    feedback: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SurrenderRow:
    """A request. `sequence`: of the title after the request. `account`: the carrier's, which may say something."""

    request_id: str
    account: Address
    title_id: TitleId
    sequence: int
    state: str
    made_at: Seconds
    said: SealedAnswer = SealedAnswer()


def request_id_of(title_id: TitleId, sequence: int) -> str:
    """The reference of a surrender request: 32 hexadecimal digits, never used again. `sequence`: after it."""
    return digest(title_id, sequence)[2:34]


class Surrenders:
    """Writes answers, reads requests; they are opened and ended by what becomes final."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_carrier(self, account: Address, request_id: str) -> SurrenderRow:
        """The open request of this reference. Raises: SurrenderNotOpen, whatever the reason."""
        async with self._database.reading() as connection:
            query = select(surrender_requests).where(surrender_requests.c.request_id == request_id)
            row = (await connection.execute(query)).one_or_none()
        if row is None or row.account != account or row.state != OPEN:
            raise SurrenderNotOpen(f"No surrender request {request_id} waits for an answer")
        return _row(row)

    async def of_title(self, title_id: TitleId) -> dict[int, SurrenderRow]:
        """The title's requests, by its sequence after each."""
        query = select(surrender_requests).where(surrender_requests.c.title_id == title_id)
        async with self._database.reading() as connection:
            return {row.sequence: _row(row) for row in await connection.execute(query)}

    async def answer(self, row: SurrenderRow, state: str, said: SealedAnswer, waiting: WaitingAct) -> None:
        """Keep the answer with the act that says it on the ledger. Raises: SurrenderNotOpen."""
        columns = surrender_requests.c
        still = update(surrender_requests).where(columns.request_id == row.request_id, columns.state == OPEN)
        values = {"state": state, **_values(said), "answered_at": waiting.made_at}
        async with self._database.writing() as connection:
            if (await connection.execute(still.values(values))).rowcount != 1:
                raise SurrenderNotOpen(f"No surrender request {row.request_id} waits for an answer")
            await put_waiting(self._database, connection, waiting)

    async def reopen(self, waiting: WaitingAct, telling: Telling | None, now: Seconds) -> bool:
        """Take back an answer whose act came to nothing, and tell the carrier that the request is open again.

        Returns False, and changes nothing, where the title has gone on: then no answer is wanted any more.
        """
        acts, columns = waiting_acts.c, surrender_requests.c
        title_id, sequence = waiting.title
        act = update(waiting_acts).where(acts.act_id == waiting.act_id, acts.is_over.is_(False)).values(is_over=True)
        answered = (columns.title_id == title_id, columns.sequence == sequence, columns.state.in_((ACCEPTED, REJECTED)))
        values = {"state": OPEN, **_values(SealedAnswer()), "answered_at": None}
        async with self._database.writing() as connection:
            if (await connection.execute(act)).rowcount != 1:
                return False
            await connection.execute(update(surrender_requests).where(*answered).values(values))
            await tell(self._database, connection, [telling] if telling else [], now)
        return True


async def open_surrender(database: Database, connection: AsyncConnection, row: SurrenderRow) -> None:
    """A request became final; within the transaction that says so."""
    values = {
        "request_id": row.request_id,
        "account": row.account,
        "title_id": row.title_id,
        "sequence": row.sequence,
        "state": row.state,
        "made_at": row.made_at,
    }
    new = (sqlite if database.is_sqlite else postgresql).insert(surrender_requests).values(values)
    await connection.execute(new.on_conflict_do_nothing(index_elements=["request_id"]))


async def end_surrenders(connection: AsyncConnection, title_id: TitleId, sequence: int) -> None:
    """The title went on to `sequence`: requests before it take no answer any more."""
    columns = surrender_requests.c
    passed = (columns.title_id == title_id, columns.sequence < sequence, columns.state == OPEN)
    await connection.execute(update(surrender_requests).where(*passed).values(state=ENDED))


def _values(said: SealedAnswer) -> dict[str, bytes | None]:
    return {"sealed_comments": said.comments, "sealed_feedback": said.feedback}


def _row(row: Any) -> SurrenderRow:
    return SurrenderRow(
        request_id=row.request_id,
        account=Address(row.account),
        title_id=TitleId(row.title_id),
        sequence=row.sequence,
        state=row.state,
        made_at=row.made_at,
        said=SealedAnswer(row.sealed_comments, row.sealed_feedback),
    )

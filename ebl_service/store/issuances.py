"""Carriers' requests to have bills issued, and what became of each.

Rules kept here
- Of one number of one carrier at most one request is open (a unique index holds it, whoever asks at once).
- A request and the act that fulfils it are stored together; so are its end and what the carrier is told of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.callback import Telling
from ebl_service.domain.terms import Address, Digest, Seconds, TitleId
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.errors.platform import BillAlreadyAsked
from ebl_service.store.callbacks import tell
from ebl_service.store.database import Database
from ebl_service.store.platform_tables import issuance_requests, waiting_acts
from ebl_service.store.waiting_acts import end_act, put_waiting

OPEN, ISSUED, REFUSED = "OPEN", "ISSUED", "REFUSED"


@dataclass(frozen=True, slots=True)
class IssuanceRow:
    """A request. `title_id`, `commitment`, `act_id`: of the title that is to be; None where it was refused at once."""

    number: int
    account: Address
    reference_digest: Digest
    title_id: TitleId | None
    commitment: Digest | None
    act_id: str | None
    state: str
    received_at: Seconds


class Issuances:
    """Writes and reads issuance requests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_open(self, account: Address, reference_digest: Digest) -> bool:
        """Whether a request for this number waits for its answer."""
        columns = issuance_requests.c
        query = select(columns.number).where(
            columns.account == account, columns.reference_digest == reference_digest, columns.state == OPEN
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def accept(
        self, reference_digest: Digest, title_id: TitleId, commitment: Digest, waiting: WaitingAct
    ) -> None:
        """Open a request with the act that fulfils it. Raises: BillAlreadyAsked where one is open."""
        row = {
            "account": waiting.account,
            "reference_digest": reference_digest,
            "title_id": title_id,
            "commitment": commitment,
            "act_id": waiting.act_id,
            "state": OPEN,
            "received_at": waiting.made_at,
        }
        new = (sqlite if self._database.is_sqlite else postgresql).insert(issuance_requests).values(row)
        async with self._database.writing() as connection:
            if (await connection.execute(new.on_conflict_do_nothing())).rowcount != 1:
                raise BillAlreadyAsked("A bill of this number is asked for already, and not answered yet")
            await put_waiting(self._database, connection, waiting)

    async def refuse(self, reference_digest: Digest, telling: Telling, now: Seconds) -> None:
        """Keep a request that was refused at once, and what the carrier is told."""
        row = {
            "account": telling.account,
            "reference_digest": reference_digest,
            "state": REFUSED,
            "received_at": now,
            "closed_at": now,
        }
        async with self._database.writing() as connection:
            made = issuance_requests.insert().values(row).returning(issuance_requests.c.number)
            number = (await connection.execute(made)).scalar_one()
            await tell(self._database, connection, [_caused(telling, number)], now)

    async def of_titles(self, title_ids: Iterable[TitleId]) -> dict[TitleId, IssuanceRow]:
        """The open requests of these titles."""
        return await self._open(issuance_requests.c.title_id.in_(set(title_ids)))

    async def of_acts(self, act_ids: Iterable[str]) -> dict[TitleId, IssuanceRow]:
        """The open requests that these acts fulfil, by their titles."""
        return await self._open(issuance_requests.c.act_id.in_(set(act_ids)))

    async def past_their_time(self, now: Seconds, most: int) -> list[IssuanceRow]:
        """At most so many open requests whose act was not signed in time, the first asked first."""
        acts, columns = waiting_acts.c, issuance_requests.c
        query = select(issuance_requests).join(waiting_acts, acts.act_id == columns.act_id)
        query = query.where(acts.is_over.is_(False), acts.until < now, columns.state == OPEN)
        async with self._database.reading() as connection:
            return [_row(row) for row in await connection.execute(query.order_by(columns.number).limit(most))]

    async def close(self, row: IssuanceRow, telling: Telling | None, state: str, now: Seconds) -> None:
        """End a request, its act, and tell the carrier where there is something to tell."""
        async with self._database.writing() as connection:
            await close_issuance(self._database, connection, row, telling, state, now)

    async def _open(self, which: Any) -> dict[TitleId, IssuanceRow]:
        query = select(issuance_requests).where(which, issuance_requests.c.state == OPEN)
        async with self._database.reading() as connection:
            return {TitleId(row.title_id): _row(row) for row in await connection.execute(query)}


async def close_issuance(
    database: Database, connection: AsyncConnection, row: IssuanceRow, telling: Telling | None, state: str, now: Seconds
) -> None:
    """End a request within the transaction of its cause; one that is closed already stays as it is."""
    columns = issuance_requests.c
    still = update(issuance_requests).where(columns.number == row.number, columns.state == OPEN)
    if (await connection.execute(still.values(state=state, closed_at=now))).rowcount == 1:
        if row.act_id is not None:
            await end_act(connection, row.act_id)
        if telling is not None:
            await tell(database, connection, [_caused(telling, row.number)], now)


def _caused(telling: Telling, number: int) -> Telling:
    return replace(telling, cause=f"issuance request {number}")


def _row(row: Any) -> IssuanceRow:
    return IssuanceRow(
        number=row.number,
        account=Address(row.account),
        reference_digest=Digest(row.reference_digest),
        title_id=row.title_id,
        commitment=row.commitment,
        act_id=row.act_id,
        state=row.state,
        received_at=row.received_at,
    )

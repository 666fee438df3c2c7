"""What is told to parties' own systems: whom, what, how often tried.

Left to others: sending (`services.callbacks`), what is worth telling (`services.announcing`).

Rules kept here
- A callback is stored in the transaction of its cause (`tell`), once, whatever is told twice.
- Of one subject only the first that waits is due: the order stays.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.callback import Callback, CallbackState, Telling
from ebl_service.domain.receiver import ReceiverAddress
from ebl_service.domain.terms import Address, Seconds
from ebl_service.errors import NotFound
from ebl_service.store.database import Database
from ebl_service.store.platform_tables import callbacks, receivers


class Callbacks:
    """The tables of receivers and callbacks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def receive_at(self, account: Address, url: str, now: Seconds, sealed_header: bytes | None = None) -> None:
        """Tell this party at this address from now on; what waits goes there too."""
        row = {"account": account, "url": url, "changed_at": now, "sealed_header": sealed_header}
        new = _insert(self._database, receivers).values(row)
        async with self._database.writing() as connection:
            await connection.execute(new.on_conflict_do_update(index_elements=["account"], set_=row))

    async def receivers(self, accounts: Iterable[Address]) -> dict[Address, ReceiverAddress]:
        """Where these parties are told, of those who are."""
        query = select(receivers).where(receivers.c.account.in_(set(accounts)))
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return {Address(row.account): ReceiverAddress(row.url, row.sealed_header) for row in rows}

    async def add(self, tellings: Iterable[Telling], now: Seconds) -> None:
        """Store what is to be told; what is stored already stays as it is."""
        async with self._database.writing() as connection:
            await tell(self._database, connection, tellings, now)

    async def due(self, now: Seconds, most: int, without: Collection[Address] = ()) -> list[Callback]:
        """What waits and may be sent now, the oldest first: of each subject the first, none of `without`."""
        earlier = callbacks.alias()
        is_behind = exists().where(
            earlier.c.account == callbacks.c.account,
            earlier.c.subject == callbacks.c.subject,
            earlier.c.state == CallbackState.WAITING,
            earlier.c.number < callbacks.c.number,
        )
        query = (
            select(callbacks)
            .where(callbacks.c.state == CallbackState.WAITING, callbacks.c.due_at <= now, ~is_behind)
            .where(exists().where(receivers.c.account == callbacks.c.account))
            .order_by(callbacks.c.number)
            .limit(most)
        )
        if without:
            query = query.where(callbacks.c.account.not_in(without))
        async with self._database.reading() as connection:
            return [_callback(row) for row in await connection.execute(query)]

    async def delivered(self, callback: Callback, answer: str, now: Seconds) -> None:
        """The receiver has it."""
        await self._set(
            callback.number,
            state=CallbackState.DELIVERED,
            attempts=callback.attempts + 1,
            last_answer=answer,
            delivered_at=now,
        )

    async def failed(self, callback: Callback, answer: str, due_at: Seconds, *, is_over: bool) -> None:
        """It is not there yet; try again at `due_at`, or give it up."""
        state = CallbackState.GIVEN_UP if is_over else CallbackState.WAITING
        await self._set(callback.number, state=state, attempts=callback.attempts + 1, last_answer=answer, due_at=due_at)

    async def hold_back(self, account: Address, until: Seconds) -> None:
        """Try nothing with this party before `until`."""
        waits = (callbacks.c.account == account, callbacks.c.state == CallbackState.WAITING, callbacks.c.due_at < until)
        async with self._database.writing() as connection:
            await connection.execute(update(callbacks).where(*waits).values(due_at=until))

    async def again(self, callback_id: str, account: Address | None, now: Seconds) -> Callback:
        """Have one delivered again, whatever became of it. `account`: whose it must be. Raises: NotFound."""
        wanted = [callbacks.c.callback_id == callback_id]
        if account is not None:
            wanted.append(callbacks.c.account == account)
        values = {"state": CallbackState.WAITING, "due_at": now, "delivered_at": None}
        async with self._database.writing() as connection:
            await connection.execute(update(callbacks).where(*wanted).values(values))
            row = (await connection.execute(select(callbacks).where(*wanted))).one_or_none()
        if row is None:
            raise NotFound(f"There is no callback {callback_id} of yours.", {"callback_id": callback_id})
        return _callback(row)

    async def page(
        self, account: Address | None, state: CallbackState | None, after: int, limit: int
    ) -> Sequence[Callback]:
        """Callbacks by number, from the one after `after`. `account`: of this party only."""
        query = select(callbacks).where(callbacks.c.number > after).order_by(callbacks.c.number).limit(limit)
        if account is not None:
            query = query.where(callbacks.c.account == account)
        if state is not None:
            query = query.where(callbacks.c.state == state)
        async with self._database.reading() as connection:
            return [_callback(row) for row in await connection.execute(query)]

    async def _set(self, number: int, **values: object) -> None:
        async with self._database.writing() as connection:
            await connection.execute(update(callbacks).where(callbacks.c.number == number).values(values))


async def tell(database: Database, connection: AsyncConnection, tellings: Iterable[Telling], now: Seconds) -> None:
    """Store what is to be told, within its cause's transaction; what is stored already stays as it is."""
    for telling in tellings:
        row = {
            "callback_id": telling.callback_id,
            "account": telling.account,
            "subject": telling.subject,
            "cause": telling.cause,
            "path": telling.path,
            "body": telling.body,
            "state": CallbackState.WAITING,
            "made_at": now,
            "due_at": now,
            "attempts": 0,
        }
        new = _insert(database, callbacks).values(row)
        await connection.execute(new.on_conflict_do_nothing(index_elements=["callback_id"]))


def _insert(database: Database, table: Any) -> Any:
    return (sqlite if database.is_sqlite else postgresql).insert(table)


def _callback(row: Any) -> Callback:
    telling = Telling(Address(row.account), row.subject, row.cause, row.path, bytes(row.body))
    return Callback(
        number=row.number,
        callback_id=row.callback_id,
        telling=telling,
        state=CallbackState(row.state),
        made_at=row.made_at,
        due_at=row.due_at,
        attempts=row.attempts,
        last_answer=row.last_answer,
        delivered_at=row.delivered_at,
    )

"""The relay's transactions: the bytes before they leave, the nonces they use, what became of them.

Left to others: what an outcome means for the acts that ride in a transaction (`store.settling`), when to send and
replace (`services.relay`).

Rules kept here
- The row, with the acts it carries, is durable before anything leaves; every write asks whether the lease is ours.
- PREPARED → SENT → INCLUDED → FINAL; REPLACED where another of the same nonce was included, LOST where a transaction
  that is not ours took the nonce: its acts wait for another ride. INCLUDED goes back to SENT when its block is gone.
- Gas is charged once a transaction: shared by its acts, double for those that failed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.ledger import Fees, Outcome, Transaction
from ebl_service.domain.submission import State, Submission
from ebl_service.domain.terms import Digest, Seconds
from ebl_service.errors.refusals import Refusal
from ebl_service.store import tables
from ebl_service.store.act_rows import refusal_text, submission_of
from ebl_service.store.database import Database
from ebl_service.store.leases import require_lease

DAY = 86_400
"""Seconds."""

STANDS, REVERTED = "stands", "reverted"


class Course(StrEnum):
    """How far a transaction is."""

    PREPARED = "PREPARED"
    SENT = "SENT"
    INCLUDED = "INCLUDED"
    FINAL = "FINAL"
    REPLACED = "REPLACED"
    LOST = "LOST"


LIVE = (Course.PREPARED, Course.SENT, Course.INCLUDED)


@dataclass(frozen=True, slots=True)
class Carried:
    """A transaction of ours. Times are seconds since 1970; `missing_since`: when its nonce was first seen used up."""

    hash: Digest
    raw: bytes
    nonce: int
    fees: Fees
    course: Course
    made_at: Seconds
    sent_at: Seconds | None
    block_number: int | None
    block_hash: Digest | None
    missing_since: Seconds | None
    is_indexed: bool


class Transactions:
    """Reads and moves the relay's transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def live(self) -> list[Carried]:
        """What is prepared, sent or included, by nonce; of one nonce what offers more (and was made later) last.

        `is_indexed`: its block is one that the index holds.
        """
        table, blocks = tables.transactions, tables.blocks
        stands = exists().where(blocks.c.number == table.c.block_number, blocks.c.hash == table.c.block_hash)
        query = select(table, stands.label("is_indexed")).where(table.c.status.in_(LIVE))
        async with self._database.reading() as connection:
            carried = [_carried(row) for row in await connection.execute(query)]
        return sorted(carried, key=lambda item: (item.nonce, item.fees.max_fee, item.fees.priority_fee))

    async def carried_by(self, transaction_hash: Digest) -> list[Submission]:
        """The submissions that ride in a transaction, in the order of its batch."""
        rides, acts = tables.transaction_acts, tables.submissions
        query = (
            select(acts)
            .join(rides, rides.c.submission_id == acts.c.submission_id)
            .where(rides.c.transaction_hash == transaction_hash)
            .order_by(rides.c.position)
        )
        async with self._database.reading() as connection:
            return [submission_of(row) for row in await connection.execute(query)]

    async def prepare(self, made: Sequence[tuple[Transaction, Sequence[Digest]]], now: Seconds, leader: str) -> None:
        """Make signed transactions durable, each with the submissions that ride in it."""
        rows = [_row(transaction, now) for transaction, _ in made]
        new = (sqlite if self._database.is_sqlite else postgresql).insert(tables.transactions)
        again = new.on_conflict_do_update(index_elements=["hash"], set_={"status": Course.PREPARED, "sent_at": None})
        rides = (sqlite if self._database.is_sqlite else postgresql).insert(tables.transaction_acts)
        columns = tables.submissions.c
        async with self._database.writing() as connection:
            await require_lease(connection, leader)
            await connection.execute(again, rows)
            for transaction, ids in made:
                of_this = transaction.hash
                acts = [{"transaction_hash": of_this, "position": n, "submission_id": i} for n, i in enumerate(ids)]
                if acts:
                    await connection.execute(rides.on_conflict_do_nothing(), acts)
                    riders = update(tables.submissions).where(columns.submission_id.in_(ids))
                    await connection.execute(riders.values(rides_in=of_this))

    async def mark_sent(self, hashes: Sequence[Digest], now: Seconds, leader: str) -> None:
        """The node has them."""
        table, columns = tables.transactions, tables.submissions.c
        async with self._database.writing() as connection:
            await require_lease(connection, leader)
            sent = update(table).where(table.c.hash.in_(hashes))
            await connection.execute(sent.values(status=Course.SENT, sent_at=now))
            riding = update(tables.submissions).where(columns.rides_in.in_(hashes))
            await connection.execute(riding.where(columns.state == State.PREPARED).values(state=State.SENT))

    async def mark_included(self, found: Sequence[tuple[Carried, Outcome]], day: int, leader: str) -> None:
        """Blocks have them; whose gas it was is written down the first time."""
        async with self._database.writing() as connection:
            await require_lease(connection, leader)
            for carried, outcome in found:
                await self._include(connection, carried, outcome)
                await self._charge(connection, carried.hash, outcome, day)

    async def _include(self, connection: AsyncConnection, carried: Carried, outcome: Outcome) -> None:
        table = tables.transactions
        others = update(table).where(table.c.nonce == carried.nonce, table.c.status == Course.INCLUDED)
        await connection.execute(others.values(status=Course.SENT, block_number=None, block_hash=None, outcome=None))
        await _set(
            connection,
            carried.hash,
            status=Course.INCLUDED,
            block_number=outcome.block_number,
            block_hash=outcome.block_hash,
            outcome=REVERTED if outcome.reverted else STANDS,
            missing_since=None,
        )
        await self._note_refusals(connection, carried.hash, dict(outcome.refused))
        ids = select(tables.transaction_acts.c.submission_id)
        ids = ids.where(tables.transaction_acts.c.transaction_hash == carried.hash)
        columns = tables.submissions.c
        riders = update(tables.submissions).where(columns.submission_id.in_(ids), columns.is_terminal.is_(False))
        await connection.execute(riders.values(rides_in=carried.hash))

    async def mark_unincluded(self, transaction_hash: Digest, leader: str) -> None:
        """Its block is gone: it is on its way again, and so is what it carried, refused or not."""
        async with self._database.writing() as connection:
            await require_lease(connection, leader)
            gone = {"block_number": None, "block_hash": None, "outcome": None}
            await _set(connection, transaction_hash, status=Course.SENT, sent_at=None, **gone)
            await self._note_refusals(connection, transaction_hash, {})
            columns = tables.submissions.c
            refused = update(tables.submissions).where(
                columns.rides_in == transaction_hash,
                columns.state == State.REFUSED,
                columns.is_terminal.is_(False),
                columns.block_hash.is_(None),
            )
            await connection.execute(refused.values(state=State.SENT, refusal=None))

    async def mark_missing(self, nonce: int, since: Seconds | None, leader: str) -> None:
        """The nonce is used up, but by none of ours that we can see (None: it is not used up after all)."""
        table = tables.transactions
        async with self._database.writing() as connection:
            await require_lease(connection, leader)
            mine = update(table).where(table.c.nonce == nonce, table.c.status.in_(LIVE))
            await connection.execute(mine.values(missing_since=since))

    async def mark_lost(self, nonce: int, leader: str) -> None:
        """Another transaction took the nonce for certain: what rode on it waits for another ride."""
        table, columns = tables.transactions, tables.submissions.c
        async with self._database.writing() as connection:
            await require_lease(connection, leader)
            mine = select(table.c.hash).where(table.c.nonce == nonce, table.c.status.in_(LIVE))
            riders = update(tables.submissions).where(
                columns.rides_in.in_(mine), columns.state.in_((State.PREPARED, State.SENT))
            )
            await connection.execute(riders.values(state=State.PREPARED, rides_in=None))
            await connection.execute(
                update(table).where(table.c.nonce == nonce, table.c.status.in_(LIVE)).values(status=Course.LOST)
            )

    async def mark_final(self, nonce: int, transaction_hash: Digest, leader: str) -> None:
        """Its block is final; the others of its nonce can never be included."""
        table = tables.transactions
        async with self._database.writing() as connection:
            await require_lease(connection, leader)
            await _set(connection, transaction_hash, status=Course.FINAL)
            rest = update(table).where(table.c.nonce == nonce, table.c.status.in_(LIVE))
            await connection.execute(rest.values(status=Course.REPLACED))

    async def refuse(self, refusals: Mapping[Digest, Refusal], leader: str) -> None:
        """Prepared submissions that would not stand: refused before they cost gas, watched until they cannot land."""
        columns = tables.submissions.c
        async with self._database.writing() as connection:
            await require_lease(connection, leader)
            for submission_id, why in refusals.items():
                unsent = update(tables.submissions).where(
                    columns.submission_id == submission_id, columns.state == State.PREPARED, columns.rides_in.is_(None)
                )
                await connection.execute(unsent.values(state=State.REFUSED, refusal=refusal_text(why)))

    async def _note_refusals(
        self, connection: AsyncConnection, transaction_hash: Digest, refusals: Mapping[int, Refusal]
    ) -> None:
        rides = tables.transaction_acts
        of_this = update(rides).where(rides.c.transaction_hash == transaction_hash)
        await connection.execute(of_this.values(refusal=None))
        for position, why in refusals.items():
            await connection.execute(of_this.where(rides.c.position == position).values(refusal=refusal_text(why)))

    async def _charge(self, connection: AsyncConnection, transaction_hash: Digest, outcome: Outcome, day: int) -> None:
        table, rides, acts = tables.transactions, tables.transaction_acts, tables.submissions
        unpaid = update(table).where(table.c.hash == transaction_hash, table.c.is_charged.is_(False))
        if (await connection.execute(unpaid.values(is_charged=True))).rowcount == 0:
            return
        query = select(acts.c.signer, rides.c.refusal).join(rides, rides.c.submission_id == acts.c.submission_id)
        riders = (await connection.execute(query.where(rides.c.transaction_hash == transaction_hash))).all()
        spent: dict[str, int] = {}
        for signer, refusal in riders:
            share = outcome.gas_used // len(riders)
            spent[signer] = spent.get(signer, 0) + (share if refusal is None and not outcome.reverted else 2 * share)
        new: Any = (sqlite if self._database.is_sqlite else postgresql).insert(tables.gas_spent)
        more = new.on_conflict_do_update(
            index_elements=["account", "day"], set_={"gas": tables.gas_spent.c.gas + new.excluded.gas}
        )
        for account in sorted(spent):
            await connection.execute(more.values(account=account, day=day, gas=spent[account]))


async def _set(connection: AsyncConnection, transaction_hash: Digest, **values: object) -> None:
    table = tables.transactions
    await connection.execute(update(table).where(table.c.hash == transaction_hash).values(values))


def _row(made: Transaction, now: Seconds) -> dict[str, object]:
    return {
        "hash": made.hash,
        "nonce": made.nonce,
        "raw": "0x" + made.raw.hex(),
        "gas_limit": made.gas_limit,
        "max_fee": str(made.fees.max_fee),
        "priority_fee": str(made.fees.priority_fee),
        "status": Course.PREPARED,
        "made_at": now,
        "is_charged": False,
    }


def _carried(row: Any) -> Carried:
    return Carried(
        hash=Digest(row.hash),
        raw=bytes.fromhex(row.raw[2:]),
        nonce=row.nonce,
        fees=Fees(int(row.max_fee), int(row.priority_fee)),
        course=Course(row.status),
        made_at=row.made_at,
        sent_at=row.sent_at,
        block_number=row.block_number,
        block_hash=row.block_hash,
        missing_since=row.missing_since,
        is_indexed=bool(row.is_indexed),
    )

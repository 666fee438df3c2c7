"""Accepted acts and what is promised about them: submissions, idempotency keys, gas spent.

Left to others: the transactions that carry them (`store.transactions`), how they end (`store.settling`), which process
may send (`store.leases`).

Rules kept here
- A submission's id is made of what was signed and who signed; the same signed act is one row, whoever brings it.
- An idempotency key and the submissions it stands for are stored together.
- A refused act that can still land is taken up again when it is brought again; a terminal one never changes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.actions import Replace, Subject
from ebl_service.domain.gas_budget import GasBudget, asked_by, reckoned_as
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.submission import State, Submission, first_subject_of
from ebl_service.domain.terms import Address, Digest, Seconds
from ebl_service.errors import NotFound
from ebl_service.errors.submissions import IdempotencyKeyReused
from ebl_service.store import tables
from ebl_service.store.act_rows import act_of, act_text, submission_of
from ebl_service.store.claims import Claim, require_unclaimed
from ebl_service.store.database import Database, Turn
from ebl_service.store.leases import Leases
from ebl_service.store.settling import Settling
from ebl_service.store.transactions import REVERTED, Transactions

DAY = 86_400
"""Seconds."""


class Outbox:
    """The submissions' tables, and what moves them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.transactions = Transactions(database)
        self.settling = Settling(database)
        self.leases = Leases(database)

    async def accept(
        self,
        acts: Sequence[tuple[Digest, SignedAct]],
        now: Seconds,
        key: str | None = None,
        body_digest: Digest | None = None,
        budget: GasBudget | None = None,
        fresh: Sequence[SignedAct] = (),
        claims: Sequence[Claim] = (),
    ) -> tuple[Submission, ...]:
        """Store these acts under their submission ids, with the key they came under; what is stored already stays.

        Raises: IdempotencyKeyReused where the key stands for another body, GasBudgetExhausted where the `fresh` ones
        among them do not fit into their signers' `budget` beside all that is on its way, NumberIssued where one of
        their `claims` is another's by now.
        """
        ids = [submission_id for submission_id, _ in acts]
        async with self.database.writing() as connection:
            if key is not None:
                row = {"key": key, "body_digest": body_digest, "submission_ids": json.dumps(ids), "accepted_at": now}
                if not await self._remember(connection, row):
                    known = await _remembered(connection, key, str(body_digest))
                    return await _in_order(connection, known or [])
            if budget is not None:
                await self._require_gas(connection, budget, asked_by(fresh), now)
            await self.database.wait_for(connection, Turn.CLAIM_NUMBERS, [claim.carrier for claim in claims])
            await require_unclaimed(connection, claims)
            await self._store(connection, acts, now)
            return await _in_order(connection, ids)

    async def remembered(self, key: str, body_digest: Digest) -> tuple[Submission, ...] | None:
        """What was answered to this key; None where it is new. Raises: IdempotencyKeyReused."""
        async with self.database.reading() as connection:
            known = await _remembered(connection, key, body_digest)
            return None if known is None else await _in_order(connection, known)

    async def submission(self, submission_id: Digest) -> Submission:
        """One submission. Raises: NotFound."""
        found = await self.many([submission_id])
        if submission_id not in found:
            raise NotFound(f"There is no submission {submission_id}.")
        return found[submission_id]

    async def many(self, ids: Iterable[Digest]) -> dict[Digest, Submission]:
        """Those of these submissions that are there."""
        async with self.database.reading() as connection:
            return await _many(connection, ids)

    async def waiting_on(self, subjects: Iterable[Subject]) -> list[Submission]:
        """Acts on these titles and certificates that are on their way and not included yet, by their sequences."""
        columns = tables.submissions.c
        query = (
            select(tables.submissions)
            .where(columns.subject_id.in_(set(subjects)), columns.is_terminal.is_(False))
            .where(columns.state.in_((State.PREPARED, State.SENT)))
            .order_by(columns.subject_id, columns.sequence, columns.number)
        )
        async with self.database.reading() as connection:
            return [submission_of(row) for row in await connection.execute(query)]

    async def require_unclaimed(self, claims: Sequence[Claim]) -> None:
        """As far as it is known before the acts are stored. Raises: NumberIssued."""
        async with self.database.reading() as connection:
            await require_unclaimed(connection, claims)

    async def due(self, most: int, now: Seconds, gas_a_day: int | None) -> list[Submission]:
        """Prepared submissions that ride in no transaction, the first accepted first.

        Of acts that want the same sequence of a title only the first, and none while another of them rides: however
        many compete, they hold up nobody else. None of a party that has used up `gas_a_day` today (None: no bound).
        """
        columns, other = tables.submissions.c, tables.submissions.alias().c
        comes_first = and_(other.number < columns.number, _has_gas(other.signer, now, gas_a_day))
        outdone = exists().where(
            other.subject_id == columns.subject_id,
            other.sequence == columns.sequence,
            other.state.in_((State.PREPARED, State.SENT)),
            other.is_terminal.is_(False),
            or_(other.rides_in.is_not(None), comes_first),
        )
        query = (
            select(tables.submissions, _has_failed().label("has_failed"))
            .where(columns.is_terminal.is_(False), columns.state == State.PREPARED, columns.rides_in.is_(None))
            .where(~outdone, _has_gas(columns.signer, now, gas_a_day))
            .order_by(columns.number)
            .limit(most)
        )
        async with self.database.reading() as connection:
            return [submission_of(row) for row in await connection.execute(query)]

    async def gas_spent(self, accounts: Iterable[Address], now: Seconds) -> dict[Address, tuple[int, int]]:
        """Of each account: gas relayed for it this UTC day, and how many acts it is reckoned to have on their way."""
        async with self.database.reading() as connection:
            return await _gas_spent(connection, set(accounts), now)

    async def open_count(self) -> int:
        """How many submissions are not terminal."""
        query = select(func.count()).where(tables.submissions.c.is_terminal.is_(False))
        async with self.database.reading() as connection:
            return (await connection.execute(query)).scalar_one()

    async def _require_gas(
        self, connection: AsyncConnection, budget: GasBudget, asked: Mapping[Address, int], now: Seconds
    ) -> None:
        """Whoever accepts acts of these accounts at the same time is waited for."""
        await self.database.wait_for(connection, Turn.RECKON_GAS, asked)
        for account, used in (await _gas_spent(connection, set(asked), now)).items():
            budget.require(account, *used, asked[account])

    async def _remember(self, connection: AsyncConnection, row: Mapping[str, object]) -> bool:
        """Store a key, waiting for whoever is storing the same one; False where it is there already."""
        new = (sqlite if self.database.is_sqlite else postgresql).insert(tables.idempotency_keys)
        stored = new.values(row).on_conflict_do_nothing(index_elements=["key"])
        return (await connection.execute(stored)).rowcount == 1

    async def _store(self, connection: AsyncConnection, acts: Sequence[tuple[Digest, SignedAct]], now: Seconds) -> None:
        rows = [_row(submission_id, signed, now) for submission_id, signed in acts]
        new = (sqlite if self.database.is_sqlite else postgresql).insert(tables.submissions)
        await connection.execute(new.on_conflict_do_nothing(index_elements=["submission_id"]), rows)
        await self._take_up_again(connection, rows)

    async def _take_up_again(self, connection: AsyncConnection, rows: Sequence[Mapping[str, object]]) -> None:
        """What was refused and can still land; not where the index has another act of its sequence."""
        columns, signatures = tables.submissions.c, {str(row["submission_id"]): row["signature"] for row in rows}
        refused = select(columns.submission_id).where(
            columns.submission_id.in_(list(signatures)),
            columns.state == State.REFUSED,
            columns.is_terminal.is_(False),
            columns.block_hash.is_(None),
        )
        for submission_id in (await connection.execute(refused.with_for_update())).scalars().all():
            again = update(tables.submissions).where(columns.submission_id == submission_id)
            taken_up = {"state": State.PREPARED, "refusal": None, "rides_in": None}
            await connection.execute(again.values(signature=signatures[submission_id], **taken_up))


def _has_gas(account: ColumnElement[str], now: Seconds, gas_a_day: int | None) -> ColumnElement[bool]:
    spent = tables.gas_spent.c
    return (
        true()
        if gas_a_day is None
        else ~exists().where(spent.account == account, spent.day == now // DAY, spent.gas >= gas_a_day)
    )


def _has_failed() -> ColumnElement[bool]:
    """Whether a transaction with the submission was included and failed whole."""
    rides, carried = tables.transaction_acts.c, tables.transactions.c
    return exists().where(
        rides.submission_id == tables.submissions.c.submission_id,
        carried.hash == rides.transaction_hash,
        carried.outcome == REVERTED,
    )


async def _gas_spent(
    connection: AsyncConnection, accounts: set[Address], now: Seconds
) -> dict[Address, tuple[int, int]]:
    spent, columns, replacement = tables.gas_spent.c, tables.submissions.c, Replace.__name__
    paid = select(spent.account, spent.gas).where(spent.account.in_(accounts), spent.day == now // DAY)
    on_its_way = columns.state.in_((State.PREPARED, State.SENT))
    is_open = (columns.signer.in_(accounts), columns.is_terminal.is_(False), on_its_way)
    plain = select(columns.signer, func.count()).where(*is_open, columns.verb != replacement).group_by(columns.signer)
    replacements = select(columns.signer, columns.act).where(*is_open, columns.verb == replacement)
    gas = {row[0]: row[1] for row in await connection.execute(paid)}
    on_the_way = {row[0]: row[1] for row in await connection.execute(plain)}
    for signer, text in await connection.execute(replacements):
        on_the_way[signer] = on_the_way.get(signer, 0) + reckoned_as(act_of(replacement, text))
    return {account: (gas.get(account, 0), on_the_way.get(account, 0)) for account in accounts}


async def _remembered(connection: AsyncConnection, key: str, body_digest: str) -> list[Digest] | None:
    query = select(tables.idempotency_keys).where(tables.idempotency_keys.c.key == key)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    if row.body_digest != body_digest:
        given = key.rpartition(" ")[2]  # before it stands whose it is
        raise IdempotencyKeyReused(f"The idempotency key {given} was used for another request.", {"key": given})
    return [Digest(text) for text in json.loads(row.submission_ids)]


async def _in_order(connection: AsyncConnection, ids: Sequence[Digest]) -> tuple[Submission, ...]:
    found = await _many(connection, ids)
    return tuple(found[submission_id] for submission_id in ids)


async def _many(connection: AsyncConnection, ids: Iterable[Digest]) -> dict[Digest, Submission]:
    query = select(tables.submissions).where(tables.submissions.c.submission_id.in_(set(ids)))
    return {Digest(row.submission_id): submission_of(row) for row in await connection.execute(query)}


def _row(submission_id: Digest, signed: SignedAct, now: Seconds) -> dict[str, object]:
    subject, sequence = first_subject_of(signed.act)
    return {
        "submission_id": submission_id,
        "verb": type(signed.act).__name__,
        "subject_id": subject,
        "sequence": sequence,
        "signer": signed.signer,
        "deadline": signed.deadline,
        "act": act_text(signed.act),
        "signature": "0x" + signed.signature.hex(),
        "accepted_at": now,
        "state": State.PREPARED,
        "is_terminal": False,
    }

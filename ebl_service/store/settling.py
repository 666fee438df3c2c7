"""How submissions end: read from what the index holds and from the outcomes of our transactions, in one transaction.

Left to others: writing outcomes down (`store.transactions`), the index (`store.history`).

Rules kept here
- Events decide: an act is INCLUDED where the index has the event it asked for, whoever carried it, and FINAL with that
  event's block. A reorganisation that takes the event takes the state back.
- REFUSED is terminal once a final block holds another act of that sequence, or has passed the deadline.
- An act that was refused only because the one before it had not landed, or whose proof was overtaken, rides again;
  so does one whose transaction failed whole, alone, but not when that has failed twice.
- A transaction that says an act stood, in a block whose events do not show it, is a contradiction: LedgerDisagrees.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Label, and_, bindparam, case, exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.actions import Act, Issue, Replace, Subject
from ebl_service.domain.certificate_actions import CertificateAct, IssueCertificate
from ebl_service.domain.events import Event
from ebl_service.domain.submission import State, first_subject_of, fulfils, landing_of
from ebl_service.domain.terms import Address, Digest, TitleId
from ebl_service.errors import LedgerDisagrees
from ebl_service.errors import refusals as no
from ebl_service.errors.certificate_refusals import CertificateExists, StaleCertificate, UnknownCertificate
from ebl_service.store import tables
from ebl_service.store.act_rows import act_of, refusal_of, refusal_text, submission_of
from ebl_service.store.certificate_tables import certificates
from ebl_service.store.chapters import Cursor, cursor_in, hold_index
from ebl_service.store.database import Database
from ebl_service.store.event_rows import event_of
from ebl_service.store.leases import require_lease
from ebl_service.store.titles import portions
from ebl_service.store.transactions import REVERTED, Course

acts, transactions, blocks = tables.submissions, tables.transactions, tables.blocks
_ON_THE_WAY = (State.PREPARED, State.SENT)
_TOO_EARLY = (no.StaleSequence, StaleCertificate, no.UnknownTitle, UnknownCertificate)
"""What the ledger says to an act that comes before the one before it."""
_ON_OTHERS = (Replace.__name__, IssueCertificate.__name__)
"""Acts that may count on other titles than the one, or the certificate, they are known by."""
_ROWS_AT_ONCE = 5_000
MOST_REVERTS = 2
"""Transactions with an act alone that may fail whole: each time the ledger had just judged that it stands."""


class Settling:
    """Brings submissions and transactions to where the index says they are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settle(self, leader: str) -> bool:
        """True where anything moved. Raises: LeadershipLost, LedgerDisagrees."""
        async with self._database.writing() as connection:
            await require_lease(connection, leader)
            await hold_index(connection)
            cursor = await cursor_in(connection)
            if cursor is None:
                return False
            moved = await _take_back(connection)
            moved += await _land(connection)
            moved += await _finalise(connection, cursor)
            moved += await _free_riders(connection)
            moved += await _expire(connection, cursor)
            moved += await _end_rides(connection, cursor)
            moved += await _ride_again(connection)
        return moved > 0


async def _take_back(connection: AsyncConnection) -> int:
    """What stood in blocks that are gone is on its way again."""
    stands = exists().where(blocks.c.number == acts.c.block_number, blocks.c.hash == acts.c.block_hash)
    gone = update(acts).where(acts.c.is_terminal.is_(False), acts.c.block_hash.is_not(None), ~stands)
    state = case((acts.c.rides_in.is_(None), State.PREPARED.value), else_=State.SENT.value)
    values = {"state": state, "refusal": None, "transaction_hash": None, "block_number": None, "block_hash": None}
    return (await connection.execute(gone.values(values))).rowcount


async def _land(connection: AsyncConnection) -> int:
    """Acts whose sequence was used: by themselves, or by another. All of them: what is left would seem not to land."""
    landed = some = await _land_some(connection)
    while some == _ROWS_AT_ONCE:
        some = await _land_some(connection)
        landed += some
    return landed


async def _land_some(connection: AsyncConnection) -> int:
    happened = tables.events
    used = and_(happened.c.subject_id == acts.c.subject_id, happened.c.sequence == acts.c.sequence + 1)
    query = (
        select(
            acts,
            happened.c.kind,
            happened.c.data,
            happened.c.sequence.label("reached"),
            happened.c.transaction_hash.label("landed_in"),
            blocks.c.number.label("in_block"),
            blocks.c.hash.label("in_block_hash"),
        )
        .join(happened, used)
        .join(blocks, blocks.c.number == happened.c.block_number)
        .where(acts.c.is_terminal.is_(False), acts.c.block_hash.is_(None))
        .limit(_ROWS_AT_ONCE)
    )
    rows = (await connection.execute(query)).all()
    if rows:
        one = update(acts).where(acts.c.submission_id == bindparam("of"))
        await connection.execute(
            one,
            [
                {
                    "of": row.submission_id,
                    "block_number": row.in_block,
                    "block_hash": row.in_block_hash,
                    **await _landing(connection, row),
                }
                for row in rows
            ],
        )
    return len(rows)


async def _landing(connection: AsyncConnection, row: Any) -> dict[str, object]:
    submission = submission_of(row)
    signed = submission.signed
    events = [event_of(row.kind, row.subject_id, row.reached, row.data)]
    if isinstance(signed.act, Replace):
        events = await _events_at(connection, landing_of(signed.act, signed.signer))
    if fulfils(events, signed.act, signed.signer):
        return {"state": State.INCLUDED, "refusal": None, "transaction_hash": row.landed_in}
    why: no.Refusal | None = submission.refusal
    if why is None:
        why = _overtaken(signed.act, row.subject_id, signed.signer, row.reached)
    return {"state": State.REFUSED, "refusal": refusal_text(why), "transaction_hash": None}


async def _events_at(connection: AsyncConnection, places: Sequence[tuple[Subject, int]]) -> list[Event]:
    """The events at these titles and sequences, in this order, as far as the index has them."""
    happened = tables.events
    query = select(happened).where(tuple_(happened.c.subject_id, happened.c.sequence).in_(places))
    found = {
        (row.subject_id, row.sequence): event_of(row.kind, row.subject_id, row.sequence, row.data)
        for row in (await connection.execute(query)).all()
    }
    return [found[place] for place in places if place in found]


def _overtaken(asked: Act, subject: str, signer: Address, reached: int) -> no.Refusal:
    """What the ledger says to an act whose sequence another act used."""
    if isinstance(asked, Issue):
        return no.TitleExists(subject, signer)
    if isinstance(asked, IssueCertificate):
        return CertificateExists(subject, signer)
    stale = StaleCertificate if isinstance(asked, CertificateAct) else no.StaleSequence
    return stale(subject, signer, reached, first_subject_of(asked)[1])


async def _finalise(connection: AsyncConnection, cursor: Cursor) -> int:
    final = (acts.c.is_terminal.is_(False), acts.c.block_number <= cursor.final_number)
    landed = update(acts).where(*final, acts.c.state == State.INCLUDED).values(state=State.FINAL, is_terminal=True)
    refused = update(acts).where(*final, acts.c.state == State.REFUSED).values(is_terminal=True)
    moved = (await connection.execute(landed)).rowcount + (await connection.execute(refused)).rowcount
    stands = exists().where(blocks.c.number == transactions.c.block_number, blocks.c.hash == transactions.c.block_hash)
    included = update(transactions).where(
        transactions.c.status == Course.INCLUDED, transactions.c.block_number <= cursor.final_number, stands
    )
    if (await connection.execute(included.values(status=Course.FINAL))).rowcount:
        kept = transactions.alias()
        beaten = exists().where(kept.c.nonce == transactions.c.nonce, kept.c.status == Course.FINAL)
        rest = update(transactions).where(transactions.c.status.in_((Course.PREPARED, Course.SENT)), beaten)
        await connection.execute(rest.values(status=Course.REPLACED))
    return moved


async def _free_riders(connection: AsyncConnection) -> int:
    """What rode only in a transaction that was given up waits for another ride."""
    given_up = select(transactions.c.hash).where(transactions.c.status.in_((Course.REPLACED, Course.LOST)))
    riders = update(acts).where(acts.c.is_terminal.is_(False), acts.c.block_hash.is_(None))
    riders = riders.where(acts.c.state.in_(_ON_THE_WAY), acts.c.rides_in.in_(given_up))
    return (await connection.execute(riders.values(state=State.PREPARED, rides_in=None))).rowcount


async def _expire(connection: AsyncConnection, cursor: Cursor) -> int:
    query = select(acts).where(
        acts.c.is_terminal.is_(False), acts.c.block_hash.is_(None), acts.c.deadline < cursor.final_time
    )
    rows = (await connection.execute(query)).all()
    for row in rows:
        why = row.refusal or refusal_text(no.DeadlinePassed(row.deadline, cursor.final_time))
        await _set(connection, row.submission_id, state=State.REFUSED, is_terminal=True, refusal=why)
    return len(rows)


async def _end_rides(connection: AsyncConnection, cursor: Cursor) -> int:
    """Acts whose transaction is in a block that the index has read, and which did not land there."""
    rides = tables.transaction_acts
    stands = exists().where(blocks.c.number == transactions.c.block_number, blocks.c.hash == transactions.c.block_hash)
    query = (
        select(acts.c.submission_id, rides.c.refusal, transactions.c.outcome, stands.label("is_indexed"), _reverts())
        .join(transactions, transactions.c.hash == acts.c.rides_in)
        .join(
            rides,
            and_(rides.c.transaction_hash == transactions.c.hash, rides.c.submission_id == acts.c.submission_id),
        )
        .where(acts.c.is_terminal.is_(False), acts.c.block_hash.is_(None), acts.c.state.in_(_ON_THE_WAY))
        .where(transactions.c.status.in_((Course.INCLUDED, Course.FINAL)))
        .where(transactions.c.block_number <= cursor.number)
    )
    moved = 0
    for row in (await connection.execute(query)).all():
        why = refusal_of(row.refusal)
        if row.outcome == REVERTED and row.reverts >= MOST_REVERTS:
            unexplained = refusal_text(no.Unexplained("0x"))
            await _set(connection, row.submission_id, state=State.REFUSED, refusal=unexplained)
        elif row.outcome == REVERTED or _may_ride_again(why):
            await _set(connection, row.submission_id, state=State.PREPARED, rides_in=None)
        elif why is not None:
            await _set(connection, row.submission_id, state=State.REFUSED, refusal=row.refusal)
        elif row.is_indexed:
            raise LedgerDisagrees(f"Submission {row.submission_id} stood in its transaction, but no event shows it.")
        else:
            continue
        moved += 1
    return moved


def _reverts() -> Label[int]:
    """How many transactions with this act alone were included and failed whole."""
    ride, other, carried = (each.alias().c for each in (tables.transaction_acts, tables.transaction_acts, transactions))
    failed = select(func.count()).where(ride.submission_id == acts.c.submission_id)
    failed = failed.where(carried.hash == ride.transaction_hash, carried.outcome == REVERTED)
    failed = failed.where(~exists().where(other.transaction_hash == carried.hash, other.position > 0))
    return failed.correlate(acts).scalar_subquery().label("reverts")


def _may_ride_again(why: no.Refusal | None) -> bool:
    if isinstance(why, no.StaleSequence | StaleCertificate):
        return int(str(why.details["given"])) > int(str(why.details["current"]))
    return isinstance(why, no.PreviousActMismatch | no.BatchOutOfGas)


async def _ride_again(connection: AsyncConnection) -> int:
    """Acts refused for coming too early, whose turn it is now."""
    titles, kept = tables.titles.c, certificates.c
    early = (
        acts.c.is_terminal.is_(False),
        acts.c.state == State.REFUSED,
        acts.c.block_hash.is_(None),
        or_(*[acts.c.refusal.like(f'["{early.__name__}"%') for early in _TOO_EARLY]),
    )
    is_turn = or_(
        exists().where(titles.title_id == acts.c.subject_id, titles.sequence == acts.c.sequence),
        exists().where(kept.certificate_id == acts.c.subject_id, kept.sequence == acts.c.sequence),
    )
    on_others = acts.c.verb.in_(_ON_OTHERS)
    again = {"state": State.PREPARED, "refusal": None, "rides_in": None}
    moved = (await connection.execute(update(acts).where(*early, ~on_others, is_turn).values(again))).rowcount
    query = select(acts.c.submission_id, acts.c.verb, acts.c.act).where(*early, on_others)
    for submission_id in await _whose_turn_it_is(connection, (await connection.execute(query)).all()):
        await _set(connection, submission_id, **again)
        moved += 1
    return moved


async def _whose_turn_it_is(connection: AsyncConnection, rows: Sequence[Any]) -> list[Digest]:
    """Those of these acts of `_ON_OTHERS` for which every title is where they count on it."""
    asked = {Digest(row.submission_id): _counts_on(act_of(row.verb, row.act)) for row in rows}
    titles, reached = tables.titles.c, dict[TitleId, int]()
    for some in portions(title_id for places in asked.values() for title_id, _ in places):
        found = await connection.execute(select(titles.title_id, titles.sequence).where(titles.title_id.in_(some)))
        reached |= {TitleId(row.title_id): row.sequence for row in found}
    return [
        submission_id
        for submission_id, places in asked.items()
        if all(title_id in reached and sequence in (None, reached[title_id]) for title_id, sequence in places)
    ]


def _counts_on(asked: Act) -> Sequence[tuple[TitleId, int | None]]:
    """The titles an act of `_ON_OTHERS` counts on, each with the sequence it must have reached (None: any)."""
    if isinstance(asked, Replace):
        return list(zip(asked.old_ids, asked.sequences, strict=True))
    assert isinstance(asked, IssueCertificate)
    return [(asked.title_id, None)]


async def _set(connection: AsyncConnection, submission_id: Digest, **values: object) -> None:
    await connection.execute(update(acts).where(acts.c.submission_id == submission_id).values(values))

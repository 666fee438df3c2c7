"""Reading titles, parties and events: as they stand, and as they stood at any past block, by what happened until then.

Every answer comes with the cursor it was read at, from the same moment of the database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.actions import Subject
from ebl_service.domain.events import TitleEvent
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.party import Party
from ebl_service.domain.signed_act import titles_domain
from ebl_service.domain.terms import Address, Status, TitleId
from ebl_service.domain.title import Title
from ebl_service.domain.title_history import folded
from ebl_service.store import tables
from ebl_service.store.database import Database
from ebl_service.store.event_rows import event_of, recorded_of
from ebl_service.store.title_rows import party_of, title_of

Id = TypeVar("Id", bound="str | tuple[str, ...]")

IDS_AT_ONCE = 500
"""Most ids in one query: below every database's limit of parameters."""


@dataclass(frozen=True, slots=True)
class TitleFilter:
    """Which titles; None: any."""

    holder: Address | None = None
    endorsee: Address | None = None
    carrier: Address | None = None
    entitled: Address | None = None
    status: Status | None = None

    @property
    def names_nobody(self) -> bool:
        """No account narrows it."""
        return self.holder is None and self.endorsee is None and self.carrier is None and self.entitled is None

    def fits(self, title: Title) -> bool:
        """Whether the title is one of them."""
        named = ("holder", "endorsee", "carrier", "entitled", "status")
        return all(getattr(self, name) in (None, getattr(title, name)) for name in named)


class TitleRows:
    """Reads titles and their events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def title(self, title_id: TitleId, block: int | None = None) -> tuple[int, Title] | None:
        """The title now or after a past block, with the block that brought it there; None where it was not there."""
        async with self._database.reading() as connection:
            if block is not None:
                return await _folded(connection, title_id, block)
            row = (await connection.execute(_now().where(tables.titles.c.title_id == title_id))).one_or_none()
        return None if row is None else (row.block_number, title_of(row))

    async def many(self, title_ids: Iterable[TitleId]) -> dict[TitleId, Title]:
        """Those of these titles that are there, as they stand."""
        found: dict[TitleId, Title] = {}
        async with self._database.reading() as connection:
            for some in portions(title_ids):
                rows = await connection.execute(_now().where(tables.titles.c.title_id.in_(some)))
                found |= {TitleId(row.title_id): title_of(row) for row in rows}
        return found

    async def page(self, wanted: TitleFilter, after: str, limit: int) -> list[tuple[int, Title]]:
        """At most `limit` titles with ids above `after`, by id."""
        columns = tables.titles.c
        query = narrowed(_now().where(columns.title_id > after), wanted).order_by(columns.title_id).limit(limit)
        async with self._database.reading() as connection:
            return [(row.block_number, title_of(row)) for row in await connection.execute(query)]

    async def first_event(self, title_id: TitleId) -> Recorded | None:
        """How the title came into being; None where there is no such title."""
        async with self._database.reading() as connection:
            row = (await connection.execute(events_of(title_id).limit(1))).one_or_none()
        return None if row is None else recorded_of(row, row.hash)

    async def events(self, title_id: TitleId) -> list[Recorded]:
        """Everything recorded of a title, in the ledger's order."""
        async with self._database.reading() as connection:
            return [recorded_of(row, row.hash) for row in await connection.execute(events_of(title_id))]


class PartyRows:
    """Reads parties."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def many(self, accounts: Iterable[Address]) -> dict[Address, Party]:
        """Those of these accounts that are parties, as they stand."""
        found: dict[Address, Party] = {}
        async with self._database.reading() as connection:
            for some in portions(accounts):
                rows = await connection.execute(select(tables.parties).where(tables.parties.c.account.in_(some)))
                found |= {Address(row.account): party_of(row) for row in rows}
        return found

    async def able_to_receive(self, without: Sequence[Address]) -> Party | None:
        """The first party in good standing that is none of these."""
        columns = tables.parties.c
        query = select(tables.parties).where(columns.is_suspended.is_(False), columns.account.not_in(without))
        async with self._database.reading() as connection:
            row = (await connection.execute(query.order_by(columns.number).limit(1))).one_or_none()
        return None if row is None else party_of(row)

    async def page(self, after: int, limit: int) -> list[Party]:
        """At most `limit` parties numbered above `after`, by number."""
        number = tables.parties.c.number
        query = select(tables.parties).where(number > after).order_by(number).limit(limit)
        async with self._database.reading() as connection:
            return [party_of(row) for row in await connection.execute(query)]


def _now() -> Select[tuple[object, ...]]:
    return select(tables.titles)


def narrowed(query: Select[tuple[object, ...]], wanted: TitleFilter) -> Select[tuple[object, ...]]:
    """The query for these titles only."""
    for name in ("holder", "endorsee", "carrier", "entitled"):
        account = getattr(wanted, name)
        if account is not None:
            query = query.where(tables.titles.c[name] == account)
    return query if wanted.status is None else query.where(tables.titles.c.status == int(wanted.status))


def past_states() -> Select[tuple[object, ...]]:
    """Titles as they stood at the final block and after each later one that changed them."""
    states = tables.title_states
    unchanging = [column for column in tables.titles.c if column.name not in states.c]
    columns = (tables.titles.c.title_id, states.c.block_number, *unchanging, *[states.c[n] for n in tables.STANDING])
    return select(*columns).join(states, states.c.title_id == tables.titles.c.title_id)


async def _folded(connection: AsyncConnection, title_id: TitleId, block: int) -> tuple[int, Title] | None:
    """A title after a block, and the block that brought it there: its events until then, as the indexer folded them."""
    ledger = (await connection.execute(select(tables.ledger))).one()
    separator = titles_domain(ledger.chain_id, Address(ledger.title_registry)).separator
    until = []
    for row in await connection.execute(events_of(title_id).where(tables.events.c.block_number <= block)):
        event = event_of(row.kind, row.subject_id, row.sequence, row.data)
        assert isinstance(event, TitleEvent)
        until.append((row.block_number, event))
    return folded(until, separator)


def events_of(subject: Subject) -> Select[tuple[object, ...]]:
    """Everything recorded of a title or certificate, in the ledger's order."""
    return (
        select(tables.events, tables.blocks.c.hash)
        .join(tables.blocks, tables.blocks.c.number == tables.events.c.block_number)
        .where(tables.events.c.subject_id == subject)
        .order_by(tables.events.c.block_number, tables.events.c.log_index)
    )


def portions(ids: Iterable[Id]) -> Iterable[list[Id]]:
    """The ids, each once, in lists that fit a query."""
    listed = sorted(set(ids))
    return (listed[start : start + IDS_AT_ONCE] for start in range(0, len(listed), IDS_AT_ONCE))

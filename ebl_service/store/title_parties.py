"""What there is to read for an account: titles it has, or had, a part in, as they stand and as they were made final.

Left to others: how much of it the account may see (`services.rights`).

Rules kept here
- A part counts once the block that gave it is final; the carrier's own at once, since it made the title itself.
- A title in which the account has no part costs the same queries as one that is not there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.terms import Address, Digest, Seconds, Status, TitleId
from ebl_service.domain.title import Title
from ebl_service.store import tables
from ebl_service.store.chapters import Cursor
from ebl_service.store.database import Database
from ebl_service.store.grants import live_granters, live_grants
from ebl_service.store.title_rows import title_of
from ebl_service.store.titles import IDS_AT_ONCE, TitleFilter, narrowed, past_states

_PARTS, _TITLES = tables.title_parties.c, tables.titles.c
PLACES = ("carrier", "holder", "endorsee", "entitled")
"""Where an account stands on a title."""
TITLES_LOOKED_AT = 5_000
"""Of each of two parties, to find one on which both stand."""
SHARED_TITLES = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A title in which `account` has, or had, a part. `final`: the title at the final block, None where it was not yet.

    `since`: the block that brought the title where it stands now. `granted_by`: whose part it is that a grant shows.
    """

    account: Address
    title: Title
    since: int
    final: Title | None
    cursor: Cursor
    granted_by: Address | None = None


class TitleParties:
    """Reads titles by who has a part in them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def parts(self, account: Address, title_id: TitleId, now: Seconds) -> list[Part]:
        """The account's own part in a title first, then those of the parties that let it read the title now."""
        async with self._database.reading() as connection:
            own = await _part(connection, account, title_id)
            granters = (await connection.execute(live_granters(account, title_id, now))).scalars().all()
            granted = [await _part(connection, Address(each), title_id, granted=True) for each in granters]
        return [part for part in (own, *granted) if part is not None]

    async def carriers(self, account: Address) -> set[Address]:
        """The account, and the carriers of the titles in which it has, or had, a part (final or not)."""
        of_part = _PARTS.title_id == _TITLES.title_id
        query = select(_TITLES.carrier).distinct().join_from(tables.title_parties, tables.titles, of_part)
        query = query.where(_PARTS.account == account, _PARTS.is_carrier.is_(False))
        async with self._database.reading() as connection:
            return {account, *map(Address, (await connection.execute(query)).scalars())}

    async def page(self, account: Address, wanted: TitleFilter, after: str, limit: int, *, is_past: bool) -> list[Part]:
        """At most `limit` titles with ids above `after`: those the account stands on now, or (`is_past`) stood on once.

        The filter is of the titles as they stand now, and left out for past ones: their present state is not theirs.
        """
        present = or_(*[_TITLES[place] == account for place in PLACES])
        mine = (_PARTS.account == account, _counts())
        query = _with_cursor().limit(limit)
        if wanted.status is not None and wanted.names_nobody and not is_past:  # an index of each place leads
            found = union(*[_standing(account, place, wanted.status, after, limit) for place in PLACES])
            query = query.where(_TITLES.title_id.in_(found)).order_by(_TITLES.title_id)
        elif is_past or wanted.names_nobody:  # the account's parts lead, in their own order
            query = _joined(query).where(*mine, _PARTS.title_id > after).order_by(_PARTS.title_id)
            past = (_PARTS.is_carrier.is_(False), ~present)  # whose carrier one is, that one always stands on
            query = query.where(*past) if is_past else narrowed(query.where(present), wanted)
        else:  # the filter's own index leads; whether it is the account's is then a look-up
            part = exists().where(_PARTS.title_id == _TITLES.title_id, *mine)
            query = query.where(_TITLES.title_id > after, present, part).order_by(_TITLES.title_id)
            query = narrowed(query, wanted)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
            moved = [row.title_id for row in rows if row.block_number > row.cursor_final_number]
            final = await _at_final(connection, moved, rows[0].cursor_final_number) if moved else {}
        return [_part_of(account, row, final.get(TitleId(row.title_id))) for row in rows]

    async def having_part(self, account: Address, title_ids: Iterable[TitleId]) -> dict[TitleId, Part]:
        """Those of these titles in which the account has, or had, a part."""
        found: dict[TitleId, Part] = {}
        listed = sorted(set(title_ids))
        async with self._database.reading() as connection:
            for start in range(0, len(listed), IDS_AT_ONCE):
                some = listed[start : start + IDS_AT_ONCE]
                query = _joined(_with_cursor()).where(_PARTS.account == account, _PARTS.title_id.in_(some), _counts())
                rows = (await connection.execute(query)).all()
                moved = [row.title_id for row in rows if row.block_number > row.cursor_final_number]
                final = await _at_final(connection, moved, rows[0].cursor_final_number) if moved else {}
                found |= {TitleId(row.title_id): _part_of(account, row, final.get(row.title_id)) for row in rows}
        return found

    async def granted(self, account: Address, title_ids: Iterable[TitleId], now: Seconds) -> list[Part]:
        """The parts of those who let the account read any of these titles now."""
        found: list[Part] = []
        listed = sorted(set(title_ids))
        async with self._database.reading() as connection:
            for start in range(0, len(listed), IDS_AT_ONCE):
                rows = await connection.execute(live_grants(account, listed[start : start + IDS_AT_ONCE], now))
                for row in rows.all():
                    part = await _part(connection, Address(row.granter), TitleId(row.title_id), granted=True)
                    found += [part] if part is not None else []
        return found

    async def shared(self, account: Address, others: Iterable[Address]) -> dict[TitleId, set[Address]]:
        """Titles on which the account stands now and any of the others ever stood, and who did: some, not all.

        Looked for among a bounded number of titles of either side.
        """
        listed = sorted(set(others))
        mine, theirs = tables.title_parties.alias(), tables.title_parties.alias()
        leads = (
            select(_PARTS.title_id).where(party).order_by(_PARTS.title_id).limit(TITLES_LOOKED_AT).subquery()
            for party in (_PARTS.account == account, _PARTS.account.in_(listed))
        )
        standing = or_(*[_TITLES[place] == account for place in PLACES])
        joined = tables.titles.join(theirs, theirs.c.title_id == _TITLES.title_id)
        query = select(theirs.c.account, theirs.c.title_id).select_from(
            joined.join(mine, mine.c.title_id == _TITLES.title_id)
        )
        query = query.where(mine.c.account == account, theirs.c.account.in_(listed), standing)
        query = query.where(_TITLES.title_id.in_(union(*[select(lead.c.title_id) for lead in leads])))
        found: dict[TitleId, set[Address]] = {}
        async with self._database.reading() as connection:
            for row in await connection.execute(query.limit(SHARED_TITLES)):
                found.setdefault(TitleId(row.title_id), set()).add(Address(row.account))
        return found


async def _part(
    connection: AsyncConnection, account: Address, title_id: TitleId, *, granted: bool = False
) -> Part | None:
    query = _joined(_with_cursor()).where(_PARTS.account == account, _PARTS.title_id == title_id, _counts())
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    final: dict[TitleId, Title] = {}
    if row.block_number > row.cursor_final_number:
        final = await _at_final(connection, [title_id], row.cursor_final_number)
    return _part_of(account, row, final.get(title_id), granted_by=account if granted else None)


def _part_of(account: Address, row: Any, final: Title | None, granted_by: Address | None = None) -> Part:
    title = title_of(row)
    cursor = Cursor(
        row.cursor_number,
        Digest(row.cursor_hash),
        row.cursor_time,
        row.cursor_final_number,
        row.cursor_final_time,
        row.cursor_halted,
    )
    if row.block_number <= cursor.final_number:
        final = title
    return Part(account, title, row.block_number, final, cursor, granted_by)


async def _at_final(
    connection: AsyncConnection, title_ids: Sequence[TitleId], final_number: int
) -> dict[TitleId, Title]:
    """These titles as they stood at the final block, those that were there."""
    states = tables.title_states.c
    newest = (
        select(states.title_id, func.max(states.block_number).label("at"))
        .where(states.title_id.in_(title_ids), states.block_number <= final_number)
        .group_by(states.title_id)
        .subquery()
    )
    query = past_states().join(newest, (newest.c.title_id == states.title_id) & (newest.c.at == states.block_number))
    return {TitleId(row.title_id): title_of(row) for row in await connection.execute(query)}


def _standing(account: Address, place: str, status: Status, after: str, limit: int) -> Select[tuple[Any]]:
    """The first ids above `after` of titles of this status on which the account stands in this place.

    Its place's index leads, also where that has no status (+ 0: else the index of every title's status might).
    """
    titles = tables.titles.alias()
    has_status = (titles.c.status if place == "carrier" else titles.c.status + 0) == int(status)
    part = exists().where(_PARTS.title_id == titles.c.title_id, _PARTS.account == account, _counts())
    query = select(titles.c.title_id).where(titles.c[place] == account, has_status)
    first = query.where(titles.c.title_id > after, part).order_by(titles.c.title_id).limit(limit)
    return select(first.subquery().c.title_id)


def _counts() -> ColumnElement[bool]:
    return or_(_PARTS.block_number <= tables.cursor.c.final_number, _PARTS.is_carrier.is_(True))


def _with_cursor() -> Select[tuple[object, ...]]:
    columns = [column.label(f"cursor_{column.name}") for column in tables.cursor.c]
    joined = tables.titles.join(tables.cursor, tables.cursor.c.one == 1)
    return select(tables.titles, *columns).select_from(joined)


def _joined(query: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
    return query.join_from(tables.titles, tables.title_parties, _PARTS.title_id == _TITLES.title_id)

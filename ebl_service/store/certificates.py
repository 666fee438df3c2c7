"""Reading certificates of insurance: as they stand, and as they stood at any past block."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from ebl_service.domain.certificate import Certificate
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.terms import Address, CertificateId, Mode, Seconds, Status, TitleId
from ebl_service.domain.title import TO_ORDER
from ebl_service.store import tables
from ebl_service.store.certificate_rows import certificate_of
from ebl_service.store.certificate_tables import CERTIFICATE_STANDING, certificate_states, certificates
from ebl_service.store.database import Database
from ebl_service.store.event_rows import recorded_of
from ebl_service.store.titles import events_of, portions


@dataclass(frozen=True, slots=True)
class CertificateFilter:
    """Which certificates; None: any. `assured`: whom they assure now, as their titles stand.

    `concerning`: who issued them, is named by them, or stands on their titles.
    """

    title_id: TitleId | None = None
    insurer: Address | None = None
    named: Address | None = None
    assured: Address | None = None
    concerning: Address | None = None


class CertificateRows:
    """Reads certificates and their events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def certificate(
        self, certificate_id: CertificateId, block: int | None = None
    ) -> tuple[int, Certificate] | None:
        """The certificate now or after a past block, with the block that brought it there; None where it was not."""
        query = select(certificates) if block is None else _at(block)
        async with self._database.reading() as connection:
            found = await connection.execute(query.where(certificates.c.certificate_id == certificate_id))
            row = found.one_or_none()
        return None if row is None else (row.block_number, certificate_of(row))

    async def many(self, ids: Iterable[CertificateId]) -> dict[CertificateId, Certificate]:
        """Those of these certificates that are there, as they stand."""
        found: dict[CertificateId, Certificate] = {}
        async with self._database.reading() as connection:
            for some in portions(ids):
                rows = await connection.execute(select(certificates).where(certificates.c.certificate_id.in_(some)))
                found |= {CertificateId(row.certificate_id): certificate_of(row) for row in rows}
        return found

    async def page(self, wanted: CertificateFilter, after: str, limit: int) -> list[tuple[int, Certificate]]:
        """At most `limit` certificates with ids above `after`, by id."""
        columns = certificates.c
        query = select(certificates).where(columns.certificate_id > after).order_by(columns.certificate_id).limit(limit)
        for name in ("title_id", "insurer", "named"):
            value = getattr(wanted, name)
            if value is not None:
                query = query.where(columns[name] == value)
        query = query.join(tables.titles, tables.titles.c.title_id == columns.title_id)
        if wanted.assured is not None:
            query = query.where(_assured() == wanted.assured)
        if wanted.concerning is not None:
            query = query.where(_concerns(wanted.concerning))
        async with self._database.reading() as connection:
            return [(row.block_number, certificate_of(row)) for row in await connection.execute(query)]

    async def tied_to(self, title_id: TitleId, block: int, after: str, limit: int) -> list[tuple[int, Certificate]]:
        """At most `limit` certificates with ids above `after` that were tied to this title after this block, by id."""
        query = _at(block, at_most_one=False).where(certificate_states.c.title_id == title_id)
        query = query.where(certificates.c.certificate_id > after)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(certificates.c.certificate_id).limit(limit))
            return [(row.block_number, certificate_of(row)) for row in rows]

    async def tied_now(self, title_ids: Iterable[TitleId], of_insurer: int, limit: int) -> list[Certificate]:
        """At most `limit` certificates tied to these titles now: of each insurer the first `of_insurer`, by id.

        However many certificates one insurer ties to a title, those of the others are found.
        """
        columns = certificates.c
        place = func.row_number().over(partition_by=columns.insurer, order_by=columns.certificate_id).label("place")
        counted = select(certificates, place).where(columns.title_id.in_(set(title_ids))).subquery()
        query = select(counted).where(counted.c.place <= of_insurer)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(counted.c.place, counted.c.certificate_id).limit(limit))
            return [certificate_of(row) for row in rows]

    async def given_notice(self, entitled: Address, ends_at: Seconds, after: str, most: int) -> list[TitleId]:
        """At most so many titles with ids above `after` under which a party is entitled, by id.

        Those with a certificate of which a part ends then or later.
        """
        columns, titles = certificates.c, tables.titles.c
        ends = (columns.cargo_ends_at, columns.war_ends_at, columns.strikes_ends_at)
        query = select(titles.title_id).distinct().join(certificates, columns.title_id == titles.title_id)
        query = query.where(titles.entitled == entitled, titles.title_id > after, or_(*(e >= ends_at for e in ends)))
        async with self._database.reading() as connection:
            found = await connection.execute(query.order_by(titles.title_id).limit(most))
            return [TitleId(each) for each in found.scalars()]

    async def events(self, certificate_id: CertificateId) -> list[Recorded]:
        """Everything recorded of a certificate, in the ledger's order."""
        async with self._database.reading() as connection:
            return [recorded_of(row, row.hash) for row in await connection.execute(events_of(certificate_id))]


def _concerns(account: Address) -> ColumnElement[bool]:
    titles = tables.titles.c
    places = (titles.carrier, titles.holder, titles.endorsee, titles.entitled)
    return or_(*(place == account for place in (certificates.c.insurer, certificates.c.named, *places)))


def _assured() -> ColumnElement[str]:
    """`domain.certificate.assured` over the rows of a certificate and its title."""
    titles = tables.titles.c
    is_straight = titles.flags.op("&")(TO_ORDER) == 0
    is_consignees = and_(is_straight, titles.status == int(Status.SURRENDERED_FOR_DELIVERY))
    return case(
        (certificates.c.mode == int(Mode.NONE), certificates.c.named),
        (is_consignees, titles.endorsee),
        else_=titles.entitled,
    )


def _at(block: int, *, at_most_one: bool = True) -> Select[tuple[object, ...]]:
    states = certificate_states
    unchanging = [column for column in certificates.c if column.name not in states.c]
    query = select(
        certificates.c.certificate_id,
        states.c.block_number,
        *unchanging,
        *[states.c[name] for name in CERTIFICATE_STANDING],
    ).join(states, states.c.certificate_id == certificates.c.certificate_id)
    if at_most_one:
        return query.where(states.c.block_number <= block).order_by(states.c.block_number.desc()).limit(1)
    later = states.alias()
    newest = (
        select(func.max(later.c.block_number))
        .where(later.c.certificate_id == states.c.certificate_id, later.c.block_number <= block)
        .scalar_subquery()
    )
    return query.where(states.c.block_number == newest)

"""Lists and queues are led by an index, in its order: a page costs a page, however many rows there are."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event

from ebl_service.domain.terms import Address, Status
from ebl_service.store.callbacks import Callbacks
from ebl_service.store.database import Database
from ebl_service.store.title_parties import TitleParties
from ebl_service.store.titles import TitleFilter, TitleRows
from tests.databases import on_sqlite

ONE, OTHER, MINE = Address("0x01"), Address("0x02"), {"is_past": False}
PAGE = ("", 51)
ASKED: dict[str, tuple[str, Callable[[Database], Awaitable[Any]]]] = {
    "by status": ("ix_titles_status_title_id", lambda db: TitleRows(db).page(TitleFilter(status=Status(1)), *PAGE)),
    "by carrier": ("ix_titles_carrier_title_id", lambda db: TitleRows(db).page(TitleFilter(carrier=ONE), *PAGE)),
    "by carrier and status": (
        "ix_titles_carrier_status_title_id",
        lambda db: TitleRows(db).page(TitleFilter(carrier=ONE, status=Status(1)), *PAGE),
    ),
    "by holder": ("ix_titles_holder_title_id", lambda db: TitleRows(db).page(TitleFilter(holder=ONE), *PAGE)),
    "by endorsee": ("ix_titles_endorsee_title_id", lambda db: TitleRows(db).page(TitleFilter(endorsee=ONE), *PAGE)),
    "one's own": ("title_parties_1", lambda db: TitleParties(db).page(ONE, TitleFilter(), *PAGE, **MINE)),
    "one's own by endorsee": (
        "ix_titles_endorsee_title_id",
        lambda db: TitleParties(db).page(ONE, TitleFilter(endorsee=OTHER), *PAGE, **MINE),
    ),
    "one's own by status": (
        "ix_titles_carrier_status_title_id",
        lambda db: TitleParties(db).page(ONE, TitleFilter(status=Status(1)), *PAGE, **MINE),
    ),
    "one's own past": ("title_parties_1", lambda db: TitleParties(db).page(ONE, TitleFilter(), *PAGE, is_past=True)),
}


async def plan_of(database: Database, ask: Callable[[Database], Awaitable[Any]]) -> list[str]:
    asked: list[tuple[str, Any]] = []

    def keep(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    readers = database._readers.sync_engine
    event.listen(readers, "before_cursor_execute", keep)
    await ask(database)
    event.remove(readers, "before_cursor_execute", keep)
    [(statement, parameters)] = [each for each in asked if each[0].startswith("SELECT")]
    async with database.reading() as connection:
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [str(row[-1]) for row in rows]


@on_sqlite  # PostgreSQL plans by what the tables hold
@pytest.mark.parametrize("name", ASKED)
async def test_a_page_of_titles_is_read_off_an_index_in_its_order(database: Database, name: str) -> None:
    index, ask = ASKED[name]
    plan = await plan_of(database, ask)
    assert any(index in step for step in plan), plan
    slow = ("SCAN titles", "SCAN title_parties", "TEMP B-TREE FOR ORDER BY")
    assert not any(step.startswith(slow) or slow[-1] in step for step in plan), plan


@on_sqlite
async def test_whether_an_earlier_callback_of_a_subject_waits_is_one_look_up(database: Database) -> None:
    plan = await plan_of(database, lambda db: Callbacks(db).due(10, 50))
    assert any(
        "ix_callbacks_account_subject_state_number (account=? AND subject=? AND state=?" in step for step in plan
    )

"""A database belongs to one ledger, and to no other that differs from it in anything."""

from dataclasses import fields, replace
from typing import Any

import pytest
from sqlalchemy import select

from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.errors import LedgerDisagrees
from ebl_service.store import tables
from ebl_service.store.database import Database
from ebl_service.store.history import History
from tests.fake_ledger import IDENTITY

MEMBERS = [each.name for each in fields(LedgerIdentity)]


def another(value: Any) -> Any:
    """A value of the same kind that is not this one; of several, only the last differs."""
    if isinstance(value, tuple):
        return (*value[:-1], another(value[-1]))
    return value + 1 if isinstance(value, int) else f"0x{'77' * (len(value) // 2 - 1)}"


def test_all_that_an_identity_says_is_kept() -> None:
    assert set(tables.ledger.c.keys()) - {"one"} == set(MEMBERS)


async def test_the_same_ledger_is_let_in_again(database: Database) -> None:
    for _ in range(2):
        await History(database).claim(IDENTITY)


@pytest.mark.parametrize("name", MEMBERS)
async def test_another_ledger_is_refused_by_what_it_differs_in(database: Database, name: str) -> None:
    history = History(database)
    await history.claim(IDENTITY)
    rows = select(tables.ledger)
    async with database.reading() as connection:
        before = (await connection.execute(rows)).all()
    with pytest.raises(LedgerDisagrees, match=rf"it has {name} \S+ instead of [^ ]+\.$"):
        await history.claim(replace(IDENTITY, **{name: another(getattr(IDENTITY, name))}))
    async with database.reading() as connection:
        assert (await connection.execute(rows)).all() == before

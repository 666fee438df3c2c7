"""Documents of a database as it was before they were bound to titles: each keeps its title, its parts and its holds."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, select, text

from ebl_service.domain.bindings import CoverBinding, DocumentBinding
from ebl_service.domain.destruction import Approval
from ebl_service.domain.terms import Address, CertificateId, Digest, Seconds, TitleId
from ebl_service.errors.vault import DestructionRefused
from ebl_service.store import migrations
from ebl_service.store.database import Database
from ebl_service.store.document_tables import destructions, legal_holds
from ebl_service.store.documents import Documents
from ebl_service.store.holds import Holds
from ebl_service.store.insurance import Insurance
from tests.databases import PARAMETERS, fresh_url

BEFORE, NOW = "0015", Seconds(1_800_000_000)
CARRIER, INSURER, SHIPPER = (Address(f"0x{n:040x}") for n in (1, 2, 3))
BILL = DocumentBinding(TitleId("0xt1"), Digest("0xc1"), CARRIER)
GONE = DocumentBinding(TitleId("0xt2"), Digest("0xc2"), CARRIER)
COVER = CoverBinding(CertificateId("0xi1"), BILL.title_id, Digest("0xc3"), INSURER)
SALE = DocumentBinding(BILL.title_id, Digest("0xc4"), SHIPPER)
MOVED = CoverBinding(CertificateId("0xi2"), TitleId("0xt9"), Digest("0xc5"), INSURER)
"""Its two rows named different titles: nobody can say which is right."""
ROWS: dict[str, list[dict[str, Any]]] = {
    "documents": [
        {"commitment": commitment, "title_id": title_id, "given_by": given_by, "wrapped_key": key, "number": number}
        for (title_id, commitment, given_by), key, number in (
            (BILL, b"key", "0xn1"),
            (GONE, None, "0xn2"),
            (COVER.document, b"key", None),
            (SALE, b"key", None),
            (DocumentBinding(BILL.title_id, MOVED.commitment, INSURER), b"key", None),
        )
    ],
    "document_parts": [
        {"commitment": each.commitment, "part": part, "sealed": f"{part} of {each.commitment}".encode()}
        for each in (BILL, COVER, SALE)
        for part in ("document", "opening")
    ],
    "insurance_documents": [COVER._asdict(), MOVED._asdict()],
    "terms_of_sale": [{"commitment": SALE.commitment, "title_id": SALE.title_id, "account": SHIPPER, "given_at": NOW}],
    "waivers": [{"commitment": COVER.commitment, "rule": "goods_agree", "account": SHIPPER, "waived_at": NOW}],
    "destructions": [{"commitment": GONE.commitment, "approvals": "[]", "destroyed_at": NOW}],
    "legal_holds": [
        {"commitment": BILL.commitment, "is_placed": True, "reason": "arbitration", "changed_at": NOW},
        {"commitment": "0xunknown", "is_placed": True, "reason": "a bill kept elsewhere", "changed_at": NOW},
    ],
}


@pytest.fixture(params=PARAMETERS)
async def database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """With the tables of before."""
    async with fresh_url(request.param, tmp_path) as url:
        if request.param == "postgresql":
            await emptied(url)
        database = Database(url)
        with monkeypatch.context() as patched:
            patched.setattr("ebl_service.store.database.upgrade", as_before)
            await database.upgrade()
        yield database
        await database.close()


async def emptied(url: str) -> None:
    """Its tables are the newest already."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()


def as_before(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, BEFORE)


async def written(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    fixed = {"documents": {"prepared_at": NOW, "replaces": None, "master_key_id": "first"}}
    async with database.writing() as connection:
        for table, several in rows.items():
            for row in several:
                values = fixed.get(table, {}) | row
                names = ", ".join(values)
                insert = text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in values)})")
                await connection.execute(insert, values)


async def title(database: Database, title_id: str, commitment: str) -> None:
    """A row of the index; what is not asked for here is a nought or an empty word."""
    async with database.writing() as connection:
        columns = await connection.run_sync(lambda sync: {c["name"]: c for c in inspect(sync).get_columns("titles")})
        known = {"title_id": title_id, "commitment": commitment, "replaces": "[]", "replaced_by": "[]"}
        values = {
            name: known.get(name, blank_of(str(column["type"])))
            for name, column in columns.items()
            if name in known or not column["nullable"]
        }
        names = ", ".join(values)
        insert = text(f"INSERT INTO titles ({names}) VALUES ({', '.join(f':{name}' for name in values)})")
        await connection.execute(insert, values)


def blank_of(kind: str) -> object:
    return {"TEXT": "", "BOOLEAN": False}.get(kind.upper(), 0)


async def test_every_row_follows_its_document_to_the_title_that_it_was_taken_in_for(database: Database) -> None:
    await written(database, ROWS)
    await database.upgrade()
    kept, cover = Documents(database), Insurance(database)
    found = await kept.many([BILL, GONE, COVER.document, SALE], ("document", "opening"))
    assert {each: len(row.parts) for each, row in found.items()} == {BILL: 2, GONE: 0, COVER.document: 2, SALE: 2}
    assert found[BILL].parts["document"] == b"document of 0xc1"
    assert (found[GONE].wrapped_key, found[BILL].wrapped_key) == (None, b"key")
    assert await kept.of_number(CARRIER, Digest("0xn1")) == {BILL}
    assert await cover.documents([COVER]) == {COVER}
    assert [(each.binding, each.rule) for each in await cover.waivers(COVER)] == [(COVER, "goods_agree")]
    terms = await cover.last_terms(BILL.title_id)
    assert terms is not None
    assert terms.binding == SALE
    async with database.reading() as connection:
        gone = (await connection.execute(select(destructions.c.title_id, destructions.c.commitment))).all()
        holds = (
            (await connection.execute(select(legal_holds.c.title_id).order_by(legal_holds.c.number))).scalars().all()
        )
    assert [tuple(row) for row in gone] == [GONE[:2]]
    assert holds == [BILL.title_id, None]


async def test_an_insurance_document_whose_rows_named_two_titles_is_not_shown_for_either(database: Database) -> None:
    await written(database, ROWS)
    await database.upgrade()
    either = [MOVED, MOVED._replace(title_id=BILL.title_id)]
    assert await Insurance(database).documents(either) == set()
    assert await Documents(database).many([MOVED.document]) == {}


async def test_holds_keep_and_one_that_was_lifted_for_a_commitment_of_two_titles_is_placed_again(
    database: Database,
) -> None:
    await written(database, ROWS)
    lifted = [{"commitment": BILL.commitment, "is_placed": False, "reason": "the award is final", "changed_at": NOW}]
    await written(database, {"legal_holds": lifted})
    for title_id in (BILL.title_id, "0xcopy"):
        await title(database, title_id, BILL.commitment)
    await database.upgrade()
    holds, approvals = Holds(database), [Approval(SHIPPER, BILL.title_id, "over", NOW, b"")]
    with pytest.raises(DestructionRefused, match="several titles have its commitment"):
        await holds.destroy(BILL, approvals, NOW)
    await holds.put(BILL, "it was this title's", NOW, is_placed=False)
    await holds.destroy(BILL, approvals, NOW)


async def test_a_hold_on_a_commitment_that_no_document_had_counts_for_every_title_that_comes_with_it(
    database: Database,
) -> None:
    await written(database, ROWS)
    await database.upgrade()
    later = DocumentBinding(TitleId("0xlater"), Digest("0xunknown"), CARRIER)
    new = {"title_id": later.title_id, "commitment": later.commitment, "given_by": CARRIER, "wrapped_key": b"key"}
    await written(database, {"documents": [new]})
    with pytest.raises(DestructionRefused, match="a bill kept elsewhere"):
        await Holds(database).destroy(later, [], NOW)


async def test_a_hold_that_was_lifted_for_the_only_title_stays_lifted(database: Database) -> None:
    await written(database, ROWS)
    lifted = [{"commitment": BILL.commitment, "is_placed": False, "reason": "the award is final", "changed_at": NOW}]
    await written(database, {"legal_holds": lifted})
    await title(database, BILL.title_id, BILL.commitment)
    await database.upgrade()
    await Holds(database).destroy(BILL, [], NOW)

"""Restarts, wrong key files, rotation, altered rows: nothing is answered but what was sealed."""

import pytest
from sqlalchemy import select, update

from ebl_service.errors import NotFound
from ebl_service.errors.vault import MasterKeyFileWrong, SealBroken
from ebl_service.store.database import Database
from ebl_service.store.document_tables import document_parts, documents
from tests.document_clerk import KEY, DocumentClerk, count
from tests.fake_ledger import FakeLedger

SECOND = "second " + "22" * 32


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> DocumentClerk:
    return await DocumentClerk(database, ledger).start()


class Killed(BaseException):
    """The process ends here."""


async def test_a_crash_between_keeping_and_answering_leaves_a_document_that_is_issued_after_all(
    database: Database, ledger: FakeLedger
) -> None:
    def end(name: str) -> None:
        if name == "documents.kept":
            raise Killed

    dying = await DocumentClerk(database, ledger, failpoint=end).start()
    draft = dying.draft()
    with pytest.raises(Killed):
        await dying.room.desk.receive([draft])
    again = DocumentClerk(database, ledger)
    await again.room.keeping.open()
    (made,) = await again.send(draft)
    assert await count(database) == 1
    await again.take(again.signed(made))
    await again.work()
    assert (await again.room.kept.kept(await again.title(made.title_id))).content == draft.content


async def test_another_file_of_master_keys_is_refused_at_start(clerk: DocumentClerk, ledger: FakeLedger) -> None:
    await clerk.send(clerk.draft())
    for lines in ((SECOND,), ("first " + "33" * 32,)):
        with pytest.raises(MasterKeyFileWrong, match="first"):
            await DocumentClerk(clerk.database, ledger, master_keys=lines).room.keeping.open()


async def test_rotation_moves_every_key_and_frees_the_old_master_key(clerk: DocumentClerk, ledger: FakeLedger) -> None:
    title = await clerk.issued(clerk.bill(reference="ROT1"))
    content = (await clerk.room.kept.kept(title)).content
    both = DocumentClerk(clerk.database, ledger, master_keys=(KEY, SECOND))
    await both.room.keeping.open()
    assert await both.room.keeping.rotate() == (2, ["first"])
    assert await both.room.keeping.rotate() == (0, [])
    new = DocumentClerk(clerk.database, ledger, master_keys=(SECOND,))
    await new.room.keeping.open()
    assert (await new.room.kept.kept(title)).content == content
    (again,) = await new.send(new.draft(new.bill(reference="ROT1")))
    assert again.title_id == title.title_id  # the carrier's secret moved with the rest


@pytest.mark.parametrize("part", ["document", "opening", "pdf"])
async def test_altered_content_is_never_answered(clerk: DocumentClerk, part: str) -> None:
    title = await clerk.issued()
    async with clerk.database.writing() as connection:
        column = document_parts.c.sealed
        here = (document_parts.c.commitment == title.commitment, document_parts.c.part == part)
        sealed = bytearray((await connection.execute(select(column).where(*here))).scalar_one())
        sealed[len(sealed) // 2] ^= 1
        await connection.execute(update(document_parts).where(*here).values(sealed=bytes(sealed)))
    with pytest.raises(SealBroken):
        await clerk.room.kept.part(title, (part,)) if part == "pdf" else await clerk.room.kept.kept(title)


async def test_rows_of_two_documents_cannot_be_exchanged(clerk: DocumentClerk) -> None:
    one, two = await clerk.issued(clerk.bill(reference="ONE")), await clerk.issued(clerk.bill(reference="TWO"))
    async with clerk.database.writing() as connection:
        for table, column in ((document_parts, "sealed"), (documents, "wrapped_key")):
            values = {}
            for title in (one, two):
                query = select(table).where(table.c.commitment == title.commitment).order_by(*table.primary_key)
                values[title.commitment] = [getattr(row, column) for row in await connection.execute(query)]
            if table is documents:
                for mine, theirs in ((one, two), (two, one)):
                    change = update(table).where(table.c.commitment == mine.commitment)
                    await connection.execute(change.values({column: values[theirs.commitment][0]}))
    with pytest.raises(SealBroken):
        await clerk.room.kept.kept(one)


async def test_a_row_named_for_another_title_is_not_shown(clerk: DocumentClerk) -> None:
    one, two = await clerk.issued(clerk.bill(reference="ONE")), await clerk.issued(clerk.bill(reference="TWO"))
    async with clerk.database.writing() as connection:
        row = (await connection.execute(select(documents).where(documents.c.title_id == one.title_id))).one()
        await connection.execute(documents.insert().values({**row._mapping, "title_id": two.title_id}))
        parts = update(document_parts).where(document_parts.c.title_id == one.title_id)
        await connection.execute(parts.values(title_id=two.title_id))
        await connection.execute(documents.delete().where(documents.c.title_id == one.title_id))
    with pytest.raises(SealBroken):
        await clerk.room.kept.kept(two._replace(commitment=one.commitment))
    with pytest.raises((SealBroken, NotFound)):
        await clerk.room.kept.kept(one)
    assert (await clerk.room.kept.kept(two)).title_id == two.title_id

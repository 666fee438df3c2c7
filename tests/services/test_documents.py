"""Documents prepared, kept, issued, read again: on each kind of database, with restarts, wrong keys, altered rows."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from ebl_service.domain import actions as act
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Address, Purpose
from ebl_service.domain.transport_document.commitment import commitment, reference_salt
from ebl_service.domain.transport_document.record import PaperOriginal
from ebl_service.errors import EblError, InvalidRequest, NotFound
from ebl_service.errors.documents import (
    DocumentMissing,
    DocumentRefused,
    DocumentStale,
    NotADocument,
    NotSwitchedToPaper,
    TitleDiffers,
)
from ebl_service.errors.refusals import TitleExists
from ebl_service.errors.vault import KeyDestroyed, MasterKeyFileWrong, SealBroken
from ebl_service.services.drafts import CARRIERS_PICTURE, PICTURE, Draft, IssueTo, Prepared
from ebl_service.store.database import Database
from ebl_service.store.document_tables import document_parts, documents
from tests.clerk import BANK, BUYER, CARRIER, DAY, SHIPPER
from tests.document_clerk import BLANK, KEY, STRAIGHT, TO_ORDER, DocumentClerk
from tests.fake_ledger import FakeLedger
from voyage.documents import bills, divided

SECOND = "second " + "22" * 32


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> DocumentClerk:
    return await DocumentClerk(database, ledger).start()


def paths(refused: EblError) -> set[tuple[str, str]]:
    assert isinstance(refused, DocumentRefused | TitleDiffers)
    return {(breach.rule, breach.path) for breach in refused.breaches}


async def count(database: Database) -> int:
    async with database.reading() as connection:
        return len((await connection.execute(select(documents.c.commitment))).all())


# Sent, issued, read


async def test_a_document_is_read_by_its_title_byte_for_byte_as_it_was_sent(clerk: DocumentClerk) -> None:
    draft = clerk.draft(clerk.bill(STRAIGHT))
    (made,) = await clerk.send(draft)
    with pytest.raises(NotFound):
        await clerk.title(made.title_id)
    (submission,) = await clerk.take(clerk.signed(made))
    await clerk.work()
    assert await clerk.states(submission) == [State.INCLUDED]
    title = await clerk.title(made.title_id)
    assert (title.holder, title.endorsee, title.carrier) == (SHIPPER.address, BUYER.address, CARRIER.address)
    kept = await clerk.room.kept.kept(title)
    assert kept.content == draft.content
    assert commitment(kept.secrets.salt, kept.secrets.record) == title.commitment
    assert kept.record.pdf_digest is not None
    parts = await clerk.room.kept.part(title, (PICTURE, CARRIERS_PICTURE))
    assert list(parts) == [PICTURE]
    assert parts[PICTURE].startswith(b"%PDF-")


async def test_nothing_of_a_document_stands_in_clear_in_the_database(clerk: DocumentClerk, tmp_path: Path) -> None:
    (made,) = await clerk.send(clerk.draft(clerk.bill(reference="SECRETNUMBER1")))
    async with clerk.database.reading() as connection:
        rows = [*await connection.execute(select(document_parts)), *await connection.execute(select(documents))]
    said = b"".join(repr(tuple(row)).encode() for row in rows) + b"".join(getattr(row, "sealed", b"") for row in rows)
    for word in (b"SECRETNUMBER1", b"English law", made.secrets.salt, made.secrets.salt.hex().encode()):
        assert word not in said


async def test_sending_the_same_document_twice_makes_the_same_title_and_one_row(clerk: DocumentClerk) -> None:
    draft = clerk.draft()
    (first,), (second,) = await clerk.send(draft), await clerk.send(draft)
    assert (first.asked, first.secrets, first.picture) == (second.asked, second.secrets, second.picture)
    assert await count(clerk.database) == 1


async def test_the_same_number_is_issued_once_whatever_the_document_says(clerk: DocumentClerk) -> None:
    await clerk.issued(clerk.bill(TO_ORDER, "ONCE1"))
    (again,) = await clerk.send(clerk.draft(clerk.bill(BLANK, "ONCE1")))
    with pytest.raises(TitleExists):
        await clerk.take(clerk.signed(again))


async def test_many_documents_stand_or_fall_each_by_itself(clerk: DocumentClerk) -> None:
    drafts = [clerk.draft(clerk.bill(BLANK, f"MANY{n}")) for n in range(3)]
    bad = clerk.draft(clerk.bill(BLANK, "MANYBAD"), paper_originals=(PaperOriginal("1", "A"), PaperOriginal("1", "B")))
    none = replace(clerk.draft(), content=b"{")
    results = await clerk.room.desk.receive([drafts[0], bad, drafts[1], none, drafts[2]])
    assert [type(each) for each in results] == [Prepared, DocumentRefused, Prepared, NotADocument, Prepared]
    assert await count(clerk.database) == 3


async def test_a_dry_run_keeps_nothing_and_says_the_same(clerk: DocumentClerk) -> None:
    draft = clerk.draft()
    (dry,) = await clerk.room.desk.receive([draft], dry_run=True)
    assert await count(clerk.database) == 0
    (made,) = await clerk.send(draft)
    assert isinstance(dry, Prepared)
    assert dry.commitment == made.commitment


async def test_all_breaches_come_in_one_answer(clerk: DocumentClerk) -> None:
    bill = clerk.bill(STRAIGHT)
    document = json.loads(bill.sent)
    document["issueDate"] = "2020-01-01"
    document["shippedOnBoardDate"] = "2019-12-31"
    document["isElectronic"] = False
    document["documentParties"]["consignee"]["identifyingCodes"] = [{"codeListProvider": "ZZZ", "partyCode": "none"}]
    content = json.dumps(document).encode()
    to = IssueTo("WAVE", frozenset({("ZZZ", "nobody")}))
    draft = Draft(content, "", "London", issue_to=to)
    (refused,) = await clerk.room.desk.receive([draft])
    assert isinstance(refused, DocumentRefused)
    assert paths(refused) == {
        ("title_stands_for_an_electronic_bill", "isElectronic"),
        ("bill_is_not_ante_dated", "issueDate"),
        ("field_pattern", "governingLaw"),
        ("sent_to_this_platform", "issueTo.sendToPlatform"),
        ("party_is_registered_once", "documentParties.consignee.identifyingCodes"),
        ("party_is_registered_once", "issueTo.identifyingCodes"),
    }
    assert await count(clerk.database) == 0


@pytest.mark.parametrize("day", ["issueDate", "shippedOnBoardDate"])
async def test_a_document_of_two_days_hence_is_refused(clerk: DocumentClerk, day: str) -> None:
    late = clerk.bill().issued_on(clerk.ledger.tip.time + 3 * DAY)
    (refused,) = await clerk.room.desk.receive([clerk.draft(late)])
    assert isinstance(refused, DocumentRefused)
    assert {"issueDate", "shippedOnBoardDate"} & {path for _, path in paths(refused)}


async def test_whom_a_bill_is_issued_to_is_found_by_codes_or_named(clerk: DocumentClerk) -> None:
    to_bank = IssueTo("EBLL", frozenset({("ZZZ", "bank")}))
    (by_codes,) = await clerk.send(clerk.draft(issue_to=to_bank))
    (named,) = await clerk.send(clerk.draft(holder=Address(BUYER.address)))
    (shippers,) = await clerk.send(clerk.draft())
    assert [each.holder for each in (by_codes, named, shippers)] == [BANK.address, BUYER.address, SHIPPER.address]


async def test_a_carrier_may_bring_the_salt_of_its_number(clerk: DocumentClerk) -> None:
    salt = reference_salt(b"its own secret", "OWN1")
    (made,) = await clerk.send(clerk.draft(clerk.bill(reference="OWN1"), reference_salt=salt))
    assert made.secrets.reference_salt == salt
    await clerk.take(clerk.signed(made))


async def test_a_carriers_picture_is_kept_and_named_in_the_record(clerk: DocumentClerk) -> None:
    (made,) = await clerk.send(clerk.draft(picture=b"%PDF-1.4 the carrier's own", manifest="aa.bb.cc"))
    await clerk.take(clerk.signed(made))
    await clerk.work()
    parts = await clerk.room.kept.part(await clerk.title(made.title_id), (CARRIERS_PICTURE,))
    assert parts == {CARRIERS_PICTURE: b"%PDF-1.4 the carrier's own"}
    assert made.record.carrier_visualisation_digest
    assert made.record.manifest_digest


# The act is held against the document


async def test_an_act_that_issues_otherwise_than_the_document_says_is_refused(clerk: DocumentClerk) -> None:
    (made,) = await clerk.send(clerk.draft())
    asked = made.asked
    assert isinstance(asked, act.Issue)
    for changed, path in (
        ({"endorsee": BANK.address}, "documentParties.endorsee"),
        ({"is_to_order": False}, "isToOrder"),
        ({"reference_digest": "0x" + "ab" * 32}, "transportDocumentReference"),
    ):
        values = {name: getattr(asked, name) for name in asked.__dataclass_fields__} | changed
        with pytest.raises(TitleDiffers) as refused:
            await clerk.take(clerk.sign(CARRIER, act.Issue(**values)))
        assert path in {where for _, where in paths(refused.value)}
        assert refused.value.details["index"] == 0


async def test_another_carrier_cannot_issue_the_document(clerk: DocumentClerk) -> None:
    (made,) = await clerk.send(clerk.draft())
    with pytest.raises(TitleDiffers, match="issuing party"):
        await clerk.take(clerk.signed(made, SHIPPER))


async def test_an_act_whose_document_has_become_stale_is_refused_before_it_costs_gas(clerk: DocumentClerk) -> None:
    (made,) = await clerk.send(clerk.draft())
    while clerk.ledger.tip.time <= (made.valid_until or 0):
        clerk.ledger.mine(seconds=DAY // 2)
    await clerk.indexer.catch_up()
    with pytest.raises(DocumentStale) as refused:
        await clerk.take(clerk.signed(made))
    assert paths(refused.value) == {("bill_is_not_ante_dated", "issueDate")}


async def test_a_signature_may_not_outlast_the_date_of_issue(clerk: DocumentClerk) -> None:
    (made,) = await clerk.send(clerk.draft())
    assert made.valid_until is not None
    last = made.valid_until - clerk.ledger.tip.time
    with pytest.raises(DocumentStale, match="counts until"):
        await clerk.take(clerk.signed(made, seconds=last + 1))
    await clerk.take(clerk.signed(made, seconds=last))


async def test_a_title_without_a_document_is_issued_only_where_acts_are_relayed_for_others(
    clerk: DocumentClerk, ledger: FakeLedger
) -> None:
    with pytest.raises(DocumentMissing):
        await clerk.take(clerk.issue())
    relaying = DocumentClerk(clerk.database, ledger, relays_for_others=True)
    await relaying.take(relaying.issue())
    await relaying.work()
    title = (await relaying.queries.titles()).items[0].title
    with pytest.raises(NotFound, match="is not kept here"):
        await relaying.room.kept.kept(title)


async def test_a_party_renamed_between_preparing_and_issuing_is_found_out(clerk: DocumentClerk) -> None:
    (made,) = await clerk.send(clerk.draft(clerk.bill(STRAIGHT)))
    found = await clerk.directory.profile(Address(BUYER.address))
    assert found is not None
    await clerk.directory.put(replace(found, codes=frozenset({("ZZZ", "changed")})))
    with pytest.raises(TitleDiffers, match="no registered party has ZZZ buyer"):
        await clerk.take(clerk.signed(made))


async def test_paper_originals_that_were_surrendered_keep_their_older_date(clerk: DocumentClerk) -> None:
    old = clerk.bill().issued_on(clerk.ledger.tip.time - 30 * DAY)
    originals = tuple(PaperOriginal(f"{n}/3", "Shanghai") for n in range(1, 4))
    (refused,) = await clerk.room.desk.receive([clerk.draft(old)])
    assert isinstance(refused, DocumentRefused)
    (made,) = await clerk.send(clerk.draft(old, paper_originals=originals))
    assert made.valid_until is None
    await clerk.take(clerk.signed(made, seconds=6 * DAY))
    await clerk.work()
    kept = await clerk.room.kept.kept(await clerk.title(made.title_id))
    assert kept.record.paper_originals == originals


# Replacements


async def test_an_amendment_is_the_next_version_and_its_changes_are_told(clerk: DocumentClerk) -> None:
    bill = clerk.bill(TO_ORDER, "AMEND1")
    old = await clerk.surrendered(bill)
    amended = replace(bill, document={**bill.document, "numberOfRiderPages": 7})
    _, (new,) = await clerk.replaced([old], amended)
    assert (new.version, new.reference_digest, new.replaces) == (1, old.reference_digest, (old.title_id,))
    page = await clerk.room.amendments.of(new)
    (told,) = page.items
    assert (told.old, told.new) == (old.title_id, new.title_id)
    assert [(each.path, each.new) for each in told.changes or ()] == [("numberOfRiderPages", 7)]
    assert (await clerk.room.amendments.of(await clerk.title(old.title_id))).items == ()


async def test_a_bill_divided_and_made_one_again_sums_exactly(clerk: DocumentClerk) -> None:
    whole = clerk.bill(TO_ORDER, "WHOLE1")
    old = await clerk.surrendered(whole)
    parts = divided(whole)
    _, new = await clerk.replaced([old], *parts)
    assert [title.version for title in new] == [0, 0]
    for title in new:
        await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(title.title_id, 1, Purpose.AMENDMENT)))
        await clerk.work()
        await clerk.take(clerk.sign(CARRIER, act.AcceptSurrender(title.title_id, 2)))
        await clerk.work()
    _, (one,) = await clerk.replaced(new, clerk.bill(TO_ORDER, "ONEAGAIN"))
    page = await clerk.room.amendments.of(one)
    assert [each.new for each in page.items] == [one.title_id, one.title_id, *sorted(t.title_id for t in new)]
    first = await clerk.room.amendments.of(one, limit=3)
    rest = await clerk.room.amendments.of(one, first.next_cursor, 3)
    assert (*first.items, *rest.items) == page.items
    assert rest.next_cursor is None


async def test_a_division_that_loses_a_container_is_refused(clerk: DocumentClerk) -> None:
    whole = clerk.bill(TO_ORDER, "LOSES1")
    old = await clerk.surrendered(whole)
    first, _ = divided(whole)
    with pytest.raises(TitleDiffers, match="the container is lost"):
        await clerk.replaced([old], first, clerk.bill(BLANK, "LOSES2"))


async def test_breaches_of_a_replacement_say_which_document(clerk: DocumentClerk) -> None:
    old = await clerk.surrendered(clerk.bill(TO_ORDER, "WHICH1"))
    bad = clerk.bill(TO_ORDER, "WHICH1")
    bad = replace(bad, document={**bad.document, "isElectronic": False})
    with pytest.raises(DocumentRefused) as refused:
        await clerk.replaced([old], clerk.bill(TO_ORDER, "WHICH2"), bad)
    assert paths(refused.value) == {("title_stands_for_an_electronic_bill", "documents[1].isElectronic")}


async def test_a_replacement_of_other_titles_than_prepared_is_refused(clerk: DocumentClerk) -> None:
    old, other = [await clerk.surrendered(clerk.bill(reference=number)) for number in ("A1", "B1")]
    made = await clerk.room.desk.replace([clerk.draft(clerk.bill(reference="A1"))], [old.title_id])
    moved = act.Replace((other.title_id,), (other.sequence,), made.act.new_titles)
    with pytest.raises(TitleDiffers, match="prepared in the place of"):
        await clerk.take(clerk.sign(CARRIER, moved))


@pytest.mark.parametrize("numbers", [0, 17])
async def test_a_replacement_of_too_few_or_too_many_titles_is_malformed(clerk: DocumentClerk, numbers: int) -> None:
    with pytest.raises(InvalidRequest, match="1 to 16"):
        await clerk.room.desk.replace([clerk.draft()], [f"0x{n:064x}" for n in range(numbers)])  # type: ignore[misc]


# Paper


async def test_originals_on_paper_are_printed_once_the_switch_is_final(clerk: DocumentClerk) -> None:
    title = await clerk.surrendered(clerk.bill(), Purpose.PAPER)
    with pytest.raises(NotSwitchedToPaper):
        await clerk.room.paper.original(title, 1, 3)
    await clerk.work(blocks=4)
    first, second = [await clerk.room.paper.original(title, number, 3) for number in (1, 2)]
    assert first.startswith(b"%PDF-")
    assert first != second
    with pytest.raises(InvalidRequest):
        await clerk.room.paper.original(title, 4, 3)


# Restarts, keys, altered rows


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
        moved = update(documents).where(documents.c.commitment == one.commitment).values(title_id=two.title_id)
        await connection.execute(moved)
    with pytest.raises((SealBroken, NotFound)):
        await clerk.room.kept.kept(one)
    assert (await clerk.room.kept.kept(two)).title_id == two.title_id


async def test_a_destroyed_key_is_told_and_nothing_is_left(clerk: DocumentClerk) -> None:
    from ebl_service.store.documents import Documents

    title = await clerk.issued()
    await Documents(clerk.database).destroy_key(title.commitment)
    with pytest.raises(KeyDestroyed):
        await clerk.room.kept.kept(title)
    async with clerk.database.reading() as connection:
        left = await connection.execute(text("SELECT count(*) FROM document_parts"))
        assert left.scalar_one() == 0


async def test_a_document_of_four_megabytes_is_taken(clerk: DocumentClerk) -> None:
    bill = clerk.bill(BLANK, "LARGE1")
    document = {**bill.document, "vendorNotes": ["x" * 1_000] * 4_000}
    draft = clerk.draft(replace(bill, document=document))
    assert 4_000_000 < len(draft.content) < 4_194_304
    (made,) = await clerk.send(draft)
    assert made.received.content == draft.content


def test_the_samples_divide() -> None:
    (whole,) = bills(Path(__file__).parents[2] / "samples" / f"{TO_ORDER}.json")
    assert all(part.document["consignmentItems"] for part in divided(whole))

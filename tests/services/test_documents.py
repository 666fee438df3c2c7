"""Documents prepared, kept, issued, read again: on each kind of database, with restarts, wrong keys, altered rows."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from ebl_service.domain.submission import State
from ebl_service.domain.terms import Address, Purpose
from ebl_service.domain.transport_document.commitment import commitment, reference_salt
from ebl_service.domain.transport_document.record import PaperOriginal
from ebl_service.errors import InvalidRequest, NotFound
from ebl_service.errors.documents import (
    DocumentRefused,
    NotADocument,
    NotSwitchedToPaper,
)
from ebl_service.errors.refusals import TitleExists
from ebl_service.services.drafts import CARRIERS_PICTURE, PICTURE, Draft, IssueTo, Prepared
from ebl_service.store.database import Database
from ebl_service.store.document_tables import document_parts, documents
from tests.clerk import BANK, BUYER, CARRIER, DAY, SHIPPER
from tests.document_clerk import BLANK, STRAIGHT, TO_ORDER, DocumentClerk, count, paths
from tests.fake_ledger import FakeLedger


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> DocumentClerk:
    return await DocumentClerk(database, ledger).start()


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
        ("displayed_shipment_has_its_date", "displayedShippedOnBoardReceivedForShipment"),
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


async def test_a_document_of_four_megabytes_is_taken(clerk: DocumentClerk) -> None:
    bill = clerk.bill(BLANK, "LARGE1")
    document = {**bill.document, "vendorNotes": ["x" * 1_000] * 4_000}
    draft = clerk.draft(replace(bill, document=document))
    assert 4_000_000 < len(draft.content) < 4_194_304
    (made,) = await clerk.send(draft)
    assert made.received.content == draft.content


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

"""A bill's number is issued once, under whichever salt: one bill has no two originals."""

import asyncio

import pytest

from ebl_service.domain.terms import Purpose
from ebl_service.domain.transport_document.record import PaperOriginal
from ebl_service.errors.documents import NumberIssued
from ebl_service.store.database import Database
from tests.clerk import CARRIER
from tests.document_clerk import DocumentClerk
from tests.fake_ledger import FakeLedger

OWN_SALT = b"\x07" * 32


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> DocumentClerk:
    return await DocumentClerk(database, ledger).start()


async def test_a_number_that_is_issued_is_not_prepared_under_another_salt(clerk: DocumentClerk) -> None:
    title = await clerk.issued(clerk.bill(reference="ONCE1"))
    again = clerk.draft(clerk.bill(reference="ONCE1"), reference_salt=OWN_SALT)
    (refused,) = await clerk.room.desk.receive([again], carrier=CARRIER.address)
    assert isinstance(refused, NumberIssued)
    assert refused.details["title_id"] == title.title_id


async def test_of_two_that_were_prepared_before_only_one_is_issued(clerk: DocumentClerk) -> None:
    (first,) = await clerk.send(clerk.draft(clerk.bill(reference="ONCE2")))
    (second,) = await clerk.send(clerk.draft(clerk.bill(reference="ONCE2"), reference_salt=OWN_SALT))
    assert first.title_id != second.title_id
    await clerk.take(clerk.signed(second))
    await clerk.work()
    with pytest.raises(NumberIssued) as refused:
        await clerk.take(clerk.signed(first))
    assert refused.value.details == {"title_id": second.title_id, "index": 0}


async def test_nor_both_at_once_nor_while_the_other_is_on_its_way(clerk: DocumentClerk) -> None:
    (first,) = await clerk.send(clerk.draft(clerk.bill(reference="ONCE5")))
    (second,) = await clerk.send(clerk.draft(clerk.bill(reference="ONCE5"), reference_salt=OWN_SALT))
    with pytest.raises(NumberIssued, match="twice"):
        await clerk.take(clerk.signed(first), clerk.signed(second))
    await clerk.take(clerk.signed(first))
    with pytest.raises(NumberIssued, match="is being issued"):
        await clerk.take(clerk.signed(second))


async def test_nor_of_two_requests_that_come_together(clerk: DocumentClerk) -> None:
    (first,) = await clerk.send(clerk.draft(clerk.bill(reference="ONCE6")))
    (second,) = await clerk.send(clerk.draft(clerk.bill(reference="ONCE6"), reference_salt=OWN_SALT))
    together = [clerk.take(clerk.signed(each)) for each in (first, second)]
    answers = await asyncio.gather(*together, return_exceptions=True)
    (refused,) = [each for each in answers if isinstance(each, BaseException)]
    assert isinstance(refused, NumberIssued)
    assert refused.details["index"] == 0
    await clerk.work()
    assert len(clerk.ledger.world.titles) == 1


async def test_nor_while_the_other_comes_in_the_place_of_another_bill(clerk: DocumentClerk) -> None:
    old = await clerk.surrendered(clerk.bill(reference="ONCE7"))
    made = await clerk.room.desk.replace([clerk.draft(clerk.bill(reference="ONCE8"))], [old.title_id])
    (other,) = await clerk.send(clerk.draft(clerk.bill(reference="ONCE8"), reference_salt=OWN_SALT))
    await clerk.take(clerk.sign(CARRIER, made.act, seconds=3600))
    with pytest.raises(NumberIssued, match="is being issued"):
        await clerk.take(clerk.signed(other))


async def test_the_same_document_sent_again_is_still_the_same_title(clerk: DocumentClerk) -> None:
    title = await clerk.issued(clerk.bill(reference="ONCE3"))
    (made,) = await clerk.send(clerk.draft(clerk.bill(reference="ONCE3")))
    assert made.title_id == title.title_id


async def test_a_bill_that_went_to_paper_comes_back_for_its_originals_only(clerk: DocumentClerk) -> None:
    await clerk.surrendered(clerk.bill(reference="ONCE4"), Purpose.PAPER)
    bill = clerk.bill(reference="ONCE4")
    (refused,) = await clerk.room.desk.receive([clerk.draft(bill, reference_salt=OWN_SALT)])
    assert isinstance(refused, NumberIssued)
    originals = (PaperOriginal("1/1", "Shanghai"),)
    (made,) = await clerk.send(clerk.draft(bill, reference_salt=OWN_SALT, paper_originals=originals))
    await clerk.take(clerk.signed(made))


async def test_two_numbers_that_differ_in_case_alone_are_one(clerk: DocumentClerk) -> None:
    """Nobody tells two bills apart by the case of their letters (docs/decisions/0028)."""
    title = await clerk.issued(clerk.bill(reference="ZQHM-Once9"))
    for spelled in ("ZQHM-ONCE9", "zqhm-once9"):
        again = clerk.draft(clerk.bill(reference=spelled))
        (refused,) = await clerk.room.desk.receive([again], carrier=CARRIER.address)
        assert isinstance(refused, NumberIssued)
        assert refused.details["title_id"] == title.title_id

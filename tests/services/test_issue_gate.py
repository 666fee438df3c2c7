"""An act that issues is held against its documents: particulars, parties, dates, what it replaces, sums."""

from dataclasses import replace
from pathlib import Path

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.terms import Address, Purpose
from ebl_service.domain.transport_document.division import check_sums
from ebl_service.domain.transport_document.record import PaperOriginal
from ebl_service.errors import InvalidRequest, NotFound
from ebl_service.errors.documents import (
    DocumentMissing,
    DocumentRefused,
    DocumentStale,
    TitleDiffers,
)
from ebl_service.store.database import Database
from tests.clerk import BANK, BUYER, CARRIER, DAY, SHIPPER
from tests.document_clerk import BLANK, STRAIGHT, TO_ORDER, DocumentClerk, paths
from tests.fake_ledger import FakeLedger
from voyage.documents import bills, can_be_divided, divided


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> DocumentClerk:
    return await DocumentClerk(database, ledger).start()


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


def test_the_samples_divide() -> None:
    (whole,) = bills(Path(__file__).parents[2] / "samples" / f"{TO_ORDER}.json")
    assert can_be_divided(whole)
    assert all(part.document["consignmentItems"] for part in divided(whole))


def test_the_only_container_of_a_bill_is_divided_by_its_load() -> None:
    (whole,) = bills(Path(__file__).parents[2] / "samples" / "chinese-latin-qingdao-antwerp.json")
    assert can_be_divided(whole)
    assert check_sums([whole.document], [part.document for part in divided(whole)]) == ()

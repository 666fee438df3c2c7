"""How far back a date of issue may lie: strictly today, or as the registrar sets it for a carrier; then it is shown."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from ebl_service.domain.carrier_terms import CarrierTerms
from ebl_service.domain.terms import Role, TitleId
from ebl_service.domain.transport_document.record import read_record
from ebl_service.domain.verification import Verdict
from ebl_service.errors.documents import DocumentRefused, DocumentStale
from ebl_service.errors.requests import MissingField
from ebl_service.services.document_desk import act_of
from ebl_service.services.drafts import PICTURE, Draft, Prepared
from ebl_service.services.indexed_titles import IndexedTitles
from ebl_service.services.onboarding import NewParty
from ebl_service.services.verification import Opening, Verification
from ebl_service.store.database import Database
from tests.clerk import CARRIER
from tests.fake_ledger import IDENTITY, FakeLedger
from tests.platform_clerk import PlatformClerk

DAY = 86_400


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger, tmp_path: Path) -> PlatformClerk:
    opened = await PlatformClerk.opened(database, ledger, tmp_path)
    await opened.onboard()
    return opened


async def prepared(clerk: PlatformClerk, days_ago: int) -> Prepared:
    bill = clerk.bill().issued_on(clerk.now() - days_ago * DAY)
    (result,) = await clerk.room.desk.receive([Draft(bill.sent.encode(), "English law", "London")])
    if not isinstance(result, Prepared):
        raise result
    return result


async def allow(clerk: PlatformClerk, days: int) -> None:
    await clerk.platform.carriers.put(CarrierTerms(CARRIER.address, "English law", "London", days), clerk.now())


async def test_without_a_setting_the_rule_is_strict(clerk: PlatformClerk) -> None:
    with pytest.raises(DocumentRefused) as refused:
        await prepared(clerk, 3)
    assert [breach.rule for breach in refused.value.breaches] == ["bill_is_not_ante_dated"]
    assert not (await prepared(clerk, 0)).record.is_back_dated


async def test_a_bill_within_the_setting_is_issued_and_shown_as_back_dated(clerk: PlatformClerk) -> None:
    await allow(clerk, 5)
    made = await prepared(clerk, 3)
    assert made.record.is_back_dated
    await clerk.take(clerk.sign(CARRIER, act_of(made)))
    await clerk.work(5)
    title = clerk.ledger.world.titles[made.title_id]
    kept = await clerk.room.kept.kept(title)
    assert read_record(kept.secrets.record).is_back_dated
    pages = await clerk.room.kept.part(title, {PICTURE})
    file = clerk.folder / "bill.pdf"
    file.write_bytes(pages[PICTURE])
    assert "Back-dated" in "".join(page.extract_text() for page in PdfReader(file).pages)
    titles = IndexedTitles(clerk.history, clerk.directory)
    checks = Verification(titles, IDENTITY.chain_id, IDENTITY.title_registry)
    opening = Opening(TitleId(made.title_id), kept.secrets.salt, kept.secrets.record)
    finding = await checks.verify(kept.content, opening)
    assert (finding.verdict, finding.is_back_dated) == (Verdict.GENUINE, True)


async def test_no_setting_goes_further_than_it_says_or_into_the_future(clerk: PlatformClerk) -> None:
    await allow(clerk, 5)
    with pytest.raises(DocumentRefused):
        await prepared(clerk, 8)
    with pytest.raises(DocumentRefused) as refused:
        await prepared(clerk, -3)
    assert "bill_is_not_post_dated" in [breach.rule for breach in refused.value.breaches]


async def test_a_bill_whose_record_does_not_say_so_is_not_issued_late(clerk: PlatformClerk) -> None:
    """Prepared on its day, it must be prepared anew to be issued later: its record would not say that it is late."""
    await allow(clerk, 5)
    made = await prepared(clerk, 0)
    clerk.ledger.mine(1, seconds=3 * DAY)
    await clerk.indexer.catch_up()
    with pytest.raises(DocumentStale):
        await clerk.take(clerk.sign(CARRIER, act_of(made)))


async def test_a_setting_that_was_taken_back_counts_for_what_is_prepared_already(clerk: PlatformClerk) -> None:
    await allow(clerk, 5)
    made = await prepared(clerk, 3)
    await allow(clerk, 0)
    with pytest.raises(DocumentStale):
        await clerk.take(clerk.sign(CARRIER, act_of(made)))


async def test_the_setting_is_the_desks_and_stays_where_it_is_not_named(clerk: PlatformClerk) -> None:
    async def onboarded(**changes: object) -> CarrierTerms | None:
        given = {"governing_law": "English law", "jurisdiction": "London", "account": CARRIER.address} | changes
        new = NewParty("A line", frozenset({("NMFTA", "ZQHM")}), Role(0), **given)  # type: ignore[arg-type]
        await clerk.platform.onboarding.onboard(None, new)
        return await clerk.platform.carriers.terms(CARRIER.address)

    for days, expected in ((None, 0), (30, 30), (None, 30), (0, 0)):
        terms = await onboarded(back_dating_days=days)
        assert terms is not None
        assert terms.back_dating_days == expected
    with pytest.raises(MissingField):
        await onboarded(back_dating_days=3, governing_law=None)

"""Gaps are told to who is entitled, once, and again when they are others."""

import json

import pytest

from ebl_service.domain.certificate import Certificate
from ebl_service.domain.certificate_actions import CancelCertificate
from ebl_service.domain.insurance_document.gaps import GapKind
from ebl_service.domain.terms import Part, TitleId
from ebl_service.domain.title import Title
from ebl_service.services.gap_alerts import GapAlerts
from ebl_service.store.database import Database
from ebl_service.store.insurance import Insurance
from tests.clerk import BANK, SHIPPER
from tests.cover_clerk import INSURER, CoverClerk, sale
from tests.fake_ledger import IDENTITY, FakeLedger


async def told(alerts: GapAlerts) -> list[tuple[TitleId, list[GapKind]]]:
    return [(title_id, [gap.kind for gap in gaps]) async for title_id, gaps in alerts.news()]


async def test_terms_of_sale_are_news_to_who_is_entitled_and_to_nobody_else(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await CoverClerk(database, ledger).start()
    title = await clerk.insurable()
    shippers, banks = (GapAlerts(clerk.covers.queries, party.address, clock=clerk.now) for party in (SHIPPER, BANK))
    shippers.look_at([title.title_id])
    assert await told(shippers) == [(title.title_id, [GapKind.NO_COVER])]
    shippers.look_at([title.title_id])
    assert await told(shippers) == [], "the same is not told twice"
    await clerk.insured(title)
    shippers.look_at([title.title_id])
    assert await told(shippers) == [(title.title_id, [])], "what was missing is there"
    terms = sale()
    terms["insurableValue"]["amount"] = 400_000
    await clerk.covers.queries.give_terms(clerk.stated(title, terms), json.dumps(terms).encode())
    assert await clerk.covers.queries.sold_since(BANK.address, 0) == set()
    banks.look_at([title.title_id])
    assert await told(banks) == [], "another party's title"
    assert await told(shippers) == [(title.title_id, [GapKind.UNDER_INSURED])]


@pytest.mark.parametrize("place", [(FakeLedger, "verify_signature"), (Insurance, "add_terms")])
async def test_terms_of_sale_that_took_long_to_be_kept_are_news_too(
    database: Database, ledger: FakeLedger, monkeypatch: pytest.MonkeyPatch, place: tuple[type, str]
) -> None:
    clerk = await CoverClerk(database, ledger).start()
    title = await clerk.insurable()
    await clerk.insured(title)
    alerts, work = GapAlerts(clerk.covers.queries, SHIPPER.address, clock=clerk.now), getattr(*place)

    async def slow(*about: object) -> object:
        clerk.ahead += 30
        assert await told(alerts) == []
        return await work(*about)

    monkeypatch.setattr(*place, slow)
    terms = sale()
    terms["insurableValue"]["amount"] = 400_000
    await clerk.covers.queries.give_terms(clerk.stated(title, terms), json.dumps(terms).encode())
    assert await told(alerts) == [(title.title_id, [GapKind.UNDER_INSURED])]
    assert await told(alerts) == []


async def ended(clerk: CoverClerk, title: Title, part: Part = Part.WAR) -> Certificate:
    """A certificate whose war cover ends by a notice, a week after the next block."""
    insured = await clerk.insured(title, {"effectiveDate": "2090-01-01"})
    cancel = CancelCertificate(insured.certificate_id, insured.sequence, part)
    await clerk.take(INSURER.sign_act(IDENTITY.insurance_domain, cancel, clerk.ledger.tip.time + 3600))
    await clerk.work(5)
    return await clerk.certificate(insured.certificate_id)


async def passes(clerk: CoverClerk, seconds: int) -> None:
    """So much time, in one block that tells of nothing else."""
    clerk.ledger.mine(seconds=seconds)
    await clerk.indexer.catch_up()


async def test_cover_that_ends_by_a_notice_is_told_when_its_time_has_come_and_when_blocks_take_it_back(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await CoverClerk(database, ledger).start()
    title = await clerk.insurable()
    alerts = GapAlerts(clerk.covers.queries, SHIPPER.address, clock=clerk.now)
    ends_at = (await ended(clerk, title)).ends_at.war
    alerts.look_at([title.title_id])
    assert await told(alerts) == [(title.title_id, [GapKind.ENDING, GapKind.STARTS_LATE])]
    await passes(clerk, ends_at - ledger.tip.time - 1)
    assert await told(alerts) == [], "a second is left"
    await passes(clerk, 1)
    over = [(title.title_id, [GapKind.ENDED, GapKind.STARTS_LATE])]
    assert await told(alerts) == over
    assert await told(alerts) == []
    ledger.shrink(1)
    ledger.mine(seconds=0)
    await clerk.indexer.catch_up()
    assert ledger.tip.time < ends_at
    assert await told(alerts) == [(title.title_id, [GapKind.ENDING, GapKind.STARTS_LATE])], "the block was taken back"
    await passes(clerk, 1)
    assert await told(alerts) == over


async def test_who_resumes_is_told_of_cover_that_ended_meanwhile_and_who_is_not_entitled_is_not(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await CoverClerk(database, ledger).start()
    title = await clerk.insurable()
    ends_at = (await ended(clerk, title)).ends_at.war
    read_at = ledger.tip.time
    await passes(clerk, 30 * 86_400)
    queries = clerk.covers.queries
    over = [(title.title_id, [GapKind.ENDED, GapKind.STARTS_LATE])]
    assert await told(GapAlerts(queries, SHIPPER.address, read_at, clerk.now)) == over
    assert await told(GapAlerts(queries, SHIPPER.address, ends_at, clerk.now)) == over
    assert await told(GapAlerts(queries, SHIPPER.address, ends_at + 1, clerk.now)) == [], "it was told by then"
    assert await told(GapAlerts(queries, BANK.address, read_at, clerk.now)) == []


async def test_who_resumes_before_a_notice_runs_out_is_told_when_it_does(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await CoverClerk(database, ledger).start()
    title = await clerk.insurable()
    ends_at = (await ended(clerk, title)).ends_at.war
    alerts = GapAlerts(clerk.covers.queries, SHIPPER.address, ledger.tip.time, clerk.now)
    assert await told(alerts) == [(title.title_id, [GapKind.ENDING, GapKind.STARTS_LATE])]
    await passes(clerk, ends_at - ledger.tip.time)
    assert await told(alerts) == [(title.title_id, [GapKind.ENDED, GapKind.STARTS_LATE])]


async def test_who_resumes_is_told_that_a_gap_is_closed(database: Database, ledger: FakeLedger) -> None:
    clerk = await CoverClerk(database, ledger).start()
    title = await clerk.insurable()
    await clerk.insured(title)
    alerts = GapAlerts(clerk.covers.queries, SHIPPER.address, ledger.tip.time, clerk.now)
    alerts.look_at([title.title_id])
    assert await told(alerts) == [(title.title_id, [])]
    alerts.look_at([title.title_id])
    assert await told(alerts) == []


async def test_a_page_is_not_all_that_is_looked_for(
    database: Database, ledger: FakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ebl_service.services.cover.TITLES_AT_ONCE", 1)
    clerk = await CoverClerk(database, ledger).start()
    titles = [await clerk.insurable(number) for number in ("PAGED1", "PAGED2", "PAGED3")]
    for title in titles:
        await clerk.covers.queries.give_terms(clerk.stated(title, sale()), json.dumps(sale()).encode())
    found = await clerk.covers.queries.sold_since(SHIPPER.address, 0)
    assert found == {title.title_id for title in titles}

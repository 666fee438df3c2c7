"""Gaps are told to who is entitled, once, and again when they are others."""

import json

from ebl_service.domain.insurance_document.gaps import GapKind
from ebl_service.domain.terms import TitleId
from ebl_service.services.gap_alerts import GapAlerts
from ebl_service.store.database import Database
from tests.clerk import BANK, SHIPPER
from tests.cover_clerk import CoverClerk, sale
from tests.fake_ledger import FakeLedger


async def told(alerts: GapAlerts) -> list[tuple[TitleId, list[GapKind]]]:
    return [(title_id, [gap.kind for gap in gaps]) async for title_id, gaps in alerts.news()]


async def test_terms_of_sale_are_news_to_who_is_entitled_and_to_nobody_else(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await CoverClerk(database, ledger).start()
    title = await clerk.insurable()
    shippers, banks = (GapAlerts(clerk.covers.queries, party.address, clerk.now) for party in (SHIPPER, BANK))
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

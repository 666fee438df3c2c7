"""A bill's chain by its number, which anybody can guess: who may not read it learns nothing, by the queries neither."""

from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import event

from ebl_service.domain import actions as act
from ebl_service.domain.carrier_terms import CarrierTerms
from ebl_service.domain.terms import Address, TitleId
from ebl_service.errors import NotFound
from ebl_service.store.database import Database
from tests.clerk import BANK, CARRIER, SHIPPER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk

NUMBER = "NUMBER-1"


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger, tmp_path: Path) -> PlatformClerk:
    """A bill in the shipper's hands."""
    opened = await PlatformClerk.opened(database, ledger, tmp_path)
    await opened.onboard(in_custody=True)
    await issue(opened, NUMBER)
    return opened


async def issue(clerk: PlatformClerk, number: str) -> None:
    await clerk.ask(clerk.request(clerk.bill(reference=number)))
    for _ in range(3):
        await clerk.work(2)


def queries_of(clerk: PlatformClerk) -> list[str]:
    """Every query from now on, without the values of lists."""
    asked: list[str] = []
    for engine in (clerk.database._readers.sync_engine, clerk.database._writers.sync_engine):
        event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2].partition(" IN (")[0]))
    return asked


async def test_a_number_that_is_issued_costs_a_stranger_the_same_queries_as_one_that_is_not(
    clerk: PlatformClerk,
) -> None:
    for party in (CARRIER, SHIPPER):
        (chain,) = await clerk.platform.chains.told(party.address, NUMBER)
        assert chain["transportDocumentReference"] == NUMBER
    await require_alike(clerk, least=1)


async def test_it_costs_the_same_queries_as_well_for_the_holder_of_another_bill_of_the_carrier(
    clerk: PlatformClerk,
) -> None:
    await issue(clerk, "NUMBER-9")
    (other,) = [each for each in clerk.ledger.world.titles if each != (await held(clerk))[0]]
    await clerk.take(clerk.sign(SHIPPER, act.Transfer(other, 1, BANK.address)))
    await clerk.work(5)
    (chain,) = await clerk.platform.chains.told(BANK.address, "NUMBER-9")
    assert chain["transportDocumentReference"] == "NUMBER-9"
    await require_alike(clerk, least=3)


async def test_reading_a_chain_writes_nothing_and_costs_no_more_with_many_other_carriers(clerk: PlatformClerk) -> None:
    asked = queries_of(clerk)
    await clerk.platform.chains.told(SHIPPER.address, NUMBER)
    with_one = list(asked)
    for number in range(40):
        account = Address(f"0x{number + 1:040x}")
        await clerk.platform.carriers.put(CarrierTerms(account, "English law", "London"), clerk.now())
    for who in (SHIPPER, BANK):
        asked.clear()
        with suppress(NotFound):
            await clerk.platform.chains.told(who.address, NUMBER)
        assert len(asked) <= len(with_one)
        assert not [query for query in asked if not query.startswith(("SELECT", "BEGIN", "COMMIT", "ROLLBACK"))]


async def require_alike(clerk: PlatformClerk, least: int) -> None:
    """The bank's questions after a bill of another's and after none are answered by the same queries."""
    asked, queries = queries_of(clerk), []
    for number in ("NUMBER-0", NUMBER, "NUMBER-2"):
        asked.clear()
        with pytest.raises(NotFound):
            await clerk.platform.chains.told(BANK.address, number)
        queries.append(list(asked))
    assert queries[0] == queries[1] == queries[2]
    assert len(queries[0]) >= least


async def held(clerk: PlatformClerk) -> list[TitleId]:
    """The titles of the number's chain."""
    numbers = await clerk.platform.desk.may_be([CARRIER.address], NUMBER)
    return [each for each in clerk.ledger.world.titles if each in numbers]

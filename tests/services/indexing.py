"""What the tests of the index have between them: bills issued and passed on by others, and a comparison of all."""

from sqlalchemy import select

from ebl_service.domain import actions as act
from ebl_service.domain.certificate_events import CertificateEvent
from ebl_service.domain.terms import Address
from ebl_service.store import tables
from tests.clerk import BANK, SHIPPER, Clerk, title_of


async def held_by(clerk: Clerk, number: str = "1") -> Address:
    return (await clerk.queries.title(title_of(number))).title.holder


async def issued(clerk: Clerk, number: str = "1") -> None:
    clerk.ledger.someone_sends(clerk.issue(number))
    clerk.ledger.mine()
    await clerk.indexer.catch_up()


async def passed(clerk: Clerk, number: str = "1") -> None:
    clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.Transfer(title_of(number), 1, BANK.address)))
    clerk.ledger.mine()
    await clerk.indexer.catch_up()


async def agrees(clerk: Clerk) -> None:
    """Every title and party as the ledger has it at its tip, and the cursor there."""
    world = clerk.ledger.world
    titles = await clerk.history.titles.many(world.titles)
    assert titles == world.titles
    page = await clerk.queries.titles(limit=200)
    assert {view.title.title_id for view in page.items} == set(world.titles)
    parties = await clerk.queries.parties(limit=200)
    assert {party.account: party for party in parties.items} == world.parties
    cursor = await clerk.history.cursor()
    assert cursor is not None
    assert (cursor.number, cursor.hash) == (clerk.ledger.tip.number, clerk.ledger.tip.hash)


async def states_kept(clerk: Clerk) -> None:
    """There is a row for how each title stood at the final block, and after each later one that changed it."""
    cursor = await clerk.history.cursor()
    assert cursor is not None
    expected: set[tuple[str, int]] = set()
    for title_id in clerk.ledger.world.titles:
        numbers = {
            item.block_number
            for mined in clerk.ledger.chain
            for item in mined.recorded
            if getattr(item.event, "title_id", None) == title_id and not isinstance(item.event, CertificateEvent)
        }
        final = [number for number in numbers if number <= cursor.final_number]
        expected |= {(title_id, number) for number in numbers if number >= max(final, default=0)}
    states = tables.title_states.c
    async with clerk.database.reading() as connection:
        found = (await connection.execute(select(states.title_id, states.block_number))).all()
    assert {(row.title_id, row.block_number) for row in found} == expected

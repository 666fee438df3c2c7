"""What the tests of the index have between them: bills issued and passed on by others, and a comparison of all."""

from ebl_service.domain import actions as act
from ebl_service.domain.terms import Address
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

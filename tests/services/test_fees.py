"""Several offers for one nonce: what still stands of the same acts, at most one in a block, and none for nothing."""

from ebl_service.domain import actions as act
from ebl_service.domain.submission import State
from ebl_service.errors import Underpriced
from ebl_service.store.database import Database
from ebl_service.store.transactions import Course
from tests.clerk import BANK, BUYER, SHIPPER, Clerk, title_of
from tests.fake_ledger import FakeLedger


def executions(ledger: FakeLedger) -> int:
    """How many transactions of ours are on the chain."""
    return sum(len(mined.outcomes) for mined in ledger.chain)


async def ask_more(clerk: Clerk) -> None:
    """For a moment blocks cost twice as much, a minute after the last offer."""
    usual, clerk.ledger.base_fee = clerk.ledger.base_fee, clerk.ledger.base_fee * 2
    clerk.ahead += 60
    await clerk.relay.step()
    clerk.ledger.base_fee = usual


async def test_a_higher_fee_is_offered_for_the_same_nonce(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    first = clerk.ledger.pool[0]
    clerk.ledger.base_fee = 1000
    clerk.ledger.mine()
    clerk.ahead += 60
    await clerk.relay.step()
    second = clerk.ledger.pool[0]
    assert second.hash != first.hash
    assert second.fees.max_fee * 10 >= first.fees.max_fee * 11
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]
    assert executions(clerk.ledger) == 1
    assert not await clerk.outbox.transactions.live()


async def test_an_older_offer_that_is_included_after_all_counts(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    first = clerk.ledger.pool[0]
    await ask_more(clerk)
    assert clerk.ledger.pool[0].hash != first.hash
    clerk.ledger.pool[0] = first
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]
    assert (await clerk.outbox.submission(taken.submission_id)).transaction_hash == first.hash


async def test_fees_above_the_bound_are_waited_out(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger, most_fee=100).start()
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    ledger.base_fee = 1000
    clerk.ahead += 60
    await clerk.relay.step()
    assert "more than the bound 100" in str(clerk.relay.trouble)
    ledger.base_fee = 10
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]


async def test_a_node_that_wants_more_at_once_gets_it(clerk: Clerk) -> None:
    stuck = clerk.ledger.sign_filler(0, await clerk.ledger.fees())
    clerk.ledger.pool[0] = stuck
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]


async def test_offers_made_within_one_second_are_told_apart_by_what_they_offer(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    clerk.ledger.fail_next["send"] = [Underpriced("transaction underpriced")] * 3
    await clerk.relay.step()
    for _ in range(3):
        await clerk.relay.step()
    offers = await clerk.outbox.transactions.live()
    assert clerk.ledger.pool[0].hash == offers[-1].hash
    assert clerk.ledger.pool[0].fees.max_fee == max(offer.fees.max_fee for offer in offers)
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]


async def test_of_two_offers_only_the_one_in_the_chain_is_included(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    first = clerk.ledger.pool[0]
    await ask_more(clerk)
    second = clerk.ledger.pool[0]
    clerk.ahead = 0
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    clerk.ledger.shrink(1)
    clerk.ledger.pool[0] = first
    clerk.ledger.mine(2)
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    courses = {carried.hash: carried.course for carried in await clerk.outbox.transactions.live()}
    assert courses == {first.hash: Course.INCLUDED, second.hash: Course.SENT}
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]
    assert not await clerk.outbox.transactions.live()


async def test_no_more_is_offered_while_no_block_comes_and_the_ledger_asks_no_more(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.relay.step()
    first = clerk.ledger.pool[0]
    for _ in range(120):
        clerk.ahead += 60
        await clerk.relay.step()
    assert [offer.hash for offer in await clerk.outbox.transactions.live()] == [first.hash]


async def test_an_offer_that_blocks_pass_by_is_raised_for_the_next_nonce_alone_and_not_for_ever(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await Clerk(database, ledger, batch_size=1).start()
    await clerk.take(clerk.issue("1"), clerk.issue("2"))
    await clerk.relay.step()
    asked, behind = ledger.pool[0].fees.max_fee, ledger.pool[1]
    for _ in range(150):
        ledger.mine(seconds=60, with_pool=False)
        await clerk.indexer.catch_up()
        await clerk.relay.step()
    assert 9 * asked < ledger.pool[0].fees.max_fee <= 10 * asked
    assert f"more than the bound {10 * asked}" in str(clerk.relay.trouble)
    assert ledger.pool[1] == behind


async def overtaken(clerk: Clerk) -> None:
    """A return rides at a fee that no block takes, and then cannot stand: another act came to the title before it."""
    clerk.ledger.someone_sends(clerk.issue())
    clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address)))
    clerk.ledger.mine()
    await clerk.indexer.catch_up()


async def test_what_cannot_stand_any_more_holds_up_nothing_behind_it(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger, batch_size=1).start()
    await overtaken(clerk)
    back, behind = await clerk.take(clerk.sign(BANK, act.RejectTransfer(title_of(), 2)), clerk.issue("2"))
    await clerk.relay.step()
    ledger.base_fee = 1000
    ledger.someone_sends(clerk.sign(BANK, act.Transfer(title_of(), 2, BUYER.address)))
    ledger.mine()
    await clerk.indexer.catch_up()
    clerk.ahead += 60
    await clerk.work(6)
    assert await clerk.states(back, behind) == [State.REFUSED, State.FINAL]
    assert not await clerk.outbox.transactions.live()


async def test_what_was_left_out_of_a_later_offer_rides_again_where_it_can_stand_after_all(clerk: Clerk) -> None:
    await overtaken(clerk)
    [back] = await clerk.take(clerk.sign(BANK, act.RejectTransfer(title_of(), 2)))
    await clerk.relay.step()
    clerk.ledger.someone_sends(clerk.sign(BANK, act.Transfer(title_of(), 2, BUYER.address)))
    clerk.ledger.mine(with_pool=False)
    await clerk.indexer.catch_up()
    await ask_more(clerk)
    [filler] = clerk.ledger.pool.values()
    assert not filler.act_digests
    clerk.ledger.shrink(1)
    clerk.ledger.mine(2)
    await clerk.indexer.catch_up()
    await clerk.work(8)
    assert await clerk.states(back) == [State.FINAL]

"""Several offers for one nonce: always the same acts, at most one in a block."""

from ebl_service.domain.submission import State
from ebl_service.errors import Underpriced
from ebl_service.store.database import Database
from ebl_service.store.transactions import Course
from tests.clerk import Clerk
from tests.fake_ledger import FakeLedger


def executions(ledger: FakeLedger) -> int:
    """How many transactions of ours are on the chain."""
    return sum(len(mined.outcomes) for mined in ledger.chain)


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
    clerk.ahead += 60
    await clerk.relay.step()
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
    clerk.ahead += 60
    await clerk.relay.step()
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

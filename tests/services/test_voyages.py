"""Nonces that others used, that came free again, that were left out: what of ours rides again, and when."""

from ebl_service.domain.submission import State
from ebl_service.store.transactions import Course
from tests.clerk import Clerk
from tests.fake_ledger import FakeLedger


def executions(ledger: FakeLedger) -> int:
    """How many transactions of ours are on the chain."""
    return sum(len(mined.outcomes) for mined in ledger.chain)


async def test_a_nonce_taken_by_a_foreign_transaction_is_given_up_once_that_is_certain(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    clerk.ledger.drop()
    clerk.ledger.use_nonce()
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    for seconds in (0, 2, 2):
        clerk.ahead += seconds
        await clerk.relay.step()
        assert [carried.course for carried in await clerk.outbox.transactions.live()] == [Course.SENT]
        assert not clerk.ledger.pool
    clerk.ahead += 1
    await clerk.relay.step()
    assert list(clerk.ledger.pool) == [1]
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]
    assert executions(clerk.ledger) == 1


async def test_a_nonce_that_is_free_again_is_no_longer_missed(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    clerk.ledger.use_nonce()
    clerk.ledger.drop()
    clerk.ledger.mine()
    await clerk.relay.step()
    clerk.ledger.reorganise(1)
    clerk.ahead += 5
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]
    assert executions(clerk.ledger) == 1


async def test_a_nonce_that_was_free_in_between_is_watched_anew(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    for _ in range(2):
        clerk.ledger.use_nonce()
        clerk.ledger.drop()
        clerk.ledger.mine()
        await clerk.relay.step()
        assert [carried.course for carried in await clerk.outbox.transactions.live()] == [Course.SENT]
        clerk.ledger.shrink(1)
        clerk.ahead += 5
        await clerk.relay.step()
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]
    assert executions(clerk.ledger) == 1


async def test_what_a_block_that_is_gone_held_is_on_its_way_again_before_its_used_nonce_is_watched(
    clerk: Clerk,
) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.work()
    assert [carried.course for carried in await clerk.outbox.transactions.live()] == [Course.INCLUDED]
    clerk.ledger.shrink(1)
    clerk.ledger.use_nonce()
    clerk.ledger.mine(with_pool=False)
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    assert [carried.course for carried in await clerk.outbox.transactions.live()] == [Course.SENT]
    await clerk.relay.step()
    clerk.ahead += 5
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]
    assert executions(clerk.ledger) == 1


async def test_a_hole_in_the_nonces_is_filled(clerk: Clerk) -> None:
    await clerk.take(clerk.issue("1"))
    await clerk.relay.step()
    clerk.ledger.drop()
    clerk.ledger.use_nonce()
    clerk.ledger.mine()
    await clerk.relay.step()
    clerk.ahead += 5
    await clerk.relay.step()  # nonce 0 given up, its act rides at nonce 1
    clerk.ledger.shrink(1)  # the foreign transaction is gone, and nonce 0 is a hole below ours
    await clerk.indexer.catch_up()
    await clerk.work()
    assert executions(clerk.ledger) == 2
    await clerk.work(3)
    assert not await clerk.outbox.transactions.live()

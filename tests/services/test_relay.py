"""Nothing lost, nothing doubled: whatever the node, the chain, and others with our key do."""

import asyncio
from dataclasses import replace

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.events import Reinstated
from ebl_service.domain.submission import State
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable
from ebl_service.errors import refusals as no
from ebl_service.errors.submissions import LeadershipLost
from ebl_service.store.database import Database
from ebl_service.store.transactions import Course
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, Clerk, title_of
from tests.fake_ledger import IDENTITY, FakeLedger


def executions(ledger: FakeLedger) -> int:
    """How many transactions of ours are on the chain."""
    return sum(len(mined.outcomes) for mined in ledger.chain)


async def test_many_acts_ride_in_one_transaction(clerk: Clerk) -> None:
    taken = await clerk.take(*[clerk.issue(str(number)) for number in range(120)])
    await clerk.work()
    await clerk.work()
    await clerk.work(4)
    assert set(await clerk.states(*taken)) == {State.FINAL}
    assert executions(clerk.ledger) == 3


async def test_an_answer_lost_after_the_node_took_it_is_sent_again_and_done_once(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    clerk.ledger.fail_after["send"] = [LedgerUnavailable("connection reset")]
    with pytest.raises(LedgerUnavailable):
        await clerk.relay.step()
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]
    assert executions(clerk.ledger) == 1


async def test_a_request_that_was_lost_is_sent_again(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    clerk.ledger.fail_next["send"] = [LedgerUnavailable("connection reset")]
    with pytest.raises(LedgerUnavailable):
        await clerk.relay.step()
    assert await clerk.states(taken) == [State.PREPARED]
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]


async def test_what_the_node_forgot_is_sent_again_as_the_same_bytes(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    before = dict(clerk.ledger.pool)
    clerk.ledger.drop()
    [behind] = await clerk.take(clerk.issue("2"))
    await clerk.relay.step()
    assert {nonce: made for nonce, made in clerk.ledger.pool.items() if nonce in before} == before
    await clerk.work(4)
    assert await clerk.states(taken, behind) == [State.FINAL] * 2
    assert executions(clerk.ledger) == 2


async def test_what_a_node_still_has_is_sent_again_after_a_while_harmlessly(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    clerk.ahead += 5
    await clerk.relay.step()
    assert clerk.ledger.calls.count("send") == 2
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]


async def test_a_relayer_without_money_says_so_and_goes_on_when_it_has_some(clerk: Clerk) -> None:
    taken = await clerk.take(clerk.issue())
    await clerk.relay.step()
    clerk.ledger.is_poor = True
    clerk.ledger.drop()
    taken += await clerk.take(clerk.issue("2"))
    with pytest.raises(LedgerUnavailable, match="insufficient funds"):
        await clerk.relay.step()
    clerk.ledger.is_poor = False
    await clerk.work()
    await clerk.work(4)
    assert await clerk.states(*taken) == [State.FINAL] * 2


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


async def test_a_nonce_taken_by_a_foreign_transaction_is_given_up_once_that_is_certain(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    clerk.ledger.drop()
    clerk.ledger.use_nonce()
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    assert [carried.course for carried in await clerk.outbox.transactions.live()] == [Course.SENT]
    clerk.ahead += 5
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


async def test_a_reorganisation_sends_what_it_removed_again(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.work()
    assert await clerk.states(taken) == [State.INCLUDED]
    clerk.ledger.reorganise(1)
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    assert await clerk.states(taken) == [State.SENT]
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]


async def test_an_act_that_moves_to_another_block_stays_included(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.work()
    clerk.ledger.reorganise(1, blocks=2, again=True)
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    found = await clerk.outbox.submission(taken.submission_id)
    assert (found.state, found.block_hash) == (State.INCLUDED, clerk.ledger.chain[-2].block.hash)
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]


async def test_a_reorganisation_with_a_conflicting_act_refuses_the_loser(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.work(4)
    [loser] = await clerk.take(clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address)))
    await clerk.work()
    assert await clerk.states(loser) == [State.INCLUDED]
    clerk.ledger.shrink(1)
    clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BUYER.address)))
    clerk.ledger.mine()
    await clerk.work(5)
    found = await clerk.outbox.submission(loser.submission_id)
    assert (found.state, found.is_terminal) == (State.REFUSED, True)
    assert isinstance(found.refusal, no.StaleSequence)


async def test_an_act_that_somebody_else_carried_ends_well(clerk: Clerk) -> None:
    signed = clerk.issue()
    [taken] = await clerk.take(signed)
    clerk.ledger.someone_sends(signed)
    await clerk.work(5)
    assert await clerk.states(taken) == [State.FINAL]


async def test_a_refused_act_is_watched_and_may_still_land(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.work()
    signed = clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address))
    [taken] = await clerk.take(signed)
    clerk.ledger.suspend(BANK.address)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    found = await clerk.outbox.submission(taken.submission_id)
    assert (found.state, found.is_terminal) == (State.REFUSED, False)
    assert isinstance(found.refusal, no.RecipientSuspended)
    assert executions(clerk.ledger) == 1  # it cost no gas
    clerk.ledger.happens(lambda _, now: [_reinstated(now)])
    clerk.ledger.someone_sends(signed)
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]


def _reinstated(now: int) -> Reinstated:
    return Reinstated(BANK.address, now)


async def test_a_refused_act_is_terminal_once_its_deadline_is_final(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.work()
    [taken] = await clerk.take(clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address), seconds=60))
    clerk.ledger.suspend(BANK.address)
    clerk.ledger.mine()
    await clerk.relay.step()
    clerk.ledger.mine(seconds=120)
    await clerk.work()
    assert not (await clerk.outbox.submission(taken.submission_id)).is_terminal
    await clerk.work(3)
    found = await clerk.outbox.submission(taken.submission_id)
    assert (found.state, found.is_terminal) == (State.REFUSED, True)
    assert isinstance(found.refusal, no.RecipientSuspended)


async def test_an_act_whose_time_ran_out_before_it_was_sent_is_refused(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.sign(CARRIER, clerk.issue().act, seconds=60))
    behind = await clerk.take(clerk.sign(SHIPPER, act.Sign(title_of(), 1), seconds=60))
    clerk.ledger.mine(3, seconds=30)
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    found = await clerk.outbox.submission(taken.submission_id)
    assert (found.state, found.is_terminal) == (State.REFUSED, False)
    assert isinstance(found.refusal, no.DeadlinePassed)
    clerk.ledger.mine(4)
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    for item in (taken, *behind):
        found = await clerk.outbox.submission(item.submission_id)
        assert (found.state, found.is_terminal) == (State.REFUSED, True)
        assert isinstance(found.refusal, no.DeadlinePassed)
    assert executions(clerk.ledger) == 0


async def test_a_refused_act_that_is_brought_again_rides_again(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.work()
    signed = clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address))
    [taken] = await clerk.take(signed)
    clerk.ledger.suspend(BANK.address)
    await clerk.work()
    assert await clerk.states(taken) == [State.REFUSED]
    clerk.ledger.happens(lambda _, now: [_reinstated(now)])
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    [again] = await clerk.take(signed)
    assert (again.submission_id, again.state) == (taken.submission_id, State.PREPARED)
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]


async def test_one_act_that_fails_in_a_batch_of_fifty_spoils_none(clerk: Clerk) -> None:
    await clerk.take(clerk.issue("poison"))
    await clerk.work()
    good = await clerk.take(*[clerk.issue(str(number)) for number in range(49)])
    [poison] = await clerk.take(clerk.sign(SHIPPER, act.Transfer(title_of("poison"), 1, BANK.address)))
    clerk.ledger.suspend(BANK.address)  # in the very block that includes the batch: the check could not see it
    await clerk.work(1)
    await clerk.work(4)
    assert set(await clerk.states(*good)) == {State.FINAL}
    found = await clerk.outbox.submission(poison.submission_id)
    assert (found.state, found.is_terminal) == (State.REFUSED, False)
    assert isinstance(found.refusal, no.RecipientSuspended)
    assert executions(clerk.ledger) == 2


async def test_acts_behind_one_that_failed_are_refused_and_ride_when_it_lands(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.work()
    first = clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address))
    taken = await clerk.take(first, clerk.sign(BANK, act.Sign(title_of(), 2)))
    clerk.ledger.suspend(BANK.address)
    await clerk.work(2)
    assert await clerk.states(*taken) == [State.REFUSED] * 2
    clerk.ledger.happens(lambda _, now: [_reinstated(now)])
    clerk.ledger.someone_sends(first)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    await clerk.work(4)
    assert await clerk.states(*taken) == [State.FINAL] * 2


async def test_acts_on_one_title_in_two_transactions_land_in_order(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger, batch_size=2).start()
    acts = [clerk.issue(), *[clerk.sign(SHIPPER, act.Sign(title_of(), sequence)) for sequence in range(1, 8)]]
    taken = await clerk.take(*acts)
    for _ in range(4):
        await clerk.relay.step()
    assert len(ledger.pool) == 4
    await clerk.work(4)
    assert set(await clerk.states(*taken)) == {State.FINAL}


async def test_no_more_transactions_are_out_at_once_than_the_policy_says(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await Clerk(database, ledger, batch_size=1, in_flight=2).start()
    taken = await clerk.take(*[clerk.issue(str(number)) for number in range(5)])
    for _ in range(5):
        await clerk.relay.step()
    assert len(ledger.pool) == 2
    for _ in range(5):
        await clerk.work()
    await clerk.work(4)
    assert set(await clerk.states(*taken)) == {State.FINAL}


async def test_two_processes_have_one_sender(database: Database, ledger: FakeLedger) -> None:
    one = await Clerk(database, ledger, lease_seconds=5).start()
    two = Clerk(database, ledger, lease_seconds=5)
    [taken] = await one.take(one.issue())
    await one.relay.step()
    assert await two.relay.step() is False
    assert (one.relay.is_leader, two.relay.is_leader) == (True, False)
    two.ahead += 6
    await two.relay.step()
    assert two.relay.is_leader
    with pytest.raises(LeadershipLost):
        await one.outbox.transactions.mark_missing(0, 1, one.relay._name)
    await two.work(4)
    assert await two.states(taken) == [State.FINAL]
    assert executions(ledger) == 1


async def test_nothing_is_sent_to_a_node_that_became_another_ledgers(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    clerk.ledger.is_down = True
    stop = asyncio.Event()
    await clerk.relay._round()
    assert "connection refused" in str(clerk.relay.trouble)
    clerk.ledger.is_down = False
    clerk.ledger.known_as = replace(IDENTITY, chain_id=5)
    with pytest.raises(LedgerDisagrees):
        await clerk.relay.run(stop)
    assert not clerk.ledger.pool
    assert (await clerk.queries.standing()).halted is not None


async def test_an_outcome_that_no_event_shows_stops_everything(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    clerk.ledger.edit_events = lambda _: []
    with pytest.raises(LedgerDisagrees, match="no event shows it"):
        await clerk.work()


async def test_both_loops_run_until_they_are_stopped(clerk: Clerk) -> None:
    stop = asyncio.Event()
    loops = [asyncio.create_task(clerk.relay.run(stop)), asyncio.create_task(clerk.indexer.run(stop))]
    [taken] = await clerk.take(clerk.issue())
    waiting = asyncio.create_task(clerk.queries.submission(taken.submission_id, wait=30))
    assert (await waiting).state is State.SENT
    clerk.ledger.mine()
    assert (await clerk.queries.submission(taken.submission_id, wait=30)).state is State.INCLUDED
    stop.set()
    clerk.changes.notify()
    await asyncio.gather(*loops)

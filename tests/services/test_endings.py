"""How submissions end: by events, whoever carried them; refused ones are watched until they cannot land."""

from dataclasses import replace

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.events import Reinstated
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Digest, Purpose
from ebl_service.errors import LedgerDisagrees
from ebl_service.errors import refusals as no
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, Clerk, title_of
from tests.fake_ledger import FakeLedger


def executions(ledger: FakeLedger) -> int:
    """How many transactions of ours are on the chain."""
    return sum(len(mined.outcomes) for mined in ledger.chain)


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


async def test_a_replacement_that_somebody_else_carried_ends_well_and_another_one_does_not(clerk: Clerk) -> None:
    await clerk.take(clerk.issue("1"), clerk.issue("2"))
    await clerk.work()
    old = sorted((title_of("1"), title_of("2")))
    for on in old:
        clerk.ledger.someone_sends(clerk.sign(SHIPPER, act.RequestSurrender(on, 1, Purpose.AMENDMENT)))
        clerk.ledger.someone_sends(clerk.sign(CARRIER, act.AcceptSurrender(on, 2)))
    clerk.ledger.mine()
    await clerk.work()
    made = clerk.issue("1").act
    assert isinstance(made, act.Issue)
    new = act.NewTitle(None, True, 1, made.reference_digest, made.commitment)
    asked = act.Replace(tuple(old), (3, 3), (new,))
    amended = replace(asked, new_titles=(replace(new, commitment=Digest("0x" + "77" * 32)),))
    carried = clerk.sign(CARRIER, asked)
    [taken, same_to_the_letter, other] = await clerk.take(
        carried, clerk.sign(CARRIER, asked, seconds=100), clerk.sign(CARRIER, amended, seconds=200)
    )
    clerk.ledger.someone_sends(carried)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await clerk.work(5)
    assert await clerk.states(taken, same_to_the_letter) == [State.FINAL] * 2
    found = await clerk.outbox.submission(other.submission_id)
    assert (found.state, found.is_terminal) == (State.REFUSED, True)
    assert isinstance(found.refusal, no.StaleSequence)


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


async def test_an_outcome_that_no_event_shows_stops_everything(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    clerk.ledger.edit_events = lambda _: []
    with pytest.raises(LedgerDisagrees, match="no event shows it"):
        await clerk.work()


async def test_a_transaction_that_failed_whole_lets_its_acts_ride_again(clerk: Clerk) -> None:
    taken = await clerk.take(clerk.issue(), clerk.sign(SHIPPER, act.Sign(title_of(), 1)))
    clerk.ledger.reverts = 1
    await clerk.work(2)
    await clerk.work(8)
    assert await clerk.states(*taken) == [State.FINAL] * 2
    assert executions(clerk.ledger) == 3  # then each alone
    assert not await clerk.outbox.transactions.live()


async def test_a_transaction_without_events_becomes_final_though_its_block_is_not_kept(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    clerk.ledger.reverts = 1
    await clerk.relay.step()
    clerk.ledger.mine()
    await clerk.relay.step()
    clerk.ledger.mine(9)
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    await clerk.relay.step()
    assert [carried.nonce for carried in await clerk.outbox.transactions.live()] == [1]


async def test_many_acts_that_compete_for_one_sequence_hold_up_nobody(clerk: Clerk) -> None:
    await clerk.take(clerk.issue("1"), clerk.issue("2"))
    await clerk.work()
    crowd = [clerk.sign(SHIPPER, act.Sign(title_of("1"), 1), seconds=100 + n) for n in range(300)]
    competing = await clerk.take(*crowd)
    [other] = await clerk.take(clerk.sign(SHIPPER, act.Sign(title_of("2"), 1)))
    await clerk.relay.step()
    assert await clerk.states(competing[0], competing[1], other) == [State.SENT, State.PREPARED, State.SENT]
    await clerk.work(5)
    assert await clerk.states(competing[0], other) == [State.FINAL] * 2
    assert set(await clerk.states(*competing)) == {State.FINAL}  # a signature to the same effect: it has landed


async def test_a_receivers_return_whose_proof_a_reorganisation_changed_rides_again(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.work(4)
    passed_on = clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address))
    await clerk.take(passed_on)
    await clerk.work()
    [back] = await clerk.take(clerk.sign(BANK, act.RejectTransfer(title_of(), 2)))
    await clerk.relay.step()
    waiting = dict(clerk.ledger.pool)
    clerk.ledger.shrink(1)
    clerk.ledger.mine(seconds=30, with_pool=False)
    clerk.ledger.someone_sends(passed_on)
    clerk.ledger.pool |= waiting
    await clerk.work(2)
    await clerk.work(5)
    assert await clerk.states(back) == [State.FINAL]


async def test_an_act_whose_transactions_fail_whole_is_refused_after_the_second(clerk: Clerk) -> None:
    clerk.ledger.reverts = 100
    signed = clerk.issue()
    [taken] = await clerk.take(signed)
    await clerk.work(10)
    found = await clerk.outbox.submission(taken.submission_id)
    assert (found.state, found.is_terminal, type(found.refusal)) == (State.REFUSED, False, no.Unexplained)
    assert sum(len(mined.outcomes) for mined in clerk.ledger.chain) == 2
    await clerk.take(signed)
    await clerk.work(10)
    assert await clerk.states(taken) == [State.REFUSED]
    assert sum(len(mined.outcomes) for mined in clerk.ledger.chain) == 3
    clerk.ledger.reverts = 0
    await clerk.take(signed)
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]

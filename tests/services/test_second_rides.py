"""Acts whose first transaction came to nothing: dropped, lost, failed, taken back. Each rides again, once it may."""

import asyncio
from typing import Any

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.ledger import Block
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Purpose
from ebl_service.errors import LedgerUnavailable
from ebl_service.services.indexer import Indexer
from ebl_service.services.policy import IndexPolicy
from ebl_service.store.database import Database
from tests.clerk import BANK, CARRIER, DAY, SHIPPER, Clerk, title_of
from tests.fake_ledger import IDENTITY, FakeLedger


async def test_what_may_not_be_offered_more_for_is_still_sent_again(database: Database, ledger: FakeLedger) -> None:
    ledger.base_fee = 50
    clerk = await Clerk(database, ledger, most_fee=100, in_flight=1).start()
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    ledger.mine(1, 61, with_pool=False)
    await clerk.indexer.catch_up()
    ledger.drop()
    ledger.base_fee = 10
    [behind] = await clerk.take(clerk.issue("2"))
    await clerk.work(10)
    assert await clerk.states(taken, behind) == [State.FINAL] * 2


@pytest.mark.parametrize("is_free", [True, False])
async def test_an_act_that_others_carried_rides_again_where_their_block_goes(clerk: Clerk, is_free: bool) -> None:
    signed = clerk.issue()
    [taken] = await clerk.take(signed)
    await clerk.relay.step()
    clerk.ledger.drop()
    clerk.ledger.someone_sends(signed)
    clerk.ledger.use_nonce()
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    clerk.ahead += 10
    await clerk.relay.step()
    assert await clerk.states(taken) == [State.INCLUDED]
    clerk.ledger.reorganise(1)
    if not is_free:
        clerk.ledger.use_nonce()
    await clerk.work(10)
    assert await clerk.states(taken) == [State.FINAL]


async def test_an_act_behind_an_issue_that_failed_whole_rides_again_once_the_title_is_there(clerk: Clerk) -> None:
    [issue] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    [behind] = await clerk.take(clerk.sign(SHIPPER, act.Sign(title_of(), 1)))
    await clerk.relay.step()
    clerk.ledger.reverts = 1
    await clerk.work(12)
    assert await clerk.states(issue, behind) == [State.FINAL] * 2


async def test_an_act_behind_an_issue_that_was_taken_back_rides_again(clerk: Clerk) -> None:
    [issue] = await clerk.take(clerk.issue())
    await clerk.work()
    [behind] = await clerk.take(clerk.sign(SHIPPER, act.Sign(title_of(), 1)))
    clerk.ledger.reorganise(1, again=False)
    await clerk.relay.step()
    await clerk.work(12)
    assert await clerk.states(issue, behind) == [State.FINAL] * 2


async def test_one_act_that_makes_every_transaction_fail_takes_no_other_with_it(clerk: Clerk) -> None:
    bad, execute = clerk.issue("bad"), clerk.ledger._execute

    def executes(mined: Any, made: Any) -> None:
        clerk.ledger.reverts = int(bad.signature.hex().encode() in made.raw)
        execute(mined, made)

    clerk.ledger._execute = executes  # type: ignore[method-assign]
    taken = await clerk.take(bad, *[clerk.issue(str(number)) for number in range(5)])
    await clerk.work(12)
    assert await clerk.states(*taken) == [State.REFUSED, *[State.FINAL] * 5]


async def test_a_failure_in_a_block_that_is_gone_does_not_count(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    old = dict(clerk.ledger.pool)
    clerk.ledger.base_fee, clerk.ahead = 40, 61
    await clerk.relay.step()
    new = dict(clerk.ledger.pool)
    clerk.ledger.pool, clerk.ledger.base_fee, clerk.ledger.reverts = old, 10, 1
    clerk.ledger.mine()
    await clerk.relay.step()
    clerk.ledger.shrink(1)
    clerk.ledger.pool, clerk.ledger.reverts = new, 1
    clerk.ledger.mine(2)
    await clerk.work(10)
    assert await clerk.states(taken) == [State.FINAL]


async def test_a_party_that_waits_for_tomorrow_does_not_hold_up_who_wants_the_same_place(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await Clerk(database, ledger, gas_a_day=100_000, gas_an_act=1, batch_size=1, in_flight=1).start()
    for number in "01":
        ledger.someone_sends(clerk.issue(number))
    ledger.mine()
    ledger.someone_sends(clerk.sign(SHIPPER, act.RequestSurrender(title_of("0"), 1, Purpose.AMENDMENT)))
    ledger.mine()
    ledger.mine(1, 15 * DAY)
    await clerk.indexer.catch_up()
    await clerk.take(*[clerk.sign(SHIPPER, act.Sign(title_of("1"), sequence)) for sequence in (1, 2)])
    await clerk.take(clerk.sign(SHIPPER, act.WithdrawSurrender(title_of("0"), 2)))
    [answer] = await clerk.take(clerk.sign(CARRIER, act.AcceptSurrender(title_of("0"), 2)))
    await clerk.work(10)
    assert await clerk.states(answer) == [State.FINAL]


async def test_settling_that_failed_is_done_again_without_waiting_for_a_block(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    settling, settle = clerk.outbox.settling, clerk.outbox.settling.settle

    async def fails(_: str) -> bool:
        monkeypatch.setattr(settling, "settle", settle)
        raise LedgerUnavailable("database is locked")

    monkeypatch.setattr(settling, "settle", fails)
    with pytest.raises(LedgerUnavailable):
        await clerk.relay.step()
    for _ in range(2):
        clerk.ahead += 10
        await clerk.relay.step()
    assert await clerk.states(taken) == [State.INCLUDED]


async def test_what_is_final_stays_so_though_the_next_blocks_were_read_before(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await Clerk(database, ledger, confirmations=None).start()
    for number in range(6):
        ledger.someone_sends(clerk.issue(str(number), holder=BANK.address))
        ledger.mine()
    policy = IndexPolicy(confirmations=None, step_blocks=2)
    one, other = (Indexer(ledger, IDENTITY, clerk.history, policy, clerk.changes) for _ in range(2))
    ledger.finalized_number = 2
    await one.step()
    await asyncio.sleep(0.05)  # it reads ahead
    cursor, head = await clerk.history.cursor(), ledger.head
    assert cursor is not None
    ledger.finalized_number = cursor.number

    async def behind(_: int = -1) -> Block:
        return ledger.chain[cursor.number].block

    ledger.head = behind  # type: ignore[method-assign]
    await other.step()
    ledger.head = head  # type: ignore[method-assign]
    await one.step()
    after = await clerk.history.cursor()
    assert after is not None
    assert (after.number > cursor.number, after.final_number) == (True, cursor.number)

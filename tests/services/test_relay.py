"""Nothing lost, nothing doubled: whatever the node, the chain, and others with our key do."""

import asyncio
from dataclasses import replace

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.ledger import Block
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Purpose
from ebl_service.errors import LedgerDisagrees, LedgerUnavailable
from ebl_service.errors.submissions import LeadershipLost
from ebl_service.services.patience import Patience
from ebl_service.store.database import Database
from tests.clerk import CARRIER, DAY, SHIPPER, Clerk, title_of
from tests.databases import age_leases
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


async def test_a_replacement_by_many_titles_rides_alone_between_the_others(clerk: Clerk) -> None:
    await clerk.take(clerk.issue("1"))
    await clerk.work()
    old = title_of("1")
    await clerk.take(
        clerk.sign(SHIPPER, act.RequestSurrender(old, 1, Purpose.AMENDMENT)),
        clerk.sign(CARRIER, act.AcceptSurrender(old, 2)),
    )
    await clerk.work()
    before = executions(clerk.ledger)
    made = [clerk.issue(f"part {n}").act for n in range(5)]
    made.sort(key=lambda new: new.title_id)
    parts = tuple(act.NewTitle(None, True, 0, new.reference_digest, new.commitment) for new in made)
    division = clerk.sign(CARRIER, act.Replace((old,), (3,), parts))
    taken = await clerk.take(clerk.issue("2"), division, clerk.issue("3"))
    await clerk.work(6)
    assert set(await clerk.states(*taken)) == {State.FINAL}
    assert executions(clerk.ledger) == before + 3


async def test_a_party_that_has_used_up_its_gas_waits_for_tomorrow_and_holds_up_nobody(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await Clerk(database, ledger, gas_a_day=150_000, gas_an_act=1, batch_size=1, in_flight=1).start()
    ledger.someone_sends(clerk.issue("0"))
    ledger.mine()
    await clerk.indexer.catch_up()
    taken = await clerk.take(*[clerk.issue(str(number)) for number in range(1, 6)])
    [of_another] = await clerk.take(clerk.sign(SHIPPER, act.Sign(title_of("0"), 1)))
    await clerk.work(10)  # an act alone uses 51,000 gas
    assert await clerk.states(*taken, of_another) == [State.FINAL] * 3 + [State.PREPARED] * 2 + [State.FINAL]
    clerk.ahead = DAY - 3600
    await clerk.work(8)
    assert await clerk.states(*taken) == [State.FINAL] * 5


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
    clerk.ahead += 1  # a node is not asked about what it was given a moment ago
    [behind] = await clerk.take(clerk.issue("2"))
    await clerk.relay.step()
    assert {nonce: made for nonce, made in clerk.ledger.pool.items() if nonce in before} == before
    await clerk.work(4)
    assert await clerk.states(taken, behind) == [State.FINAL] * 2
    assert executions(clerk.ledger) == 2


async def test_what_a_node_still_has_is_sent_again_after_a_while_harmlessly(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    sent = []
    for seconds in (0, 4, 1, 4, 1):
        clerk.ahead += seconds
        await clerk.relay.step()
        sent.append(clerk.ledger.calls.count("send"))
    assert sent == [1, 1, 2, 2, 3]
    assert clerk.ledger.calls.count("known") == 2  # not of what it was given a moment ago
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
    await age_leases(database, 6)
    await two.relay.step()
    assert two.relay.is_leader
    with pytest.raises(LeadershipLost):
        await one.outbox.transactions.mark_missing(0, 1, one.relay._tenure.holder)
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


async def test_a_halt_that_the_database_does_not_take_is_recorded_when_it_is_back(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    halt, away = clerk.history.halt, [LedgerUnavailable("The database failed")]

    async def late(reason: str | None) -> None:
        if away:
            raise away.pop()
        await halt(reason)

    monkeypatch.setattr(clerk.history, "halt", late)
    clerk.ledger.known_as = replace(IDENTITY, chain_id=5)
    with pytest.raises(LedgerDisagrees):
        await clerk.relay.run(asyncio.Event())
    assert (await clerk.queries.standing()).halted is not None


async def test_what_the_relay_halted_is_not_indexed_on_until_somebody_looked(clerk: Clerk) -> None:
    await clerk.history.halt("An act is final that no event shows.")
    before = await clerk.history.cursor()
    clerk.ledger.mine()
    with pytest.raises(LedgerDisagrees, match="no event shows"):
        await clerk.indexer.catch_up()
    assert await clerk.history.cursor() == before
    again = Clerk(clerk.database, clerk.ledger)  # started by who looked
    await again.indexer.catch_up()
    assert (await again.queries.standing()).halted is None


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


async def test_a_sender_that_lost_its_lease_stands_by(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    await clerk.relay.step()

    async def lost(_: str) -> bool:
        raise LeadershipLost("gone")

    await clerk.take(clerk.issue())
    monkeypatch.setattr(clerk.outbox.settling, "settle", lost)
    await clerk.relay._round()
    assert not clerk.relay.is_leader
    assert clerk.relay.trouble is None


async def test_while_the_node_is_away_the_loops_ask_less_and_less_and_say_it_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    patience = Patience("sending", 0.5)
    pauses = [patience.tried(LedgerUnavailable("connection refused")) for _ in range(5)]
    assert pauses == [1, 2, 4, 5, 5]
    assert len(caplog.records) == 1
    patience.succeeded()
    assert patience.tried(LedgerUnavailable("connection refused")) == 1


async def test_the_index_waits_while_the_node_is_away_and_goes_on_after(clerk: Clerk) -> None:
    stop = asyncio.Event()
    asked = asyncio.Event()

    async def away(*_: object) -> Block:
        asked.set()
        raise LedgerUnavailable("connection refused")

    head = clerk.ledger.head
    clerk.ledger.head = away  # type: ignore[method-assign]
    loop = asyncio.create_task(clerk.indexer.run(stop))
    await asked.wait()
    stop.set()
    await loop
    clerk.ledger.head = head  # type: ignore[method-assign]
    await clerk.work()


async def test_what_another_process_indexed_first_is_settled_too(clerk: Clerk) -> None:
    other = Clerk(clerk.database, clerk.ledger)
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    told = []
    for _ in range(5):
        clerk.ledger.mine()
        await other.indexer.catch_up()
        await clerk.relay.step()
        told += await clerk.states(taken)
    assert told == [State.INCLUDED] * 3 + [State.FINAL] * 2

"""Behind one address, a node that is behind answers now and then: what it does not have is no contradiction."""

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.submission import State
from ebl_service.errors import LedgerDisagrees, NodeBehind
from ebl_service.store.transactions import Course
from tests.clerk import BANK, SHIPPER, Clerk, title_of
from tests.services.indexing import agrees, held_by, issued, passed

CONFIRMATIONS = 3
METHODS = ("head", "block", "events", "check", "next_nonce", "outcome", "known", "is_used_by_another")


async def far_ahead(clerk: Clerk) -> None:
    """A bill that was passed on, and blocks on top, so that it is final."""
    await issued(clerk)
    await passed(clerk)
    clerk.ledger.mine(2 * CONFIRMATIONS)
    await clerk.indexer.catch_up()


@pytest.mark.parametrize("lag", [1, CONFIRMATIONS, CONFIRMATIONS + 2, 2 * CONFIRMATIONS + 1])
async def test_a_head_below_what_was_indexed_or_final_takes_nothing_back_and_halts_nothing(
    clerk: Clerk, lag: int
) -> None:
    await far_ahead(clerk)
    before = await clerk.history.cursor()
    clerk.ledger.lag = lag
    with pytest.raises(NodeBehind):
        await clerk.indexer.catch_up()
    assert await clerk.history.cursor() == before
    clerk.ledger.lag = 0
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    assert await held_by(clerk) == BANK.address
    assert not [line for line in await clerk.queries.feed(None) if line.kind == "retracted"]
    await agrees(clerk)


async def test_another_block_at_the_height_of_a_node_that_is_behind_is_a_violated_finality(clerk: Clerk) -> None:
    await far_ahead(clerk)
    clerk.ledger.shrink(2 * CONFIRMATIONS + 1)
    clerk.ledger.mine()
    with pytest.raises(LedgerDisagrees, match="Finality violated"):
        await clerk.indexer.catch_up()


@pytest.mark.parametrize("lagging", METHODS)
async def test_whichever_answers_come_from_a_node_that_is_behind_nothing_is_lost_doubled_or_left_out(
    clerk: Clerk, lagging: str
) -> None:
    clerk.ledger.lagging = {lagging}
    taken = await clerk.take(clerk.issue())
    for turn in range(40):
        clerk.ledger.lag = (turn % 3) * 2 * min(1, max(0, clerk.ledger.tip.number - 6))
        clerk.ahead += 3
        for step in (clerk.relay.step, clerk.indexer.catch_up):
            try:
                await step()
            except NodeBehind:
                continue
        clerk.ledger.mine()
        if turn == 6:
            taken += await clerk.take(clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address)))
        if turn == 12:
            taken += await clerk.take(clerk.sign(BANK, act.Sign(title_of(), 2)))
    clerk.ledger.lag = 0
    await clerk.work(5)
    assert await clerk.states(*taken) == [State.FINAL] * 3
    assert await held_by(clerk) == BANK.address
    executed = [outcome for mined in clerk.ledger.chain for outcome in mined.outcomes.values()]
    assert len(executed) == 3, "each act went once"
    assert not any(outcome.refused for outcome in executed)
    await agrees(clerk)


async def test_a_transaction_of_ours_that_a_node_behind_does_not_have_is_not_lost(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    await clerk.relay.step()
    clerk.ledger.mine()
    clerk.ledger.lag, clerk.ledger.lagging = 1, {"outcome", "known", "is_used_by_another"}
    for _ in range(4):
        clerk.ahead += 5
        await clerk.relay.step()
        assert [carried.course for carried in await clerk.outbox.transactions.live()] == [Course.SENT]
    clerk.ledger.lag = 0
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    assert await clerk.states(taken) == [State.INCLUDED]


async def test_an_act_is_not_judged_by_a_node_that_knows_less_than_the_index(clerk: Clerk) -> None:
    await far_ahead(clerk)
    clerk.ledger.lag, clerk.ledger.lagging = 2 * CONFIRMATIONS + 1, {"check"}
    [taken] = await clerk.take(clerk.sign(BANK, act.Sign(title_of(), 2)))  # there the shipper still holds the bill
    with pytest.raises(NodeBehind):
        await clerk.relay.step()
    assert await clerk.states(taken) == [State.PREPARED]
    clerk.ledger.lag = 0
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]

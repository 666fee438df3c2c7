"""The plain path: an act is taken, sent, included, indexed, final; and what may be read of it."""

from ebl_service.domain import actions as act
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Purpose, Status
from tests.clerk import BANK, CARRIER, SHIPPER, Clerk, title_of


async def test_an_issue_goes_from_prepared_to_final(clerk: Clerk) -> None:
    [taken] = await clerk.take(clerk.issue())
    assert taken.state is State.PREPARED
    await clerk.relay.step()
    assert await clerk.states(taken) == [State.SENT]
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    assert await clerk.states(taken) == [State.INCLUDED]
    clerk.ledger.mine(3)
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    assert await clerk.states(taken) == [State.FINAL]
    view = await clerk.queries.title(title_of())
    assert view.title == clerk.ledger.world.titles[title_of()]


async def test_a_whole_life_sent_in_one_request_lands_in_order_in_one_batch(clerk: Clerk) -> None:
    on = title_of()
    taken = await clerk.take(
        clerk.issue(),
        clerk.sign(SHIPPER, act.EndorseToOrder(on, 1, BANK.address)),
        clerk.sign(BANK, act.Sign(on, 2)),
        clerk.sign(BANK, act.RequestSurrender(on, 3, Purpose.DELIVERY)),
        clerk.sign(CARRIER, act.AcceptSurrender(on, 4)),
    )
    await clerk.work(4)
    assert await clerk.states(*taken) == [State.FINAL] * 5
    assert clerk.ledger.calls.count("send") == 1
    assert (await clerk.queries.title(on)).title.status is Status.SURRENDERED_FOR_DELIVERY
    chain = (await clerk.queries.endorsement_chain(on)).chain
    assert [entry.code for entry in chain.entries] == [
        "ISSUE",
        "ENDORSE_TO_ORDER",
        "TRANSFER",
        "SIGN",
        "SURRENDER_FOR_DELIVERY",
        "SURRENDERED",
    ]

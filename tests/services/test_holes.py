"""A hole among the nonces, left by a foreign transaction that a reorganisation took away, is filled in good order."""

from ebl_service.domain import actions as act
from ebl_service.domain.events import ActRefused
from ebl_service.domain.submission import State
from tests.clerk import SHIPPER, Clerk, title_of


async def test_what_is_behind_an_act_on_its_way_does_not_go_before_it(clerk: Clerk) -> None:
    clerk.ledger.base_fee = 1
    [lost] = await clerk.take(clerk.issue("1"))
    await clerk.relay.step()
    [waiting] = await clerk.take(clerk.issue("2"))
    await clerk.relay.step()
    clerk.ledger.use_nonce()
    clerk.ledger.base_fee = 1_000  # nothing of ours is included
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await clerk.relay.step()
    clerk.ahead += clerk.policy.resend_seconds
    await clerk.relay.step()
    assert [carried.nonce for carried in await clerk.outbox.transactions.live()] == [1, 2]
    clerk.ledger.reorganise(1)  # the foreign transaction is gone
    await clerk.indexer.catch_up()
    [behind] = await clerk.take(clerk.sign(SHIPPER, act.Sign(title_of("2"), 1)))
    await clerk.relay.step()
    [filler, *_] = await clerk.outbox.transactions.live()
    assert (filler.nonce, await clerk.outbox.transactions.carried_by(filler.hash)) == (0, [])
    clerk.ledger.base_fee = 1
    await clerk.work(6)
    assert await clerk.states(lost, waiting, behind) == [State.FINAL] * 3
    assert not [
        event for mined in clerk.ledger.chain for event in mined.recorded if isinstance(event.event, ActRefused)
    ]

"""What the relayer has, and when that is too little: known without sending anything, and asked seldom."""

import pytest

from ebl_service.chain.relayer import Relayer
from ebl_service.domain.ledger import Fees
from ebl_service.errors import LedgerUnavailable
from ebl_service.services.funds import LOOK_AGAIN_SECONDS, Funds, batch_gas
from ebl_service.services.policy import RelayPolicy
from tests.fake_ledger import IDENTITY, FakeLedger
from tests.fake_world import WEALTH
from tests.local_chain import person
from tests.port_stage import FakeStage


class Purse:
    """Funds over a ledger in memory, and their clock."""

    def __init__(self, **policy: int) -> None:
        self.ledger, self.time = FakeLedger(), 1000
        self.funds = Funds(self.ledger, RelayPolicy(**policy), lambda: self.time)

    async def later(self, seconds: int = LOOK_AGAIN_SECONDS) -> str | None:
        self.time += seconds
        await self.funds.look()
        return self.funds.trouble


async def test_a_relayer_that_cannot_pay_for_a_full_batch_is_in_trouble_until_it_can() -> None:
    purse = Purse()
    assert (purse.funds.balance, purse.funds.trouble) == (None, None)
    assert await purse.later() is None
    assert purse.funds.balance == WEALTH
    purse.ledger.is_poor = True
    needed = batch_gas(50) * (await purse.ledger.fees()).max_fee
    told = await purse.later()
    assert told == f"insufficient funds: the relayer has 0 wei, a full batch may cost {needed}"
    assert purse.funds.balance == 0
    purse.ledger.is_poor = False
    assert await purse.later() is None


async def test_what_is_too_little_goes_with_the_fee_the_size_of_a_batch_and_the_most_that_is_offered() -> None:
    dear = WEALTH // batch_gas(50)
    purse, small, bounded = Purse(), Purse(batch_size=1), Purse(most_fee=dear)
    for each in (purse, small, bounded):
        each.ledger.base_fee = dear
    assert [await each.later() is None for each in (purse, small, bounded)] == [False, True, True]


async def test_the_node_is_asked_once_in_a_while() -> None:
    purse = Purse()
    await purse.funds.look()
    for _ in range(LOOK_AGAIN_SECONDS - 1):
        await purse.later(1)
    assert purse.ledger.calls.count("relayer_balance") == 1
    await purse.later(1)
    assert purse.ledger.calls.count("relayer_balance") == 2


@pytest.mark.parametrize("question", ["relayer_balance", "fees"])
async def test_a_node_that_does_not_answer_leaves_what_was_known(question: str) -> None:
    purse = Purse()
    purse.ledger.fail_next[question] = [LedgerUnavailable("connection refused")]
    assert await purse.later() is None
    assert purse.funds.balance is None
    purse.ledger.is_poor = True
    told = await purse.later()
    purse.ledger.fail_next[question] = [LedgerUnavailable("connection refused")]
    assert told is not None
    assert await purse.later() == told


@pytest.mark.parametrize("size", [1, 50, 200])
def test_a_full_batch_of_issues_or_certificates_takes_no_more_gas_than_is_reckoned(size: int) -> None:
    stage, relayer = FakeStage(), Relayer(person("relayer").key.account, IDENTITY)
    for make in (stage.issue, stage.insure):
        acts = [make(number) for number in range(size)]
        made = relayer.sign_batch(acts, 0, Fees(2, 1), lambda _: False)
        assert 0.7 * batch_gas(size) < made.gas_limit <= batch_gas(size)

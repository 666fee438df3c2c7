"""What the ledger port promises of transactions, from signing to outcome. The same in memory and on anvil."""

import pytest

from ebl_service.chain.act_codec import encode_act
from ebl_service.domain import actions as act
from ebl_service.domain import events as happened
from ebl_service.domain.keccak import keccak
from ebl_service.domain.ledger import Fees
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerUnavailable, NonceUsed, Underpriced


def keccak_of(content):
    return Digest("0x" + keccak(content).hex())


async def test_the_same_acts_nonce_and_fees_give_the_same_bytes(stage):
    sign = stage.ledger.sign_batch
    acts, fees = [stage.issue(1), stage.issue(2)], await stage.ledger.fees()
    made = sign(acts, 5, fees)
    assert sign(list(acts), 5, Fees(fees.max_fee, fees.priority_fee)) == made
    assert (made.nonce, made.fees, made.hash) == (5, fees, keccak_of(made.raw))
    others = [
        sign(acts[:1], 5, fees),
        sign(acts[::-1], 5, fees),
        sign(acts, 6, fees),
        sign(acts, 5, Fees(fees.max_fee + 1, fees.priority_fee)),
    ]
    assert len({each.raw for each in (made, *others)}) == len({each.hash for each in (made, *others)}) == 5


async def test_acts_are_named_by_the_digests_of_their_call_data(stage):
    acts, fees = [stage.issue(1), stage.issue(2)], await stage.ledger.fees()
    made = stage.ledger.sign_batch(acts, 0, fees)
    assert made.act_digests == tuple(keccak_of(encode_act(item)) for item in acts)
    assert stage.ledger.sign_batch(acts[1:], 1, fees).act_digests == made.act_digests[1:]


async def test_a_batch_is_on_titles_or_on_certificates(stage):
    fees = await stage.ledger.fees()
    assert stage.ledger.sign_batch([stage.insure(1), stage.insure(2)], 0, fees).act_digests
    for acts in ([stage.issue(), stage.insure()], []):
        with pytest.raises(ValueError, match="one contract"):
            stage.ledger.sign_batch(acts, 0, fees)


async def test_a_filler_uses_up_a_nonce_and_does_nothing(stage):
    nonce = await stage.ledger.next_nonce()
    made = await stage.send()
    assert (made.nonce, made.act_digests) == (nonce, ())
    stage.mine()
    outcome = await stage.ledger.outcome(made.hash)
    assert (outcome.reverted, outcome.refused) == (False, ())
    assert list(await stage.ledger.events(outcome.block_number, outcome.block_number)) == []
    assert await stage.ledger.next_nonce() == nonce + 1


async def test_an_outcome_says_where_it_landed_and_what_it_cost(stage):
    before = await stage.ledger.relayer_balance()
    assert await stage.ledger.relayer() == stage.relayer
    made = await stage.send(stage.issue())
    stage.mine()
    head, outcome = await stage.ledger.head(), await stage.ledger.outcome(made.hash)
    assert (outcome.block_number, outcome.block_hash) == (head.number, head.hash)
    assert 0 < outcome.gas_used <= made.gas_limit
    assert 0 < outcome.gas_price <= made.fees.max_fee
    assert before - await stage.ledger.relayer_balance() == outcome.gas_used * outcome.gas_price


async def test_what_waits_is_not_on_the_ledger_yet(stage):
    nonce, head = await stage.ledger.next_nonce(), await stage.ledger.head()
    made = await stage.send(stage.issue())
    assert await stage.ledger.known(made.hash)
    assert await stage.ledger.outcome(made.hash) is None
    assert await stage.ledger.next_nonce() == nonce
    assert await stage.ledger.head() == head
    assert await stage.ledger.head_of(stage.bill()) is None
    assert await stage.ledger.check([stage.issue()]) == [None]
    stage.mine()
    assert await stage.ledger.known(made.hash)
    assert (await stage.ledger.outcome(made.hash)).block_number == head.number + 1
    assert await stage.ledger.next_nonce() == nonce + 1


async def test_a_transaction_never_sent_is_not_known(stage):
    made = stage.ledger.sign_batch([stage.issue()], await stage.ledger.next_nonce(), await stage.ledger.fees())
    assert not await stage.ledger.known(made.hash)
    assert await stage.ledger.outcome(made.hash) is None


async def test_sending_the_same_bytes_again_is_harmless(stage):
    nonce = await stage.ledger.next_nonce()
    made = await stage.send(stage.issue())
    await stage.ledger.send(made.raw)
    stage.mine()
    await stage.ledger.send(made.raw)
    stage.mine()
    assert not (await stage.ledger.outcome(made.hash)).reverted
    assert await stage.ledger.next_nonce() == nonce + 1


async def test_what_the_node_forgot_lands_when_it_is_sent_again(stage):
    made = await stage.send(stage.issue())
    stage.drop()
    assert not await stage.ledger.known(made.hash)
    stage.mine()
    assert await stage.ledger.outcome(made.hash) is None
    await stage.ledger.send(made.raw)
    stage.mine()
    assert not (await stage.ledger.outcome(made.hash)).reverted


async def test_a_nonce_that_another_transaction_took_is_told(stage):
    filler = await stage.send()
    stage.mine()
    assert await stage.ledger.outcome(filler.hash)
    with pytest.raises(NonceUsed):
        await stage.send(stage.issue(), nonce=filler.nonce, fees=filler.fees)


async def test_a_replacement_of_a_pending_transaction_needs_a_higher_fee(stage):
    filler = await stage.send()
    fees = filler.fees
    with pytest.raises(Underpriced):
        await stage.send(stage.issue(), nonce=filler.nonce, fees=Fees(fees.max_fee - 1, fees.priority_fee - 1))
    higher = Fees(fees.max_fee * 2, fees.priority_fee * 2)
    made = await stage.send(stage.issue(), nonce=filler.nonce, fees=higher)
    assert not await stage.ledger.known(filler.hash)
    stage.mine()
    assert not (await stage.ledger.outcome(made.hash)).refused
    assert await stage.ledger.outcome(filler.hash) is None


async def test_what_comes_after_a_gap_in_the_nonces_waits_until_it_is_filled(stage):
    nonce = await stage.ledger.next_nonce()
    later = await stage.send(stage.signed(stage.shipper, act.Sign(stage.bill(), 1)), nonce=nonce + 1)
    stage.mine()
    assert await stage.ledger.known(later.hash)
    assert await stage.ledger.outcome(later.hash) is None
    assert await stage.ledger.next_nonce() == nonce
    earlier = await stage.send(stage.issue(), nonce=nonce)
    stage.mine()
    outcomes = [await stage.ledger.outcome(each.hash) for each in (earlier, later)]
    assert len({each.block_hash for each in outcomes}) == 1
    assert [each.refused for each in outcomes] == [(), ()]
    told = await stage.ledger.events(outcomes[0].block_number, outcomes[0].block_number)
    order = [(happened.Issued, earlier.hash), (happened.EndorseeNamed, earlier.hash), (happened.Signed, later.hash)]
    assert [(type(each.event), each.transaction_hash) for each in told] == order


async def test_a_relayer_without_means_sends_nothing_new(stage):
    landed = await stage.send()
    stage.mine()
    waiting = await stage.send(stage.issue())
    stage.impoverish()
    assert await stage.ledger.relayer_balance() == 0
    with pytest.raises(LedgerUnavailable):
        await stage.send(stage.issue(2), nonce=waiting.nonce + 1)
    for had in (landed, waiting):
        await stage.ledger.send(had.raw)

"""What the ledger port tells of its chain: blocks, events, heads, certificates. The same in memory and on anvil."""

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain import certificate_actions as insurance
from ebl_service.domain import events as happened
from ebl_service.domain.terms import digest
from ebl_service.errors import LedgerUnavailable
from tests.port_stage import COMMITMENT

UNKNOWN = digest(9)
MESSAGE = b"\x05" * 32


async def test_a_ledger_says_which_one_it_is(stage):
    identity = await stage.ledger.identity()
    assert identity == stage.identity
    assert identity.genesis_hash == (await stage.ledger.block(0)).hash
    assert 0 < identity.deployment_block <= (await stage.ledger.head()).number


async def test_blocks_are_told_by_number(stage):
    stage.mine(seconds=7)
    head = await stage.ledger.head()
    before = await stage.ledger.block(head.number - 1)
    assert await stage.ledger.block(head.number) == head
    assert (before.number, before.hash) == (head.number - 1, head.parent_hash)
    assert (before.time, head.time) == (stage.now() - 7, stage.now())
    assert await stage.ledger.block(head.number + 1) is None
    assert await stage.ledger.finalized() <= head.number


async def test_the_only_node_is_believed_that_the_chain_has_become_shorter(stage):
    head = await stage.ledger.head()
    assert await stage.ledger.head(known=head.number + 5) == head


async def test_each_node_says_which_block_it_has_and_one_alone_is_not_asked(stage):
    head = await stage.ledger.head()
    assert await stage.ledger.hashes(head.number) == {}
    stage.another_node()
    assert await stage.ledger.hashes(head.number) == {1: head.hash, 2: head.hash}
    stage.mine()
    new = await stage.ledger.head()
    assert await stage.ledger.hashes(new.number) == {1: new.hash}
    stage.another_mines()
    told = await stage.ledger.hashes(new.number)
    assert (told[1], len(set(told.values()))) == (new.hash, 2)
    with pytest.raises(LedgerUnavailable):
        await stage.ledger.hashes(new.number + 1)
    stage.close()
    with pytest.raises(LedgerUnavailable):
        await stage.ledger.hashes(new.number)


async def test_events_come_from_the_blocks_asked_for_in_the_ledgers_order(stage):
    first = await stage.carry(stage.issue(1), stage.issue(2))
    stage.mine()
    stage.someone_sends(stage.signed(stage.shipper, act.Sign(stage.bill(2), 1)))
    ours = await stage.send(stage.signed(stage.shipper, act.Sign(stage.bill(1), 1)))
    stage.mine()
    last = first.block_number + 2
    events = await stage.ledger.events(first.block_number, last)
    issues = [happened.Issued, happened.EndorseeNamed]
    assert [type(each.event) for each in events] == [*issues, *issues, happened.Signed, happened.Signed]
    assert [each.block_number for each in events] == [first.block_number] * 4 + [last] * 2
    assert [each.log_index for each in events] == [0, 1, 2, 3, 0, 1]
    assert len({each.transaction_hash for each in events}) == 3
    assert {each.event.title_id for each in events if each.transaction_hash == ours.hash} == {stage.bill(1)}
    for each in events:
        block = await stage.ledger.block(each.block_number)
        assert each.block_hash == block.hash
        assert getattr(each.event, "time", block.time) == block.time
    assert list(await stage.ledger.events(last, last)) == list(events[4:])
    assert list(await stage.ledger.events(first.block_number + 1, last - 1)) == []


async def test_events_come_whole_where_the_node_limits_its_answers(stage):
    first = await stage.carry(stage.issue(1))
    for number in range(2, 7):
        await stage.carry(stage.issue(number))
    blocks = (first.block_number, first.block_number + 5)
    whole = await stage.ledger.events(*blocks)
    stage.limit_ranges(2)
    assert await stage.ledger.events(*blocks) == whole
    assert len(whole) == 12
    stage.limit_ranges(0)
    with pytest.raises(LedgerUnavailable):
        await stage.ledger.events(blocks[0], blocks[0])


async def test_a_suspension_is_told_and_counts_from_its_block_on(stage):
    stage.suspend(stage.carrier)
    assert await stage.ledger.check([stage.issue()]) == [None]
    stage.mine()
    (refusal,) = await stage.ledger.check([stage.issue()])
    assert (type(refusal).__name__, refusal.values) == ("CarrierSuspended", (stage.bill(), stage.carrier.address))
    assert (await stage.told())[-1].event == happened.Suspended(stage.carrier.address, stage.now())


async def test_a_head_is_told_as_it_is_now_and_as_it_was(stage):
    issued = await stage.carry(stage.issue())
    first = (await stage.title()).head
    signed = await stage.carry(stage.signed(stage.shipper, act.Sign(stage.bill(), 1)))
    second = (await stage.title()).head
    heads = [await stage.ledger.head_of(stage.bill(), issued.block_number + n) for n in (-1, 0, 1)]
    assert heads == [None, first, second]
    assert await stage.ledger.head_of(stage.bill()) == second != first
    assert await stage.ledger.head_of(UNKNOWN) is None
    with pytest.raises(LedgerUnavailable):
        await stage.ledger.head_of(stage.bill(), signed.block_number + 1)


async def test_certificates_are_told_as_they_are_now_and_as_they_were(stage):
    issued = await stage.carry(stage.issue(1))
    await stage.carry(stage.insure(1))
    await stage.carry(stage.signed(stage.bank, insurance.ReleaseLossPayee(stage.certificate(1), 1)))
    await stage.carry(stage.signed(stage.shipper, act.EndorseToOrder(stage.bill(), 1, stage.consignee.address)))
    ids = [stage.certificate(2), stage.certificate(1)]
    told = [await stage.ledger.assurances(ids, issued.block_number + number) for number in range(4)]
    assert await stage.ledger.assurances(ids) == told[3]
    assert await stage.ledger.assurances([]) == []
    assert [absent for absent, _ in told] == [None] * 4
    before, *after = (known for _, known in told)
    assert before is None
    shipper, bank, consignee = (each.address for each in (stage.shipper, stage.bank, stage.consignee))
    people = [(each.assured, each.payee, each.sequence) for each in after]
    assert people == [(shipper, bank, 1), (shipper, shipper, 2), (consignee, consignee, 2)]
    assert {(each.title_id, each.commitment) for each in after} == {(stage.bill(1), COMMITMENT)}
    assert after[0].head != after[1].head == after[2].head
    with pytest.raises(LedgerUnavailable):
        await stage.ledger.assurances(ids, issued.block_number + 4)


async def test_a_plain_accounts_signature_is_its_own(stage):
    bank, shipper = stage.bank.key, stage.shipper.key
    signatures = [bank.sign_digest(MESSAGE), bank.sign_digest(bytes(32)), shipper.sign_digest(MESSAGE), b""]
    verdicts = [await stage.ledger.verify_signature(bank.address, MESSAGE, each) for each in signatures]
    assert verdicts == [True, False, False, False]


async def answers(question):
    try:
        await question
    except LedgerUnavailable:
        return False
    return True


async def test_while_the_node_is_away_everything_is_unavailable_but_a_plain_accounts_own_signature(stage):
    ledger, bank = stage.ledger, stage.bank.address
    own, others = (each.key.sign_digest(MESSAGE) for each in (stage.bank, stage.shipper))
    fees = await ledger.fees()
    stage.close()
    made = ledger.sign_batch([stage.issue()], 0, fees)
    asked = {
        "identity": ledger.identity(),
        "head": ledger.head(),
        "block": ledger.block(0),
        "finalized": ledger.finalized(),
        "events": ledger.events(1, 1),
        "check": ledger.check([stage.issue()]),
        "verify_signature": ledger.verify_signature(bank, MESSAGE, others),
        "relayer_balance": ledger.relayer_balance(),
        "next_nonce": ledger.next_nonce(),
        "fees": ledger.fees(),
        "send": ledger.send(made.raw),
        "outcome": ledger.outcome(made.hash),
        "known": ledger.known(made.hash),
        "head_of": ledger.head_of(stage.bill()),
        "assurances": ledger.assurances([stage.certificate()]),
    }
    assert [name for name, question in asked.items() if await answers(question)] == []
    assert await ledger.verify_signature(bank, MESSAGE, own)
    stage.open()
    assert await ledger.identity() == stage.identity

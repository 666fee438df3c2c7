"""What is taken in and what is not: each refusal before it costs gas, each act once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.ledger import ActToSend
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Purpose
from ebl_service.errors import InvalidRequest, LedgerUnavailable
from ebl_service.errors import refusals as no
from ebl_service.errors.submissions import (
    GasBudgetExhausted,
    IdempotencyKeyReused,
    RequestInFlight,
    SignerNotRegistered,
)
from ebl_service.store.database import Database
from tests.clerk import BANK, BUYER, CARRIER, DAY, SHIPPER, STRANGER, Clerk, title_of
from tests.fake_ledger import FakeLedger


async def test_an_act_that_the_ledger_would_refuse_is_refused_with_its_reason(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.work()
    with pytest.raises(no.NotHolder) as refused:
        await clerk.take(clerk.sign(BANK, act.Transfer(title_of(), 1, BUYER.address)))
    assert refused.value.details["index"] == 0
    assert await clerk.outbox.open_count() == 1


async def test_all_acts_of_a_request_are_taken_or_none(clerk: Clerk) -> None:
    good, bad = clerk.issue("1"), clerk.issue("2", is_to_order=False)
    with pytest.raises(no.ConsigneeMissing) as refused:
        await clerk.take(good, bad)
    assert refused.value.details["index"] == 1
    assert await clerk.outbox.open_count() == 0


@pytest.mark.parametrize(("seconds", "why"), [(-1, no.DeadlinePassed), (8 * DAY, no.DeadlineTooDistant)])
async def test_a_deadline_must_lie_within_the_next_seven_days(
    clerk: Clerk, seconds: int, why: type[no.Refusal]
) -> None:
    with pytest.raises(why):
        await clerk.take(clerk.sign(CARRIER, clerk.issue().act, seconds=seconds))


async def test_only_acts_of_registered_parties_are_relayed(clerk: Clerk) -> None:
    with pytest.raises(SignerNotRegistered):
        await clerk.take(clerk.sign(STRANGER, act.Sign(title_of(), 1)))


async def test_a_signature_of_another_is_refused_in_front_and_behind(clerk: Clerk) -> None:
    forged = SignedAct(clerk.issue().act, CARRIER.address, clerk.now() + 60, clerk.issue().signature)
    with pytest.raises(no.InvalidSignature):
        await clerk.take(forged)
    sign = act.Sign(title_of(), 1)
    behind = SignedAct(sign, SHIPPER.address, clerk.now() + 60, clerk.sign(BANK, sign).signature)
    with pytest.raises(no.InvalidSignature):
        await clerk.take(clerk.issue(), behind)


async def test_a_request_brings_at_least_one_act_and_not_too_many(clerk: Clerk) -> None:
    with pytest.raises(InvalidRequest):
        await clerk.take()
    with pytest.raises(InvalidRequest):
        await clerk.take(*[clerk.issue()] * 1001)


async def test_acts_may_count_on_acts_that_are_on_their_way(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    behind = clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address))
    [taken] = await clerk.take(behind)
    assert taken.state is State.PREPARED
    with pytest.raises(no.NotHolder):
        await clerk.take(clerk.sign(SHIPPER, act.Transfer(title_of(), 2, BUYER.address)))


async def test_an_act_too_far_ahead_is_refused(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.work()
    with pytest.raises(no.StaleSequence):
        await clerk.take(clerk.sign(SHIPPER, act.Sign(title_of(), 3)))


async def test_an_act_of_a_used_sequence_is_refused(clerk: Clerk) -> None:
    await clerk.take(clerk.issue(), clerk.sign(SHIPPER, act.Sign(title_of(), 1)))
    await clerk.work()
    with pytest.raises(no.StaleSequence):
        await clerk.take(clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address)))


async def test_the_contract_is_the_judge_where_the_index_is_behind(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.relay.step()
    clerk.ledger.mine()
    [taken] = await clerk.take(clerk.sign(SHIPPER, act.Sign(title_of(), 1)))
    assert taken.state is State.PREPARED


async def test_a_second_act_of_one_sequence_may_compete_with_one_on_its_way(clerk: Clerk) -> None:
    await clerk.take(clerk.issue())
    await clerk.work()
    first, second = await clerk.take(
        clerk.sign(SHIPPER, act.Sign(title_of(), 1)),
        clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address)),
    )
    await clerk.work(5)
    assert await clerk.states(first, second) == [State.FINAL, State.REFUSED]
    assert (await clerk.outbox.submission(second.submission_id)).is_terminal


async def test_while_the_chain_is_away_acts_are_judged_by_the_rulebook_and_queued(clerk: Clerk) -> None:
    clerk.ledger.is_down = True
    [taken] = await clerk.take(clerk.issue())
    with pytest.raises(no.CarrierRoleMissing):
        await clerk.take(clerk.sign(BANK, clerk.issue("2").act))
    forged = SignedAct(clerk.issue("3").act, CARRIER.address, clerk.now() + 60, b"\1" * 65)
    with pytest.raises(LedgerUnavailable):  # it may be a contract wallet's, which the chain alone can tell
        await clerk.take(forged)
    with pytest.raises(LedgerUnavailable):
        await clerk.relay.step()
    clerk.ledger.is_down = False
    with pytest.raises(no.InvalidSignature):
        await clerk.take(forged)
    await clerk.work(4)
    assert await clerk.states(taken) == [State.FINAL]


async def test_before_the_first_block_is_indexed_nothing_is_taken(database: Database, ledger: FakeLedger) -> None:
    clerk = Clerk(database, ledger)
    await database.upgrade()
    with pytest.raises(LedgerUnavailable):
        await clerk.take(clerk.issue())
    assert await clerk.relay.step() is False


async def test_the_same_signed_act_is_one_submission_whatever_its_key(clerk: Clerk) -> None:
    signed = clerk.issue()
    [first] = await clerk.take(signed, key="a")
    [second] = await clerk.take(signed, key="b")
    [third] = await clerk.take(signed)
    assert first.submission_id == second.submission_id == third.submission_id
    await clerk.work(4)
    assert clerk.ledger.calls.count("send") == 1


async def test_an_act_that_is_known_is_told_of_to_nobody_without_its_signature(clerk: Clerk) -> None:
    signed = clerk.issue()
    await clerk.take(signed)
    with pytest.raises(no.InvalidSignature):
        await clerk.take(replace(signed, signature=b""))


async def test_a_key_stands_for_one_request(clerk: Clerk) -> None:
    signed = clerk.issue()
    first = await clerk.take(signed, key="a")
    await clerk.work()
    again = await clerk.take(signed, key="a")
    assert [item.submission_id for item in again] == [item.submission_id for item in first]
    assert again[0].state is State.INCLUDED
    with pytest.raises(IdempotencyKeyReused):
        await clerk.take(clerk.issue("2"), key="a")


async def test_a_refused_request_leaves_its_key_free(clerk: Clerk) -> None:
    with pytest.raises(no.ConsigneeMissing):
        await clerk.take(clerk.issue(is_to_order=False), key="a")
    await clerk.take(clerk.issue(), key="a")


async def test_twenty_requests_at_once_with_one_key_make_one_submission(clerk: Clerk) -> None:
    signed = clerk.issue()
    answers = await asyncio.gather(*[clerk.take(signed, key="a") for _ in range(20)], return_exceptions=True)
    taken = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert taken
    assert all(isinstance(answer, RequestInFlight) for answer in answers if isinstance(answer, BaseException))
    assert await clerk.outbox.open_count() == 1


async def test_while_a_request_is_worked_on_its_key_is_refused_to_its_caller_alone(clerk: Clerk) -> None:
    check, checking, may_answer = clerk.ledger.check, asyncio.Event(), asyncio.Event()

    async def first_waits(acts: Sequence[ActToSend], known: int = -1) -> Sequence[no.Refusal | None]:
        if not checking.is_set():
            checking.set()
            await may_answer.wait()
        return await check(acts, known)

    clerk.ledger.check = first_waits  # type: ignore[method-assign]
    accept, signed = clerk.submissions.accept, clerk.issue()
    first = asyncio.create_task(accept([signed], "a", CARRIER.address))
    await checking.wait()
    with pytest.raises(RequestInFlight, match="key a is"):
        await accept([signed], "a", CARRIER.address)
    [others] = await accept([clerk.issue("2")], "a", BANK.address)
    may_answer.set()
    assert await accept([clerk.issue("2")], "a", BANK.address) == (others,)
    assert await first == await accept([signed], "a", CARRIER.address)


async def test_two_processes_with_one_key_give_one_answer(clerk: Clerk) -> None:
    other = Clerk(clerk.database, clerk.ledger)
    signed = clerk.issue()
    [one], [two] = await asyncio.gather(clerk.take(signed, key="a"), other.take(signed, key="a"))
    assert one.submission_id == two.submission_id
    answers = await asyncio.gather(
        clerk.take(clerk.issue("2"), key="b"), other.take(clerk.issue("3"), key="b"), return_exceptions=True
    )
    assert sorted(type(answer) is IdempotencyKeyReused for answer in answers) == [False, True]
    assert await clerk.outbox.open_count() == 2


async def test_a_party_has_its_gas_for_a_day_and_no_more(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger, gas_a_day=200_000, gas_an_act=100_000).start()
    await clerk.take(clerk.issue("1"), clerk.issue("2"))
    with pytest.raises(GasBudgetExhausted):
        await clerk.take(clerk.issue("3"))
    await clerk.work()  # 40,500 gas each were used
    await clerk.take(clerk.issue("3"))
    with pytest.raises(GasBudgetExhausted):
        await clerk.take(clerk.issue("4"))
    clerk.ahead = DAY
    await clerk.take(clerk.sign(CARRIER, clerk.issue("4").act, seconds=2 * DAY))


async def test_requests_at_the_same_time_share_one_budget(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger, gas_a_day=300_000, gas_an_act=100_000).start()
    asked = [clerk.take(clerk.issue(str(number))) for number in range(20)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted(isinstance(answer, GasBudgetExhausted) for answer in answers) == [False] * 3 + [True] * 17
    assert await clerk.outbox.open_count() == 3


async def test_a_replacement_is_reckoned_by_its_titles(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger, gas_a_day=700_000, gas_an_act=100_000).start()
    for signed in (
        clerk.issue("old"),
        clerk.sign(SHIPPER, act.RequestSurrender(title_of("old"), 1, Purpose.AMENDMENT)),
        clerk.sign(CARRIER, act.AcceptSurrender(title_of("old"), 2)),
    ):
        ledger.someone_sends(signed)
    ledger.mine()
    await clerk.indexer.catch_up()
    made = sorted((clerk.issue(f"part {n}").act for n in range(5)), key=lambda new: new.title_id)
    parts = tuple(act.NewTitle(None, True, 0, new.reference_digest, new.commitment) for new in made)
    await clerk.take(clerk.sign(CARRIER, act.Replace((title_of("old"),), (3,), parts)))
    assert (await clerk.outbox.gas_spent([CARRIER.address], clerk.now()))[CARRIER.address] == (0, 6)
    await clerk.take(clerk.issue("1"))
    with pytest.raises(GasBudgetExhausted):
        await clerk.take(clerk.issue("2"))


async def test_acts_that_fail_after_the_check_count_double(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger).start()
    await clerk.take(clerk.issue("1"))
    await clerk.work()
    before = (await clerk.outbox.gas_spent([SHIPPER.address], clerk.now()))[SHIPPER.address]
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(title_of(), 1, Purpose.DELIVERY)))
    ledger.someone_sends(clerk.sign(SHIPPER, act.Sign(title_of(), 1)))
    await clerk.work()
    assert before == (0, 0)
    assert (await clerk.outbox.gas_spent([SHIPPER.address], clerk.now()))[SHIPPER.address] == (2 * 51_000, 0)


async def test_acts_of_a_transaction_that_fails_whole_count_double(clerk: Clerk) -> None:
    await clerk.take(clerk.issue("1"), clerk.issue("2"))
    clerk.ledger.reverts = 1
    await clerk.work()
    [outcome] = clerk.ledger.chain[-1].outcomes.values()
    assert outcome.reverted
    spent, _ = (await clerk.outbox.gas_spent([CARRIER.address], clerk.now()))[CARRIER.address]
    assert spent == 2 * outcome.gas_used


async def test_without_a_budget_nothing_is_counted_against_a_party(database: Database, ledger: FakeLedger) -> None:
    clerk = await Clerk(database, ledger, gas_a_day=None).start()
    assert len(await clerk.take(*[clerk.issue(str(number)) for number in range(500)])) == 500


async def test_an_endorsement_with_its_receivers_return_waits_for_its_proof(clerk: Clerk) -> None:
    taken = await clerk.take(
        clerk.issue(),
        clerk.sign(SHIPPER, act.EndorseToOrder(title_of(), 1, BANK.address)),
        clerk.sign(BANK, act.RejectTransfer(title_of(), 2)),
        clerk.sign(SHIPPER, act.Sign(title_of(), 3)),
    )
    await clerk.work(8)
    assert await clerk.states(*taken) == [State.FINAL] * 4
    assert (await clerk.queries.title(title_of())).title.holder == SHIPPER.address

"""Fault 19: the same request many times at once, under its key or another; one submission, one answer."""

import asyncio
from collections import Counter

import httpx

from ebl_service.domain import actions as act
from ebl_service.domain.submission import State
from tests.faults.oracle import rows_of
from tests.faults.stage import CONFIRMATIONS, Service, Stage

AT_ONCE = 20


async def _many(stage: Stage, *services: Service) -> Counter[int]:
    """One act brought twenty times at once under one key, by turns to these services; how each was answered."""
    signed = stage.issue()
    answers = await asyncio.gather(
        *[stage.post(signed, key="one", service=services[turn % len(services)]) for turn in range(AT_ONCE)]
    )
    told = Counter(answer.status_code for answer in answers)
    assert told.keys() <= {httpx.codes.ACCEPTED, httpx.codes.CONFLICT}
    assert {answer.json()["rule"] for answer in answers if answer.status_code == httpx.codes.CONFLICT} <= {
        "RequestInFlight"
    }
    ids = {answer.json()["submissions"][0]["id"] for answer in answers if answer.status_code == httpx.codes.ACCEPTED}
    assert ids == {stage.id_of(signed)}
    again = await stage.post(signed, key="one")
    assert again.status_code == httpx.codes.ACCEPTED
    return told


async def test_fault_19_one_key_twenty_times_at_once_is_one_submission(stage: Stage) -> None:
    assert (await _many(stage, stage.service))[httpx.codes.ACCEPTED] >= 1
    await stage.ends_well()
    assert len((await rows_of(stage))["idempotency_keys"]) == 1


async def test_fault_19_while_a_request_is_worked_on_its_key_is_refused_and_then_answered(stage: Stage) -> None:
    signed, may_answer = stage.issue(), asyncio.Event()
    stage.proxy.calls.clear()
    stage.proxy.spoil("late", method="eth_call", until=may_answer)
    first = asyncio.create_task(stage.post(signed, key="one"))
    await stage.comes(lambda: "eth_call" in stage.proxy.calls)
    refused = await stage.post(signed, key="one")
    assert (refused.status_code, refused.json()["rule"]) == (409, "RequestInFlight")
    may_answer.set()
    assert (await first).status_code == httpx.codes.ACCEPTED
    assert await stage.take(signed, key="one") == [stage.id_of(signed)]
    await stage.ends_well()


async def test_fault_19_one_key_at_two_services_at_once_is_one_submission(stage: Stage) -> None:
    other = stage.another()
    other.start()
    await stage.comes(other.is_ready)
    assert (await _many(stage, stage.service, other))[httpx.codes.ACCEPTED] >= 1
    await stage.ends_well()
    assert len((await rows_of(stage))["submissions"]) == 1


async def test_fault_19_a_key_that_comes_with_another_body_is_refused_also_after_a_restart(stage: Stage) -> None:
    first, second = stage.issue(), stage.issue()
    await stage.take(first, key="one")
    for _ in range(2):
        answer = await stage.post(second, key="one")
        assert (answer.status_code, answer.json()["rule"]) == (422, "IdempotencyKeyReused")
        await stage.restart()
    assert await stage.take(first, key="one") == [stage.id_of(first)]
    await stage.ends_well()


async def test_fault_19_the_same_signed_act_under_another_key_is_the_same_submission(stage: Stage) -> None:
    signed = stage.issue()
    keys = [f"key-{turn}" for turn in range(AT_ONCE)]
    answers = await asyncio.gather(*[stage.post(signed, key=key) for key in keys])
    assert {answer.status_code for answer in answers} <= {httpx.codes.ACCEPTED, httpx.codes.TOO_MANY_REQUESTS}
    # A caller has so many bodies under way: those that are told to come again do, and get the same answer.
    late = [key for key, answer in zip(keys, answers, strict=True) if answer.status_code != httpx.codes.ACCEPTED]
    again = [await stage.post(signed, key=key) for key in late]
    answers = [answer for answer in answers if answer.status_code == httpx.codes.ACCEPTED] + again
    assert [answer.status_code for answer in answers] == [httpx.codes.ACCEPTED] * AT_ONCE
    assert {answer.json()["submissions"][0]["id"] for answer in answers} == {stage.id_of(signed)}
    await stage.ends_well()
    assert len((await rows_of(stage))["submissions"]) == 1


async def test_fault_19_of_acts_that_compete_for_one_sequence_exactly_one_stands(stage: Stage) -> None:
    [title] = await stage.issued()
    stage.rpc("anvil_mine", hex(CONFIRMATIONS))  # final: the carrier is told why an act on it is refused
    await stage.become(list(stage.promised), State.FINAL)
    names = ("bank", "other_bank", "consignee", "forwarder")
    rivals = [stage.transfer(title, to=name) for name in names]
    rivals.append(stage.sign(stage.chain.shipper, act.Sign(title, 1)))
    answers = await asyncio.gather(*[stage.post(signed) for signed in rivals])
    assert {answer.status_code for answer in answers} <= {httpx.codes.ACCEPTED, httpx.codes.CONFLICT}
    await stage.ends_well()
    states = [(await stage.found(each)).state for each in stage.promised]
    assert states.count(State.FINAL) == 2  # the issue, and one of the rivals

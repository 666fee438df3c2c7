"""Callbacks to a real server that fails, hangs, leads elsewhere, is away for days: at least once, in order."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from ebl_service.domain.callback import CallbackState
from ebl_service.errors import LedgerUnavailable, NotFound
from ebl_service.services.callbacks import CallbackPolicy
from ebl_service.store.database import Database
from tests.clerk import BANK, CARRIER, SHIPPER
from tests.databases import age_leases
from tests.receiver import Call, Receiver, Reply
from tests.services.calling_back import Desk, verify, words

HOUR, DAY = 3_600, 86_400
WAITING, DELIVERED, GIVEN_UP = CallbackState.WAITING, CallbackState.DELIVERED, CallbackState.GIVEN_UP


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> Desk:
    await database.upgrade()
    return Desk(database, tmp_path)


@pytest.fixture
async def receiver(desk: Desk) -> AsyncIterator[Receiver]:
    with Receiver() as standing:
        await desk.callbacks.receive_at(CARRIER.address, standing.url + "/platform/", 1)
        yield standing


async def test_a_callback_arrives_once_where_all_is_well(desk: Desk, receiver: Receiver) -> None:
    await desk.tell("one", "two")
    await desk.tell("one")
    await desk.work()
    assert words(receiver.received) == ["one", "two"]
    assert receiver.received[0].path == "/platform/v3/x"
    assert receiver.received[0].headers["api-version"] == "3"
    assert receiver.received[0].headers["content-type"] == "application/json"
    assert await desk.states() == [DELIVERED, DELIVERED]


async def test_a_callback_that_is_refused_goes_out_again_under_the_same_id_and_later_each_time(
    desk: Desk, receiver: Receiver
) -> None:
    receiver.answers = [Reply(500), Reply(503), Reply(400), Reply(404), Reply(302), Reply(200)]
    await desk.tell("one")
    times: list[int] = []
    while await desk.states() != [DELIVERED]:
        await desk.delivery.step()
        if len(receiver.received) > len(times):
            times.append(desk.now)
        desk.now += 1
    assert len({call.headers["ebl-callback-id"] for call in receiver.received}) == 1
    assert len({call.body for call in receiver.received}) == 1
    pauses = [after - before for before, after in itertools.pairwise(times)]
    assert pauses == [5, 10, 20, 40, 80]


async def test_pauses_grow_to_an_hour_with_jitter(desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [Reply(500)]
    chances = iter([0.0, 1.0] * 20)
    desk.delivery._chance = lambda: next(chances)
    await desk.tell("one")
    for _ in range(16):
        await desk.delivery.step()
        (callback,) = await desk.callbacks.page(None, None, 0, 1)
        plain = min(HOUR, 5 * 2 ** (callback.attempts - 1))
        assert 0.74 * plain - 1 <= callback.due_at - desk.now <= 1.26 * plain + 1
        desk.now = callback.due_at
    assert len(receiver.received) == 16


async def test_what_the_receiver_has_had_already_counts_as_delivered(desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [Reply(409, b'{"statusCode":409}')]
    await desk.tell("one")
    await desk.work()
    assert await desk.states() == [DELIVERED]


async def test_of_one_subject_nothing_overtakes(desk: Desk, receiver: Receiver) -> None:
    refused = iter(["one", "one", "two"])
    first = next(refused)

    def decide(call: Call) -> Reply:
        nonlocal first
        if words([call]) == [first]:
            first = next(refused, "")
            return Reply(500)
        return Reply()

    receiver.decide = decide
    await desk.tell("one", "two", "three")
    await desk.tell("other", subject="title 2")
    await desk.work(80, seconds=1)
    told = words(receiver.received)
    assert [word for word in told if word != "other"] == ["one", "one", "one", "two", "two", "three"]
    assert told.index("other") < 2, "another title waits for nobody"


async def test_a_receiver_that_hangs_does_not_hold_up_others(database: Database, tmp_path: Path) -> None:
    await database.upgrade()
    desk = Desk(database, tmp_path, timeout=0.3)
    with Receiver() as hanging, Receiver() as quick:
        hanging.answers = [Reply(seconds=30)]
        await desk.callbacks.receive_at(CARRIER.address, hanging.url, 1)
        await desk.callbacks.receive_at(SHIPPER.address, quick.url, 1)
        for number in range(5):
            await desk.tell("hangs", subject=f"title {number}")
        await desk.tell("quick", account=SHIPPER)
        await desk.delivery.step()
        assert words(quick.received) == ["quick"]
        assert len(hanging.received) == 1, "left alone after the first, until its next time"
        await desk.delivery.step()
        assert len(hanging.received) == 1


async def test_a_receiver_that_is_away_for_days_gets_everything_in_order(desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [Reply(hangs_up=True)]
    await desk.tell("one", "two", "three")
    for _ in range(2 * 24):
        await desk.delivery.step()
        desk.now += HOUR
    tried = len(receiver.received)
    assert tried >= 20
    receiver.answers = [Reply()]
    await desk.work(5, seconds=HOUR)
    assert words(receiver.received[tried:]) == ["one", "two", "three"]
    assert await desk.states() == [DELIVERED] * 3


async def test_after_a_month_it_is_given_up_and_delivered_again_when_asked_for(desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [Reply(500)]
    await desk.tell("one", "two")
    desk.now += 31 * DAY
    await desk.work(3)
    assert await desk.states() == [GIVEN_UP, GIVEN_UP]
    receiver.answers, receiver.received = [Reply()], []
    one, _ = await desk.callbacks.page(None, GIVEN_UP, 0, 10)
    await desk.callbacks.again(one.callback_id, CARRIER.address, desk.now)
    await desk.work(3)
    assert words(receiver.received) == ["one"]
    assert receiver.received[0].headers["ebl-callback-id"] == one.callback_id
    assert await desk.states() == [DELIVERED, GIVEN_UP]


async def test_what_was_delivered_is_delivered_again_when_asked_for_by_its_receiver_only(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.tell("one")
    await desk.work(2)
    (one,) = await desk.callbacks.page(CARRIER.address, None, 0, 10)
    for stranger in (BANK.address, SHIPPER.address):
        with pytest.raises(NotFound):
            await desk.callbacks.again(one.callback_id, stranger, desk.now)
        assert await desk.callbacks.page(stranger, None, 0, 10) == []
    with pytest.raises(NotFound):
        await desk.callbacks.again("0" * 32, None, desk.now)
    await desk.work(2)
    assert len(receiver.received) == 1
    await desk.callbacks.again(one.callback_id, CARRIER.address, desk.now)
    await desk.work(2)
    assert len(receiver.received) == 2


async def test_a_redirect_to_a_private_address_is_not_followed(desk: Desk, receiver: Receiver) -> None:
    with Receiver() as hidden:
        receiver.answers = [Reply(307, headers={"Location": hidden.url})]
        await desk.tell("one")
        await desk.work(30, seconds=60)
    assert not hidden.received
    assert await desk.states() == [WAITING]


async def test_an_address_that_is_not_allowed_is_never_called(database: Database, tmp_path: Path) -> None:
    await database.upgrade()
    desk = Desk(database, tmp_path, networks=[])
    with Receiver() as receiver:
        await desk.callbacks.receive_at(CARRIER.address, receiver.url, 1)
        await desk.tell("one")
        await desk.work(30, seconds=60)
        assert not receiver.received
        (callback,) = await desk.callbacks.page(None, WAITING, 0, 10)
        assert "not on the public internet" in str(callback.last_answer)
        await desk.callbacks.receive_at(CARRIER.address, receiver.url, 2)


async def test_without_an_address_nothing_is_tried_and_nothing_is_lost(desk: Desk) -> None:
    await desk.tell("one", account=BANK)
    await desk.work(3)
    assert await desk.states() == [WAITING]
    with Receiver() as receiver:
        await desk.callbacks.receive_at(BANK.address, receiver.url, 5)
        await desk.work(2)
        assert words(receiver.received) == ["one"]


class KilledHere(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("place", ["callback.sent", "callback.written"])
async def test_a_crash_loses_nothing_and_repeats_under_the_same_id(
    desk: Desk, receiver: Receiver, database: Database, tmp_path: Path, place: str
) -> None:
    await desk.tell("one", "two")

    def kill(name: str) -> None:
        if name == place:
            raise KilledHere

    desk.failpoint = kill
    with pytest.raises(KilledHere):
        await desk.delivery.step()
    after = Desk(database, tmp_path, now=desk.now)
    await after.work(3)
    told = words(receiver.received)
    assert told == (["one", "one", "two"] if place == "callback.sent" else ["one", "two"])
    ids = [call.headers["ebl-callback-id"] for call in receiver.received]
    assert len(set(ids)) == 2
    assert await after.states() == [DELIVERED, DELIVERED]
    assert after.signer.key_id == desk.signer.key_id


async def test_one_process_of_a_database_delivers(database: Database, tmp_path: Path, receiver: Receiver) -> None:
    one, other = Desk(database, tmp_path, lease_seconds=60), Desk(database, tmp_path, lease_seconds=60)
    await one.tell("one")
    assert await one.tenure.take()
    await other.work(2)
    assert not receiver.received
    await age_leases(database, 61)  # whole seconds
    await other.work(2)
    assert words(receiver.received) == ["one"]


@pytest.mark.parametrize("account", [CARRIER, BANK], ids=["of the same receiver", "of another"])
async def test_who_lost_the_work_amid_it_makes_no_other_call(desk: Desk, receiver: Receiver, account: Any) -> None:
    await desk.callbacks.receive_at(BANK.address, receiver.url, 1)
    desk.delivery._gate = asyncio.Semaphore(1)
    desk.failpoint = lambda name: desk.tenure.lose() if name == "callback.sent" else None
    await desk.tell("one")
    await desk.tell("two", subject="title 2", account=account)
    await desk.delivery.step()
    assert len(receiver.received) == 1
    assert sorted(await desk.states()) == [DELIVERED, WAITING]


async def test_the_loop_goes_on_when_the_database_is_back(desk: Desk, receiver: Receiver) -> None:
    await desk.tell("one")
    due, failures = desk.callbacks.due, iter([True, True])

    async def sometimes(*arguments: Any) -> Any:
        if next(failures, False):
            raise LedgerUnavailable("The database is away")
        return await due(*arguments)

    desk.callbacks.due = sometimes  # type: ignore[method-assign]
    desk.delivery._policy = CallbackPolicy(poll_seconds=0.01)
    desk.delivery._patience._pause = 0.01
    stop = asyncio.Event()
    loop = asyncio.create_task(desk.delivery.run(stop))
    await asyncio.to_thread(receiver.await_calls, 1)
    stop.set()
    await loop
    assert words(receiver.received)[0] == "one"


async def test_a_database_that_fails_while_writing_down_is_told_as_such(desk: Desk, receiver: Receiver) -> None:
    async def away(*_: Any) -> None:
        raise LedgerUnavailable("The database is away")

    await desk.tell("one")
    desk.callbacks.delivered = away  # type: ignore[method-assign]
    with pytest.raises(LedgerUnavailable, match="database"):
        await desk.delivery.step()
    assert len(receiver.received) == 1


async def test_a_receiver_can_check_who_called_when_and_what(desk: Desk, receiver: Receiver) -> None:
    await desk.tell("one")
    await desk.work(1)
    (call,) = receiver.received
    headers, url = call.headers, receiver.url + call.path
    verify(desk.signer.public_pem, "POST", url, call.body, headers)
    assert f";created={desk.now};" in headers["signature-input"]
    for changed in (
        {"body": b'"two"'},
        {"url": url + "x"},
        {"headers": headers | {"ebl-callback-id": "0" * 32}},
        {"headers": headers | {"signature-input": headers["signature-input"].replace("created=1", "created=2")}},
    ):
        given = {"url": url, "body": call.body, "headers": headers} | changed
        with pytest.raises((InvalidSignature, AssertionError)):
            verify(desk.signer.public_pem, "POST", **given)

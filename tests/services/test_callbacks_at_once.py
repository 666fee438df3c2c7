"""Many callbacks to one receiver: several at a time where it answers, one where it does not; each by itself."""

import threading
from pathlib import Path

import pytest

from ebl_service.domain.callback import CallbackState
from ebl_service.services.callbacks import CALLS_AT_ONCE, SHARE
from ebl_service.store.database import Database
from tests.clerk import BANK, CARRIER
from tests.receiver import Receiver, Reply
from tests.services.calling_back import Desk, words


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> Desk:
    await database.upgrade()
    return Desk(database, tmp_path)


class Meeting(Receiver):
    """Answers no call until so many are there at once."""

    def __init__(self, parties: int) -> None:
        super().__init__()
        self.barrier = threading.Barrier(parties)
        self.is_first = True

    def pause(self, seconds: float) -> None:
        if self.is_first:
            self.is_first = False
        else:
            self.barrier.wait(30)


async def test_a_receiver_that_answers_is_called_several_times_at_once(desk: Desk) -> None:
    with Meeting(CALLS_AT_ONCE) as receiver:
        await desk.callbacks.receive_at(CARRIER.address, receiver.url, 1)
        for number in range(1 + 2 * CALLS_AT_ONCE):
            await desk.tell(f"of {number}", subject=f"title {number}")
        await desk.work(1)
        assert not receiver.barrier.broken
        assert await desk.states() == [CallbackState.DELIVERED] * (1 + 2 * CALLS_AT_ONCE)


async def test_however_much_waits_for_one_another_is_called_in_the_same_step(
    database: Database, tmp_path: Path
) -> None:
    await database.upgrade()
    desk = Desk(database, tmp_path, batch=4)
    with Receiver() as busy, Receiver() as other:
        await desk.callbacks.receive_at(CARRIER.address, busy.url, 1)
        await desk.callbacks.receive_at(BANK.address, other.url, 1)
        for number in range(2 * SHARE):
            await desk.tell(f"of {number}", subject=f"title {number}")
        await desk.tell("to another", account=BANK)
        await desk.work(1)
        assert words(other.received) == ["to another"]
        await desk.work(2 * SHARE)
        assert len(busy.received) == 2 * SHARE


async def test_a_receiver_that_is_away_is_asked_once_whatever_waits_for_it(desk: Desk) -> None:
    with Receiver() as receiver:
        await desk.callbacks.receive_at(CARRIER.address, receiver.url, 1)
        receiver.answers = [Reply(hangs_up=True)]
        for number in range(5):
            await desk.tell(f"of {number}", subject=f"title {number}")
        await desk.work(3)
        assert len(receiver.received) == 1


async def test_a_receiver_whose_name_cannot_be_asked_for_holds_up_no_other(desk: Desk) -> None:
    with Receiver() as receiver:
        await desk.callbacks.receive_at(BANK.address, "https://a..b", 1)
        await desk.callbacks.receive_at(CARRIER.address, receiver.url, 1)
        await desk.tell("lost", account=BANK)
        await desk.tell("one")
        await desk.work(2)
        assert len(receiver.received) == 1
        assert await desk.states() == [CallbackState.WAITING, CallbackState.DELIVERED]

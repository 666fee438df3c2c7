"""What is exchanged with carriers is sealed at rest: a copy of the database tells neither numbers nor words."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from ebl_service.domain import actions as act
from ebl_service.domain.callback import CallbackState
from ebl_service.domain.terms import NO_DIGEST, Purpose
from ebl_service.errors.vault import SealBroken
from ebl_service.store.database import Database
from ebl_service.store.platform_tables import callbacks
from ebl_service.store.tables import metadata
from tests.clerk import CARRIER, SHIPPER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk
from tests.receiver import Receiver
from tests.services.calling_back import Desk, words


async def dump(database: Database) -> bytes:
    """Everything in the database."""
    said: list[object] = []
    async with database.reading() as connection:
        for table in metadata.sorted_tables:
            said += [tuple(row) for row in await connection.execute(select(table))]
    return repr(said).encode()


async def test_a_copy_of_the_database_has_no_bills_number_and_none_of_the_carriers_words(
    database: Database, ledger: FakeLedger, tmp_path: Path
) -> None:
    with Receiver() as carrier:
        clerk = await PlatformClerk.opened(database, ledger, tmp_path)
        await clerk.onboard(carrier.url, in_custody=True)
        wrong = clerk.request(clerk.bill(reference="WRONG-77123"), document={"declaredValue": 1000})
        await clerk.ask(wrong)
        await clerk.ask(clerk.request(clerk.bill(reference="RIGHT-77123")))
        await clerk.work(5)
        (title,) = ledger.world.titles
        await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(title, 1, Purpose.DELIVERY, NO_DIGEST)))
        await clerk.work(5)
        asked = await clerk.platform.surrenders.told(CARRIER.address, title)
        await clerk.platform.surrenders.answer(CARRIER.address, asked[0].request_id, "Unpaid 77123", accepts=False)
        await clerk.work(5)
        told = b" ".join(call.body for call in carrier.received)
    assert b"WRONG-77123" in told
    assert b"RIGHT-77123" in told
    assert b"77123" not in await dump(database)


async def test_a_callback_that_was_altered_or_moved_at_rest_is_not_sent(database: Database, tmp_path: Path) -> None:
    with Receiver() as receiver:
        await database.upgrade()
        desk = Desk(database, tmp_path)
        await desk.callbacks.receive_at(CARRIER.address, receiver.url, desk.now)
        await desk.tell("first", subject="bill 1")
        await desk.tell("second", subject="bill 2")
        await desk.tell("third", subject="bill 3")
        async with database.writing() as connection:
            rows = {row.subject: row for row in await connection.execute(select(callbacks))}
            for subject, body in (("bill 1", rows["bill 2"].body), ("bill 2", rows["bill 2"].body[:-1] + b"?")):
                await connection.execute(update(callbacks).where(callbacks.c.subject == subject).values(body=body))
        await desk.work(3)
        assert words(receiver.received) == ["third"]
        assert await desk.states() == [CallbackState.WAITING, CallbackState.WAITING, CallbackState.DELIVERED]
        with pytest.raises(SealBroken):
            await desk.correspondence.body((await desk.callbacks.page(None, None, 0, 1))[0].telling)

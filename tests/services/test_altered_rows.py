"""One row that was altered at rest: that row alone fails, and custody and announcing go on for everybody else."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from ebl_service.domain import actions as act
from ebl_service.domain.terms import Purpose, TitleId
from ebl_service.errors.vault import SealBroken
from ebl_service.store.database import Database
from ebl_service.store.document_tables import carrier_secrets, document_parts, documents
from ebl_service.store.platform_tables import waiting_acts
from tests.clerk import CARRIER, SHIPPER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk
from tests.receiver import Receiver


@pytest.fixture
async def carrier() -> AsyncIterator[Receiver]:
    with Receiver() as standing:
        yield standing


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger, tmp_path: Path, carrier: Receiver) -> PlatformClerk:
    opened = await PlatformClerk.opened(database, ledger, tmp_path)
    await opened.onboard(carrier.url)
    return opened


async def asked(clerk: PlatformClerk, *references: str) -> list[act.Issue]:
    """Bills are asked for; the acts that wait for their carrier."""
    for reference in references:
        await clerk.ask(clerk.request(clerk.bill(reference=reference)))
    return [each.act for each in await clerk.platform.waiting.page(None, 0, 100)]  # type: ignore[misc]


async def alter_document(clerk: PlatformClerk, title_id: TitleId) -> None:
    commitment = select(documents.c.commitment).where(documents.c.title_id == title_id).scalar_subquery()
    broken = update(document_parts).where(document_parts.c.commitment == commitment)
    async with clerk.database.writing() as connection:
        assert (await connection.execute(broken.values(sealed=b"\0" * 99))).rowcount


async def told_codes(carrier: Receiver) -> list[tuple[str, str]]:
    said: list[dict[str, Any]] = [json.loads(call.body) for call in carrier.received]
    return sorted((each["transportDocumentReference"], each["issuanceResponseCode"]) for each in said)


async def test_custody_signs_the_others_where_one_document_was_altered(clerk: PlatformClerk, carrier: Receiver) -> None:
    first, *rest = await asked(clerk, "ONE", "TWO", "THREE")
    await alter_document(clerk, first.title_id)
    await clerk.turn_on()
    await clerk.work(5)
    assert set(clerk.ledger.world.titles) == {each.title_id for each in rest}
    assert await told_codes(carrier) == [("THREE", "ISSU"), ("TWO", "ISSU")]
    assert await clerk.platform.waiting.page(None, 0, 10) == [], "the altered one is given up"
    (again,) = await asked(clerk, "ONE")
    await clerk.work(5)
    assert again.title_id in clerk.ledger.world.titles, "its carrier can ask for the bill again"


async def test_the_stream_is_announced_past_a_bill_whose_document_was_altered(
    clerk: PlatformClerk, carrier: Receiver
) -> None:
    first, second = await asked(clerk, "ONE", "TWO")
    await clerk.sign_waiting()
    await alter_document(clerk, first.title_id)
    await clerk.work(5)
    assert await told_codes(carrier) == [("TWO", "ISSU")]
    for title in (first.title_id, second.title_id):
        await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(title, 1, Purpose.DELIVERY)))
    await clerk.work(5)
    (request,) = [each for call in carrier.received if "surrenderRequestCode" in (each := json.loads(call.body))]
    assert request["transportDocumentReference"] == "TWO"


async def test_a_carrier_whose_secret_was_altered_stops_nobody(clerk: PlatformClerk) -> None:
    await asked(clerk, "ONE")
    await clerk.sign_waiting()
    async with clerk.database.writing() as connection:
        broken = update(carrier_secrets).where(carrier_secrets.c.account == CARRIER.address)
        assert (await connection.execute(broken.values(wrapped_secret=b"\0" * 60))).rowcount
    clerk.room.keeping._secrets.clear()  # as after a restart
    with pytest.raises(SealBroken):
        await clerk.room.keeping.carrier_secret(CARRIER.address)
    await clerk.work(5)
    assert await clerk.platform.announcing.step() is False, "the stream is announced to its end"


@pytest.mark.parametrize("text", ["no act at all", '{"unknown":1}', "of another"])
async def test_an_act_that_was_altered_while_it_waited_is_neither_signed_nor_shown(
    clerk: PlatformClerk, text: str
) -> None:
    first, *rest = await asked(clerk, "ONE", "TWO", "THREE")
    rows = waiting_acts.c
    async with clerk.database.writing() as connection:
        texts = list(await connection.scalars(select(rows.act).order_by(rows.number)))
        altered = update(waiting_acts).where(rows.act == texts[0])
        values = texts[1].replace(SHIPPER.address, CARRIER.address) if text == "of another" else text
        await connection.execute(altered.values(act=values))
    assert [each.act for each in await clerk.platform.waiting.page(None, 0, 2)] == rest
    await clerk.turn_on()
    await clerk.work(5)
    assert set(clerk.ledger.world.titles) == {each.title_id for each in rest}
    assert first.title_id not in clerk.ledger.world.titles

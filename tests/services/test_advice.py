"""Advice in the answers to who sends a document, and a carrier that has some of it refused."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from ebl_service.domain.actions import Sign
from ebl_service.domain.carrier_terms import CarrierTerms
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.errors.documents import DocumentRefused
from ebl_service.services.advice import advice_on
from ebl_service.services.document_desk import act_of
from ebl_service.store.carriers import Carriers
from ebl_service.store.database import Database
from ebl_service.store.document_tables import document_parts
from tests.clerk import CARRIER, SHIPPER
from tests.document_clerk import DocumentClerk
from tests.fake_ledger import FakeLedger


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> DocumentClerk:
    return await DocumentClerk(database, ledger).start()


async def test_a_document_is_kept_with_its_advice_unless_its_carrier_wants_that_refused(clerk: DocumentClerk) -> None:
    plain = clerk.draft()
    content = plain.content.replace(b'"USD"', b'"XQX"')
    assert content != plain.content
    draft = replace(plain, content=content)
    (made,) = await clerk.send(draft)
    assert "currency_is_listed" in {each.rule for each in made.advice}
    refusing = CarrierTerms(CARRIER.address, "English law", "London", 0, frozenset({"currency_is_listed"}))
    await Carriers(clerk.database).put(refusing, clerk.now())
    assert await Carriers(clerk.database).terms(CARRIER.address) == refusing
    (refused,) = await clerk.room.desk.receive([draft], carrier=CARRIER.address)
    assert isinstance(refused, DocumentRefused)
    assert {each.rule for each in refused.breaches} == {"currency_is_listed"}
    (made,) = await clerk.send(plain)
    assert "currency_is_listed" not in {each.rule for each in made.advice}


async def test_an_act_that_waits_is_shown_with_its_documents_advice(clerk: DocumentClerk) -> None:
    plain = clerk.draft()
    (made,) = await clerk.send(replace(plain, content=plain.content.replace(b'"USD"', b'"XQX"')))
    waiting = WaitingAct("1", CARRIER.address, act_of(made), "a test", clerk.now())
    found = await advice_on(clerk.room.kept, waiting)
    assert found == made.advice
    assert "currency_is_listed" in {each.rule for each in found}
    other = replace(waiting, account=SHIPPER.address)
    assert await advice_on(clerk.room.kept, other) == (), "of another's document nothing is told"
    assert await advice_on(clerk.room.kept, replace(waiting, act=Sign(made.title_id, 1))) == ()
    async with clerk.database.writing() as connection:
        await connection.execute(update(document_parts).values(sealed=b"\0" * 99))
    assert await advice_on(clerk.room.kept, waiting) == ()

"""Destroying a document's key takes two people, an ended title, and no legal hold; then nothing of it is left."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from ebl_service.domain.destruction import LASTS, Approval
from ebl_service.domain.terms import Purpose, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors.vault import DestructionRefused, KeyDestroyed
from ebl_service.store.database import Database
from ebl_service.store.document_tables import destructions, document_parts
from ebl_service.wallet.key import PartyKey
from tests.clerk import BANK, BUYER, STRANGER
from tests.document_clerk import DocumentClerk
from tests.fake_ledger import IDENTITY, FakeLedger


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> DocumentClerk:
    return await DocumentClerk(database, ledger).start()


@pytest.fixture
async def ended(clerk: DocumentClerk) -> Title:
    """A title that went on paper, finally."""
    title = await clerk.surrendered(purpose=Purpose.PAPER)
    await clerk.work(blocks=4)
    return title


def approval(clerk: DocumentClerk, who: PartyKey, title_id: TitleId, *, age: int = 0) -> Approval:
    unsigned = Approval(who.address, title_id, "the time to keep it is over", clerk.now() - age)
    return replace(unsigned, signature=who.sign_text(unsigned.words(IDENTITY.titles_domain)))


def both(clerk: DocumentClerk, title: Title) -> list[Approval]:
    return [approval(clerk, who, title.title_id) for who in (BANK, BUYER)]


async def test_two_approvers_destroy_the_key_and_nothing_is_left(clerk: DocumentClerk, ended: Title) -> None:
    await clerk.room.destruction.destroy(ended.title_id, both(clerk, ended))
    with pytest.raises(KeyDestroyed):
        await clerk.room.kept.kept(ended)
    async with clerk.database.reading() as connection:
        assert (await connection.execute(select(document_parts))).all() == []
        (row,) = (await connection.execute(select(destructions))).all()
    assert BANK.address in row.approvals
    assert BUYER.address in row.approvals
    with pytest.raises(DestructionRefused, match="no key"):
        await clerk.room.destruction.destroy(ended.title_id, both(clerk, ended))


async def test_one_person_is_not_enough_however_often_it_signs(clerk: DocumentClerk, ended: Title) -> None:
    twice = [approval(clerk, BANK, ended.title_id), approval(clerk, BANK, ended.title_id, age=1)]
    for given in (twice[:1], twice, []):
        with pytest.raises(DestructionRefused, match="2 people"):
            await clerk.room.destruction.destroy(ended.title_id, given)


async def test_who_is_no_approver_or_did_not_sign_does_not_count(clerk: DocumentClerk, ended: Title) -> None:
    good = approval(clerk, BANK, ended.title_id)
    stranger = approval(clerk, STRANGER, ended.title_id)
    forged = replace(approval(clerk, BUYER, ended.title_id), signature=stranger.signature)
    other = approval(clerk, BUYER, TitleId("0x" + "77" * 32))
    old, early = [approval(clerk, BUYER, ended.title_id, age=age) for age in (LASTS + 1, -60)]
    for bad in (stranger, forged, other, old, early):
        with pytest.raises(DestructionRefused):
            await clerk.room.destruction.destroy(ended.title_id, [good, bad])
    assert (await clerk.room.kept.kept(ended)).content


@pytest.mark.parametrize("ends", [None, Purpose.AMENDMENT, Purpose.PAPER])
async def test_a_title_that_lives_or_may_be_replaced_or_is_not_final_keeps_its_document(
    clerk: DocumentClerk, ends: Purpose | None
) -> None:
    title = await clerk.issued() if ends is None else await clerk.surrendered(purpose=ends)
    if ends is Purpose.AMENDMENT:
        await clerk.work(blocks=4)
    with pytest.raises(DestructionRefused, match="final block"):
        await clerk.room.destruction.destroy(title.title_id, both(clerk, title))


async def test_a_legal_hold_keeps_a_document_until_it_is_lifted(clerk: DocumentClerk, ended: Title) -> None:
    destruction = clerk.room.destruction
    await destruction.hold(ended.title_id, "arbitration in London", is_placed=True)
    with pytest.raises(DestructionRefused, match="arbitration in London"):
        await destruction.destroy(ended.title_id, both(clerk, ended))
    assert (await clerk.room.kept.kept(ended)).content
    await destruction.hold(ended.title_id, "the award is final", is_placed=False)
    await destruction.destroy(ended.title_id, both(clerk, ended))

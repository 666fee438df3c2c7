"""A stored document is found by its whole binding: title, commitment, giver, and for cover its certificate."""

import pytest

from ebl_service.domain.bindings import CoverBinding, DocumentBinding
from ebl_service.domain.terms import Address, digest
from ebl_service.store.database import Database
from tests.cover_clerk import CoverClerk
from tests.fake_ledger import FakeLedger


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> CoverClerk:
    return await CoverClerk(database, ledger).start()


async def test_the_store_finds_a_document_by_its_whole_binding_and_by_no_part_of_it(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    certificate = await clerk.insured(title)
    right = DocumentBinding.of(title)
    wrong = [right._replace(**{name: value}) for name, value in OTHER.items()]
    kept = clerk.room.kept._store
    assert (await kept.many([right, *wrong], ("document",))).keys() == {right}
    cover = CoverBinding.of(certificate)
    others = [cover._replace(**{name: value}) for name, value in OTHER_COVER.items()]
    assert await clerk.covers.queries._insurance.documents([cover, *others]) == {cover}
    assert (await clerk.covers.queries._archive.kept([cover, *others])).keys() == {cover}
    assert await kept.of_others([right, *wrong[:1]]) == {wrong[0]: right}


OTHER: dict[str, str] = {"title_id": digest(90), "commitment": digest(91), "given_by": Address("0x" + "9" * 40)}
OTHER_COVER: dict[str, str] = {
    "certificate_id": digest(90),
    "title_id": digest(91),
    "commitment": digest(92),
    "insurer": Address("0x" + "9" * 40),
}
assert OTHER.keys() == set(DocumentBinding._fields)
assert OTHER_COVER.keys() == set(CoverBinding._fields)

"""A carrier that makes its numbers' salts itself, by /v1/documents, and is served by DCSA's API all the same."""

from pathlib import Path

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.terms import NO_DIGEST, Purpose
from ebl_service.domain.title import Title
from ebl_service.errors.platform import BillAlreadyAsked
from ebl_service.services.document_desk import act_of
from ebl_service.services.drafts import Draft
from ebl_service.store.database import Database
from tests.clerk import CARRIER, SHIPPER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger, tmp_path: Path) -> PlatformClerk:
    opened = await PlatformClerk.opened(database, ledger, tmp_path)
    await opened.onboard(in_custody=True)
    return opened


async def test_a_bill_whose_numbers_salt_the_carrier_made_itself_is_found_by_its_number(clerk: PlatformClerk) -> None:
    bill = clerk.bill(reference="OWN-SALT-1")
    draft = Draft(bill.sent.encode(), "English law", "London", reference_salt=b"\x07" * 32)
    (made,) = await clerk.room.desk.receive([draft], carrier=CARRIER.address)
    await clerk.take(clerk.sign(CARRIER, act_of(made), seconds=3_600))
    await clerk.work(5)
    (chain,) = await clerk.platform.chains.told(SHIPPER.address, "OWN-SALT-1")
    assert [link["actionCode"] for link in chain["endorsementChain"]] == ["ISSUE"]
    with pytest.raises(BillAlreadyAsked):
        await clerk.ask(clerk.request(bill))
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(made.title_id, 1, Purpose.AMENDMENT, NO_DIGEST)))
    await clerk.work(5)
    (asked,) = await clerk.platform.surrenders.told(CARRIER.address, made.title_id)
    await clerk.platform.surrenders.answer(CARRIER.address, asked.request_id, None, accepts=True)
    await clerk.work(5)
    await clerk.ask(clerk.request(bill, document={"termsAndConditions": "Amended."}))
    await clerk.work(5)
    chains = await clerk.platform.chains.told(SHIPPER.address, "OWN-SALT-1")
    assert [link["actionCode"] for link in chains[0]["endorsementChain"]] == ["ISSUE"]
    assert len(chains) == 2
    old, new = (await clerk.history.titles.many([made.title_id]))[made.title_id], ledger_title(clerk, made.title_id)
    assert old.replaced_by == (new.title_id,)
    assert new.reference_digest == old.reference_digest, "its number stays as it was on the ledger"
    surrender, issue = await clerk.platform.callbacks.page(CARRIER.address, None, 0, 10)
    assert surrender.telling.path != issue.telling.path
    assert surrender.telling.subject == issue.telling.subject, "what is told of one bill stays in order"


def ledger_title(clerk: PlatformClerk, other: str) -> Title:
    """The only title beside `other`."""
    return next(title for title in clerk.ledger.world.titles.values() if title.title_id != other)

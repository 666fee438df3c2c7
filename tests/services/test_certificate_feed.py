"""The event stream tells of certificates whom they concern, and of what a reorganisation took away, and nobody else."""

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.certificate_actions import IssueCertificate, NotifyClaim, ReleaseLossPayee
from ebl_service.domain.terms import Mode, Role, digest
from ebl_service.store.database import Database
from ebl_service.wallet.key import PartyKey
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, Clerk, issue, title_of
from tests.fake_ledger import FakeLedger
from tests.services.certifying import INSURER, certificate_for

PAYEE = BUYER
TITLE = title_of()


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> Clerk:
    """A bill in the shipper's hands, and a certificate for it that names a payee; both final."""
    clerk = await Clerk(database, ledger).start()
    ledger.register(INSURER.address, roles=Role.INSURER)
    await happened(clerk, CARRIER, issue())
    await happened(clerk, INSURER, certificate(clerk))
    return clerk


def certificate(clerk: Clerk) -> IssueCertificate:
    return certificate_for(TITLE, clerk.ledger.tip.time, mode=Mode.LOSS_PAYEE, named=PAYEE.address)


async def happened(clerk: Clerk, who: PartyKey, asked: act.Act, *, blocks: int = 4) -> None:
    clerk.ledger.someone_sends(clerk.sign(who, asked))
    clerk.ledger.mine(blocks)
    await clerk.indexer.catch_up()


async def told(clerk: Clerk, who: PartyKey, kind: str = "recorded") -> list[str]:
    """What the stream tells somebody from its beginning on, of certificates."""
    names, after = [], None
    while (page := await clerk.permitted.feed(who.address, after, 3)).entries:
        names += [type(entry.event).__name__ for entry in page.entries if entry.kind == kind]
        after = page.read_to
    return [name for name in names if name.startswith(("Certificate", "PartyNamed", "Claim", "LossPayee"))]


async def test_insurer_payee_and_the_present_parties_of_the_title_are_told_and_nobody_else(clerk: Clerk) -> None:
    for who in (INSURER, PAYEE, SHIPPER, CARRIER):
        assert await told(clerk, who) == ["CertificateIssued", "PartyNamed"]
    assert await told(clerk, BANK) == []


async def test_who_passed_the_title_on_is_told_its_own_acts_and_no_later_ones(clerk: Clerk) -> None:
    asked = certificate(clerk)
    await happened(clerk, SHIPPER, NotifyClaim(asked.certificate_id, 1, digest(5)))
    await happened(clerk, SHIPPER, act.EndorseToOrder(TITLE, 1, BANK.address))
    await happened(clerk, PAYEE, ReleaseLossPayee(asked.certificate_id, 2))
    assert await told(clerk, SHIPPER) == ["ClaimNotified"]
    assert await told(clerk, BANK) == ["CertificateIssued", "PartyNamed", "ClaimNotified", "LossPayeeReleased"]


async def test_titles_that_the_reader_is_entitled_under_are_named_with_what_is_tied_to_them(clerk: Clerk) -> None:
    last = (await clerk.permitted.feed(SHIPPER.address, None)).read_to
    asked = certificate(clerk)
    await happened(clerk, PAYEE, ReleaseLossPayee(asked.certificate_id, 1))
    assert (await clerk.permitted.feed(SHIPPER.address, last)).entitled_under == {TITLE}
    assert (await clerk.permitted.feed(CARRIER.address, last)).entitled_under == frozenset()


async def test_a_certificate_that_a_reorganisation_takes_away_is_retracted_to_all_who_were_told(
    database: Database, ledger: FakeLedger
) -> None:
    clerk = await Clerk(database, ledger).start()
    ledger.register(INSURER.address, roles=Role.INSURER)
    await happened(clerk, CARRIER, issue())
    asked = certificate(clerk)
    await happened(clerk, INSURER, asked, blocks=1)
    await happened(clerk, PAYEE, ReleaseLossPayee(asked.certificate_id, 1), blocks=1)
    ledger.reorganise(2)
    await clerk.indexer.catch_up()
    assert await clerk.history.certificates.many([asked.certificate_id]) == {}
    for who in (INSURER, PAYEE, SHIPPER, CARRIER):
        assert await told(clerk, who, "retracted") == ["LossPayeeReleased", "PartyNamed", "CertificateIssued"]
    assert await told(clerk, BANK, "retracted") == []

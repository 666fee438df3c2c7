"""A registered carrier or insurer copies a commitment, which is public, and reads, breaks and learns nothing by it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ebl_service.domain import actions as act
from ebl_service.domain.bindings import CoverBinding
from ebl_service.domain.carrier_terms import CarrierTerms
from ebl_service.domain.certificate_actions import IssueCertificate
from ebl_service.domain.insurance_document.acceptance import Outcome
from ebl_service.domain.terms import (
    Digest,
    Mode,
    Purpose,
    Role,
    TitleId,
    certificate_id_of,
    digest,
    title_id_of,
)
from ebl_service.domain.title import Title
from ebl_service.domain.transport_document.commitment import reference_digest, reference_salt
from ebl_service.errors import NotFound
from ebl_service.errors.documents import DocumentMissing, TitleDiffers
from ebl_service.errors.vault import DestructionRefused, KeyDestroyed
from ebl_service.services.by_name import ByName
from ebl_service.services.documents import Documents
from ebl_service.store.database import Database
from ebl_service.store.document_tables import documents
from tests.clerk import BANK, CARRIER, SHIPPER, Clerk, key
from tests.cover_clerk import INSURER, CoverClerk, sale
from tests.document_clerk import TO_ORDER
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk
from tests.receiver import Receiver
from tests.services.test_destruction import both

ROGUE, ACCOMPLICE = key("a rogue carrier"), key("its accomplice")


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> CoverClerk:
    return await joined(await CoverClerk(database, ledger).start())


async def joined(clerk: Any) -> Any:
    """With the rogue and its accomplice registered."""
    clerk.ledger.register(ROGUE.address, roles=Role.CARRIER | Role.INSURER)
    clerk.ledger.register(ACCOMPLICE.address)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    return clerk


async def by_itself(clerk: Clerk, *acts: tuple[object, act.Act]) -> None:
    """Acts that parties send without the service, and that are final."""
    for who, asked in acts:
        clerk.ledger.someone_sends(clerk.sign(who, asked))  # type: ignore[arg-type]
        clerk.ledger.mine()
    for _ in range(4):
        clerk.ledger.mine()
    await clerk.indexer.catch_up()


def copying(commitment: Digest, number: Digest, **changes: object) -> act.Issue:
    """The rogue's own title with another's commitment."""
    values = {
        "title_id": title_id_of(ROGUE.address, number),
        "holder": ACCOMPLICE.address,
        "endorsee": None,
        "is_to_order": True,
        "reference_digest": number,
        "commitment": commitment,
    }
    return act.Issue(**values | changes)  # type: ignore[arg-type]


async def ended(clerk: Clerk, title_id: TitleId, purpose: Purpose) -> None:
    await by_itself(
        clerk,
        (ACCOMPLICE, act.RequestSurrender(title_id, 1, purpose)),
        (ROGUE, act.AcceptSurrender(title_id, 2)),
    )


async def test_amendments_of_a_title_that_copies_tell_nothing_of_the_documents(clerk: CoverClerk) -> None:
    one = await clerk.issued(clerk.bill(reference="VICTIM1"))
    two = await clerk.issued(clerk.bill(TO_ORDER, "VICTIM2"))
    first = copying(one.commitment, digest(1))
    await by_itself(clerk, (ROGUE, first))
    await ended(clerk, first.title_id, Purpose.AMENDMENT)
    second = act.NewTitle(None, True, 1, digest(1), two.commitment)
    await by_itself(clerk, (ROGUE, act.Replace((first.title_id,), (3,), (second,))))
    mine = await clerk.title(title_id_of(ROGUE.address, digest(1), 1))
    (told,) = (await clerk.room.amendments.of(mine)).items
    assert told.changes is None
    for copy in (mine, await clerk.title(first.title_id)):
        assert await opened_by(clerk.room.kept, copy) == []
    old = await clerk.room.kept.old_titles([first.title_id])
    assert [(each.document, each.secrets) for each in old] == [(None, None)]


async def opened_by(kept: Documents, copy: Title) -> list[str]:
    """What of the documents room opens by a title."""
    found = []
    for name, read in (("kept", kept.kept(copy)), ("parts", kept.part(copy, ("pdf", "document", "opening")))):
        try:
            await read
        except NotFound:
            continue
        found.append(name)
    return found


async def test_a_title_that_copies_neither_destroys_nor_holds_nor_frees_the_other_ones_document(
    clerk: CoverClerk,
) -> None:
    live = await clerk.issued()
    copy = copying(live.commitment, digest(2))
    await by_itself(clerk, (ROGUE, copy))
    await ended(clerk, copy.title_id, Purpose.DELIVERY)
    destruction = clerk.room.destruction
    with pytest.raises(DestructionRefused, match="no key"):
        await destruction.destroy(copy.title_id, both(clerk, await clerk.title(copy.title_id)))
    assert (await clerk.room.kept.kept(live)).content
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(live.title_id, 1, Purpose.DELIVERY)))
    await clerk.work()
    await clerk.take(clerk.sign(CARRIER, act.AcceptSurrender(live.title_id, 2)))
    await clerk.work(5)
    await destruction.hold(live.title_id, "arbitration in London", is_placed=True)
    await destruction.hold(copy.title_id, "no dispute about this one", is_placed=False)
    with pytest.raises(DestructionRefused, match="arbitration in London"):
        await destruction.destroy(live.title_id, both(clerk, live))
    await destruction.hold(copy.title_id, "a dispute about the other", is_placed=True)
    await destruction.hold(live.title_id, "the award is final", is_placed=False)
    await destruction.destroy(live.title_id, both(clerk, live))
    with pytest.raises(KeyDestroyed):
        await clerk.room.kept.kept(live)


@pytest.mark.parametrize("first", ["the copy", "the title"])
async def test_whoever_comes_first_the_document_is_the_titles_that_it_was_taken_in_for(
    clerk: CoverClerk, first: str
) -> None:
    (made,) = await clerk.send(clerk.draft(clerk.bill(reference="RACED1")))
    copy = copying(made.commitment, digest(3))
    if first == "the copy":
        await by_itself(clerk, (ROGUE, copy))
    await clerk.take(clerk.signed(made))
    await clerk.relay.step()
    if first == "the title":
        clerk.ledger.someone_sends(clerk.sign(ROGUE, copy))  # into the same block
    await clerk.work(5)
    assert (await clerk.room.kept.kept(await clerk.title(made.title_id))).title_id == made.title_id
    assert await opened_by(clerk.room.kept, await clerk.title(copy.title_id)) == []
    async with clerk.database.reading() as connection:
        rows = (await connection.execute(select(documents.c.title_id))).scalars().all()
    assert rows == [made.title_id]


@pytest.mark.parametrize("relays", [False, True])
async def test_the_service_relays_no_copy_and_tells_nothing_of_the_document(
    database: Database, ledger: FakeLedger, *, relays: bool
) -> None:
    clerk = await joined(await CoverClerk(database, ledger, relays_for_others=relays).start())
    (made,) = await clerk.send(clerk.draft(clerk.bill(reference="SECRET1")))
    with pytest.raises(TitleDiffers) as refused:
        await clerk.take(clerk.sign(ROGUE, copying(made.commitment, digest(4))))
    assert [each.path for each in refused.value.breaches] == ["documentParties.issuingParty"]
    assert "SECRET1" not in str(refused.value)
    own = copying(made.commitment, digest(5), title_id=title_id_of(CARRIER.address, digest(5)))
    with pytest.raises(TitleDiffers, match="another title"):
        await clerk.take(clerk.sign(CARRIER, own))
    if not relays:
        with pytest.raises(DocumentMissing):
            await clerk.take(clerk.sign(ROGUE, copying(digest(6), digest(6))))


# Certificates


async def test_a_certificate_under_anothers_title_tells_its_insurer_nothing_of_the_bill(clerk: CoverClerk) -> None:
    victim = await clerk.issued(clerk.bill("to-order-of-bank-shanghai-singapore", "VICTIM1"))
    own = await clerk.insurable("OWN1")
    made = await clerk.accepted(own)
    placed = replace(
        made.asked,
        title_id=victim.title_id,
        mode=Mode.NONE,
        named=SHIPPER.address,  # type: ignore[call-arg]
    )
    await by_itself(clerk, (INSURER, placed))
    assert (await clerk.certificate(made.certificate_id)).title_id == victim.title_id
    for reader in (INSURER, SHIPPER):
        for read in (clerk.covers.queries.assessment, clerk.covers.queries.document, clerk.covers.queries.picture):
            with pytest.raises(NotFound):
                await read(reader.address, made.certificate_id)
        with pytest.raises(NotFound):
            await clerk.covers.queries.waive(reader.address, made.certificate_id, "goods_agree")


async def test_an_insurer_whose_grant_has_ended_reads_its_document_and_nothing_of_a_later_sale(
    clerk: CoverClerk,
) -> None:
    title = await clerk.insurable()
    certificate = await clerk.insured(title)
    assert (await clerk.covers.queries.assessment(INSURER.address, certificate.certificate_id)).verdicts
    await clerk.take(clerk.sign(SHIPPER, act.EndorseToOrder(title.title_id, title.sequence, BANK.address)))
    await clerk.work(5)
    terms = sale()
    terms["insurableValue"]["amount"] = 400_000
    await clerk.covers.queries.give_terms(clerk.stated(title, terms, BANK), json.dumps(terms).encode())
    for reader, outcome in ((BANK, Outcome.DISCREPANT), (INSURER, Outcome.NOT_CHECKABLE)):
        told = await clerk.covers.queries.assessment(reader.address, certificate.certificate_id)
        assert {each.rule: each.outcome for each in told.verdicts}["sum_is_enough"] is outcome
    kept, _ = await clerk.covers.queries.document(INSURER.address, certificate.certificate_id)
    assert kept.binding == CoverBinding.of(certificate)
    [refused] = await clerk.covers.desk.receive([await clerk.draft_of(title)], INSURER.address, dry_run=True)
    assert isinstance(refused, NotFound)


async def test_a_certificate_that_copies_a_good_one_is_no_cover(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    good = await clerk.insured(title)
    number = digest(7)
    copy = IssueCertificate(
        *(certificate_id_of(ROGUE.address, number), title.title_id, Mode.FOLLOW, None),
        *(good.attaches_at.cargo, good.attaches_at.war, good.attaches_at.strikes, number, good.commitment),
    )
    with pytest.raises(TitleDiffers):
        await clerk.take(clerk.sign(ROGUE, copy))
    await by_itself(clerk, (ROGUE, copy))
    for reader in (ROGUE, SHIPPER):
        for read in (clerk.covers.queries.assessment, clerk.covers.queries.document, clerk.covers.queries.picture):
            with pytest.raises(NotFound):
                await read(reader.address, copy.certificate_id)
    assert (await clerk.covers.queries.document(SHIPPER.address, good.certificate_id))[0].binding == (
        CoverBinding.of(good)
    )


async def test_one_document_declared_under_two_numbers_of_the_insurers_is_kept_for_both(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    first = await clerk.accepted(title)
    second = await clerk.accepted(title, reference_salt=b"\x07" * 32)
    assert first.certificate_id != second.certificate_id
    for made in (first, second):
        await clerk.take(clerk.signed_cover(made))
        await clerk.work(5)
        kept, _ = await clerk.covers.queries.document(INSURER.address, made.certificate_id)
        assert kept.binding == made.binding


# What carriers are told


async def test_a_carrier_whose_title_copies_is_told_no_number_but_its_own(
    database: Database, ledger: FakeLedger, tmp_path: Path
) -> None:
    with Receiver() as system:
        clerk = await joined(await PlatformClerk.opened(database, ledger, tmp_path))
        await clerk.onboard(in_custody=True)
        await clerk.platform.carriers.put(CarrierTerms(ROGUE.address, "English law", "London"), clerk.now())
        await clerk.platform.callbacks.receive_at(ROGUE.address, system.url, clerk.now())
        await clerk.ask(clerk.request(clerk.bill(reference="VICTIM-1")))
        await clerk.work(5)
        (live,) = (await clerk.history.titles.many(ledger.world.titles)).values()
        secret = await clerk.room.keeping.carrier_secret(ROGUE.address)
        number = reference_digest("ROGUE-1", reference_salt(secret, "ROGUE-1"))
        copy = copying(live.commitment, number)
        await by_itself(clerk, (ROGUE, copy), (ACCOMPLICE, act.RequestSurrender(copy.title_id, 1, Purpose.DELIVERY)))
        await clerk.work(5)
        assert system.received == []
        assert await clerk.platform.callbacks.page(ROGUE.address, None, 0, 10) == []
        by_name = ByName(clerk.access.rights, clerk.history, clerk.directory, clerk.room)
        for reference in ("ROGUE-1", "VICTIM-1"):
            with pytest.raises(NotFound):
                await clerk.platform.chains.told(ROGUE.address, reference)
            with pytest.raises(NotFound):
                await by_name.by_number(ROGUE.address, reference)
        assert await by_name.numbers(ROGUE.address, [copy.title_id, live.title_id]) == {}
        (chain,) = await clerk.platform.chains.told(CARRIER.address, "VICTIM-1")
        assert chain["transportDocumentReference"] == "VICTIM-1"

"""Insurance documents from the insurer's desk to the certificate, its assessment, waivers and gaps."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import update

from ebl_service.domain import actions as act
from ebl_service.domain.insurance_document.acceptance import Outcome
from ebl_service.domain.insurance_document.gaps import GapKind
from ebl_service.domain.terms import Digest, Mode, Purpose, Role, certificate_id_of, digest
from ebl_service.errors import NotFound
from ebl_service.errors.documents import DocumentMissing, DocumentRefused, NotTheIssuingInsurer, TitleDiffers
from ebl_service.errors.refusals import DeadlinePassed, InvalidSignature
from ebl_service.errors.requests import BadValue
from ebl_service.errors.vault import SealBroken
from ebl_service.services.certificate_queries import CertificateQueries
from ebl_service.services.covers import PreparedCover
from ebl_service.store.database import Database
from ebl_service.store.document_tables import document_parts
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, STRANGER, Clerk, key
from tests.cover_clerk import INSURER, CoverClerk, sale
from tests.fake_ledger import IDENTITY, FakeLedger
from tests.services.certifying import certificate_for


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger) -> CoverClerk:
    return await CoverClerk(database, ledger).start()


async def test_a_certificate_is_issued_as_its_document_says_and_follows_the_title(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    certificate = await clerk.insured(title)
    assert certificate.mode is Mode.FOLLOW
    assert certificate.insurer == INSURER.address
    assert certificate.attaches_at.cargo == certificate.attaches_at.war > 0
    kept, _ = await clerk.covers.queries.document(SHIPPER.address, certificate.certificate_id)
    assert json.loads(kept.content)["documentReference"] == "SMI-26-C-004817"
    assert await clerk.covers.queries.gaps(SHIPPER.address, title.title_id) == ()


async def test_the_same_document_for_the_same_title_is_the_same_certificate(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    one, two = await clerk.accepted(title), await clerk.accepted(title)
    assert (one.certificate_id, one.commitment) == (two.certificate_id, two.commitment)


async def test_of_many_declared_at_once_each_stands_or_falls_by_itself(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    drafts = [
        await clerk.draft_of(title, {"documentReference": "D-1"}),
        await clerk.draft_of(title, {"documentReference": "D-2", "documentType": "COVER_NOTE"}),
        await clerk.draft_of(title, {"documentReference": "D-3"}),
    ]
    made = await clerk.covers.desk.receive(drafts, INSURER.address)
    assert [isinstance(each, PreparedCover) for each in made] == [True, False, True]
    refused = made[1]
    assert isinstance(refused, DocumentRefused)
    assert [breach.rule for breach in refused.breaches] == ["is_no_cover_note"]


async def test_who_may_not_read_the_title_is_told_nothing_of_the_bill(clerk: CoverClerk) -> None:
    title = await clerk.issued(clerk.bill("to-order-of-bank-shanghai-singapore"))
    await clerk.work(4)
    [made] = await clerk.covers.desk.receive([await clerk.draft_of(title)], INSURER.address)
    assert isinstance(made, NotFound)


async def test_another_insurers_document_is_not_taken(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    [made] = await clerk.covers.desk.receive([await clerk.draft_of(title)], SHIPPER.address)
    assert isinstance(made, NotTheIssuingInsurer)


async def test_a_certificate_without_its_document_or_otherwise_than_it_says_is_refused_before_gas(
    clerk: CoverClerk,
) -> None:
    title = await clerk.insurable()
    draft = await clerk.draft_of(title)
    [dry] = await clerk.covers.desk.receive([draft], INSURER.address, dry_run=True)
    assert isinstance(dry, PreparedCover)
    with pytest.raises(DocumentMissing):
        await clerk.take(clerk.signed_cover(dry))
    made = await clerk.accepted(title)
    bent = replace(made, asked=replace(made.asked, cargo_attaches_at=1))  # type: ignore[call-arg]
    with pytest.raises(TitleDiffers, match="effectiveDate"):
        await clerk.take(clerk.signed_cover(bent))
    assert await clerk.outbox.open_count() == 0


async def test_another_that_brings_its_commitment_is_told_nothing_of_an_insurance_document(clerk: CoverClerk) -> None:
    made = await clerk.accepted(await clerk.insurable())
    bent = replace(made, asked=replace(made.asked, reference_digest="0x" + "ab" * 32))  # type: ignore[call-arg]
    with pytest.raises(TitleDiffers) as told:
        await clerk.take(clerk.signed_cover(bent, BUYER))
    assert [each.path for each in told.value.breaches] == ["insurer"]
    assert str(made.received.document["documentReference"]) not in told.value.message


async def test_terms_of_sale_make_rules_checkable_and_discrepancies_stand_beside_their_waivers(
    clerk: CoverClerk,
) -> None:
    title = await clerk.insurable()
    certificate = await clerk.insured(title)
    found = await clerk.covers.queries.assessment(SHIPPER.address, certificate.certificate_id)
    assert {each.rule for each in found.verdicts if each.outcome is Outcome.NOT_CHECKABLE} >= {"sum_is_enough"}
    terms = sale()
    terms["insurableValue"]["amount"] = 400_000
    await clerk.covers.queries.give_terms(clerk.stated(title, terms), json.dumps(terms).encode())
    found = await clerk.covers.queries.assessment(INSURER.address, certificate.certificate_id)
    outcomes = {each.rule: each.outcome for each in found.verdicts}
    assert outcomes["sum_is_enough"] is Outcome.DISCREPANT
    assert outcomes["conditions_are_the_incoterms"] is Outcome.PASSES
    assert [gap.kind for gap in await clerk.covers.queries.gaps(SHIPPER.address, title.title_id)] == [
        GapKind.UNDER_INSURED
    ]
    waived = await clerk.covers.queries.waive(SHIPPER.address, certificate.certificate_id, "sum_is_enough")
    assert [(each.rule, each.account) for each in waived.waivers] == [("sum_is_enough", SHIPPER.address)]
    assert outcomes == {each.rule: each.outcome for each in waived.verdicts}
    with pytest.raises(BadValue, match="no discrepancy"):
        await clerk.covers.queries.waive(SHIPPER.address, certificate.certificate_id, "goods_agree")


async def test_terms_of_sale_are_their_givers_own(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    terms = sale()
    content = json.dumps(terms).encode()
    good = clerk.stated(title, terms)
    for signer in (SHIPPER, BUYER):  # who tries does not learn which of them is a party to the title
        unsigned = replace(clerk.stated(title, terms, signer), signature=bytes(65))
        with pytest.raises(InvalidSignature):
            await clerk.covers.queries.give_terms(unsigned, content)
    with pytest.raises(BadValue, match="termsDigest"):
        await clerk.covers.queries.give_terms(good, json.dumps(terms | {"namedPlace": "Elsewhere"}).encode())
    with pytest.raises(DocumentRefused):
        await clerk.covers.queries.give_terms(good, json.dumps(terms | {"incoterm": "C&F"}).encode())
    with pytest.raises(NotFound):
        await clerk.covers.queries.give_terms(clerk.stated(title, terms, BUYER), content)
    clerk.ahead += 7200
    with pytest.raises(DeadlinePassed):
        await clerk.covers.queries.give_terms(good, content)
    clerk.ahead -= 7200
    await clerk.covers.queries.give_terms(good, content)
    kept, _ = await clerk.covers.queries.terms(SHIPPER.address, title.title_id)
    assert kept.terms["incoterm"] == "CIF"
    for other in (INSURER, BUYER, STRANGER):
        with pytest.raises(NotFound):
            await clerk.covers.queries.terms(other.address, title.title_id)


async def test_nobody_else_reads_document_assessment_or_gaps(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    certificate = await clerk.insured(title)
    for other in (BUYER, STRANGER):
        for read in (clerk.covers.queries.document, clerk.covers.queries.assessment):
            with pytest.raises(NotFound):
                await read(other.address, certificate.certificate_id)
    for other in (INSURER, BUYER):
        with pytest.raises(NotFound):
            await clerk.covers.queries.gaps(other.address, title.title_id)


async def test_cover_passes_with_the_title_and_so_does_the_right_to_be_told_of_gaps(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    certificate = await clerk.insured(title)
    await clerk.take(clerk.sign(SHIPPER, act.EndorseToOrder(title.title_id, title.sequence, BANK.address)))
    await clerk.work(5)
    assert await clerk.covers.queries.gaps(BANK.address, title.title_id) == ()
    kept, _ = await clerk.covers.queries.document(BANK.address, certificate.certificate_id)
    assert kept.binding.insurer == INSURER.address
    with pytest.raises(NotFound):
        await clerk.covers.queries.gaps(SHIPPER.address, title.title_id)


async def test_a_bill_without_a_certificate_has_no_cover(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    assert [gap.kind for gap in await clerk.covers.queries.gaps(SHIPPER.address, title.title_id)] == [GapKind.NO_COVER]


async def test_gaps_are_told_of_a_title_whose_bill_is_not_kept_here(clerk: CoverClerk) -> None:
    old = await clerk.insurable()
    insured = await clerk.insured(old)
    elsewhere = Clerk(clerk.database, clerk.ledger)  # keeps no documents, and relays for carriers that keep their own
    await elsewhere.take(clerk.sign(SHIPPER, act.RequestSurrender(old.title_id, 1, Purpose.AMENDMENT)))
    await elsewhere.work()
    await elsewhere.take(clerk.sign(CARRIER, act.AcceptSurrender(old.title_id, 2)))
    await elsewhere.work()
    amended = act.NewTitle(old.endorsee, old.is_to_order, 1, old.reference_digest, Digest("0x" + "ab" * 32))
    await elsewhere.take(clerk.sign(CARRIER, act.Replace((old.title_id,), (3,), (amended,))))
    await elsewhere.work(5)
    (new,) = (await clerk.title(old.title_id)).replaced_by
    found = await clerk.covers.queries.gaps(SHIPPER.address, new)
    assert [(gap.kind, gap.certificate_id) for gap in found] == [
        (GapKind.NO_COVER, None),
        (GapKind.REVIEW, insured.certificate_id),
    ]


async def test_an_altered_document_is_never_answered(clerk: CoverClerk) -> None:
    title = await clerk.insurable()
    certificate = await clerk.insured(title)
    async with clerk.database.writing() as connection:
        rows = document_parts.c.commitment == certificate.commitment
        await connection.execute(update(document_parts).where(rows).values(sealed=b"\0" * 64))
    with pytest.raises(SealBroken):
        await clerk.covers.queries.document(SHIPPER.address, certificate.certificate_id)


async def test_certificates_that_a_rogue_insurer_ties_to_a_title_hide_no_others(clerk: CoverClerk) -> None:
    rogue = key("rogue insurer")
    clerk.ledger.register(rogue.address, roles=Role.INSURER)
    clerk.ledger.mine()
    title = await clerk.insurable()
    flood = []
    for number in range(60):
        reference = digest(number)
        asked = certificate_for(
            title.title_id,
            clerk.ledger.tip.time,
            certificate_id=certificate_id_of(rogue.address, reference),
            reference_digest=reference,
        )
        flood.append(asked.certificate_id)
        clerk.ledger.someone_sends(rogue.sign_act(IDENTITY.insurance_domain, asked, clerk.ledger.tip.time + 3_600))
    clerk.ledger.mine()
    await clerk.work(5)
    honest = await clerk.insured(title)
    found = await clerk.covers.queries.gaps(SHIPPER.address, title.title_id)
    assert [gap.kind for gap in found] == [GapKind.NOT_CHECKED]
    queries = CertificateQueries(IDENTITY, clerk.history, clerk.access.rights, clerk.now)
    pages, after = [], None
    while True:
        view = await queries.cover(SHIPPER.address, title.title_id, after=after, limit=25)
        pages.append([each.certificate.certificate_id for each in view.certificates.items])
        after = view.certificates.next_cursor
        if after is None:
            break
    assert [len(page) for page in pages] == [25, 25, 11]
    assert [each for page in pages for each in page] == sorted([*flood, honest.certificate_id])

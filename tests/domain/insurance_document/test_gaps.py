"""What is missing to who is entitled under a title: no cover, late, too little, ending, under review."""

from dataclasses import replace

from ebl_service.domain.certificate import Certificate, Parts
from ebl_service.domain.insurance_document.acceptance import Outcome, Verdict
from ebl_service.domain.insurance_document.gaps import Cover, GapKind, gaps
from ebl_service.domain.terms import NO_DIGEST, Address, CertificateId, Mode, Purpose, Status, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors.documents import Breach
from tests.domain.played import BANK, CONSIGNEE, SHIPPER, Played

NOW = 1_800_000_000
DAY = 86_400
INSURER = Address("0x" + "99" * 20)


def title() -> Title:
    played = Played()
    return played.titles[played.issue(endorsee=SHIPPER)]


def certificate(tied: Title, **changes: object) -> Certificate:
    made = Certificate(
        certificate_id=CertificateId("0x" + "7c" * 32),
        insurer=INSURER,
        title_id=tied.title_id,
        mode=Mode.FOLLOW,
        named=None,
        is_released=False,
        attaches_at=Parts(1, 1, 1),
        ends_at=Parts(),
        consented=None,
        consented_by=None,
        sequence=1,
        acted_at=NOW,
        reference_digest=NO_DIGEST,
        commitment=NO_DIGEST,
        head=NO_DIGEST,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def kinds(tied: Title, *covers: Cover) -> list[GapKind]:
    return [gap.kind for gap in gaps(tied, covers, NOW)]


def test_without_a_certificate_there_is_no_cover() -> None:
    assert kinds(title()) == [GapKind.NO_COVER]


def test_a_certificate_in_force_leaves_no_gap() -> None:
    tied = title()
    assert kinds(tied, Cover(certificate(tied), None)) == []
    assert kinds(tied, Cover(certificate(tied), (Verdict("sum_is_enough", Outcome.PASSES),))) == []


def test_anothers_own_cover_is_no_cover() -> None:
    tied = title()
    assert kinds(tied, Cover(certificate(tied, mode=Mode.NONE, named=CONSIGNEE), None)) == [GapKind.NO_COVER]
    assert kinds(tied, Cover(certificate(tied, mode=Mode.NONE, named=tied.entitled), None)) == []


def test_a_loss_payee_takes_no_cover_away() -> None:
    tied = title()
    assert kinds(tied, Cover(certificate(tied, mode=Mode.LOSS_PAYEE, named=BANK), None)) == []


def test_what_starts_late_or_insures_too_little_is_told_with_its_words() -> None:
    tied = title()
    late = Verdict("cover_begins_by_shipment", Outcome.DISCREPANT, (Breach("r", "effectiveDate", "late", "earlier"),))
    little = Verdict("sum_is_enough", Outcome.DISCREPANT, (Breach("r", "sumInsured.amount", "7", "8"),))
    other = Verdict("goods_agree", Outcome.DISCREPANT, (Breach("r", "goods", "x", "y"),))
    found = gaps(tied, [Cover(certificate(tied), (late, little, other))], NOW)
    assert [gap.kind for gap in found] == [GapKind.STARTS_LATE, GapKind.UNDER_INSURED]
    assert "late, earlier is needed" in found[0].words


def test_what_the_terms_of_sale_do_not_say_is_no_gap_that_is_known() -> None:
    tied = title()
    assert kinds(tied, Cover(certificate(tied), (Verdict("sum_is_enough", Outcome.NOT_CHECKABLE),))) == []


def test_a_notice_is_told_while_it_runs_and_when_it_has_run_out() -> None:
    tied = title()
    running = certificate(tied, ends_at=Parts(war=NOW + DAY))
    found = gaps(tied, [Cover(running, None)], NOW)
    assert [(gap.kind, gap.since) for gap in found] == [(GapKind.ENDING, NOW + DAY)]
    assert "war risks ends" in found[0].words
    assert [found[0].is_other_at(at) for at in (NOW, NOW + DAY - 1, NOW + DAY)] == [False, False, True]
    over = certificate(tied, ends_at=Parts(NOW - 1, NOW - 1, NOW - 1))
    ended = gaps(tied, [Cover(over, None)], NOW)[1]
    assert [ended.is_other_at(at) for at in (NOW - 2, NOW - 1, NOW)] == [True, False, False], "blocks were taken back"
    assert kinds(tied, Cover(over, None)) == [GapKind.NO_COVER, *[GapKind.ENDED] * 3]


def test_a_certificate_that_was_not_carried_over_is_under_review() -> None:
    tied = title()._replace(status=Status(Purpose.AMENDMENT.surrendered))
    assert kinds(tied, Cover(certificate(tied), None)) == [GapKind.NO_COVER, GapKind.REVIEW]


def test_a_certificate_of_the_title_that_was_replaced_is_under_review_until_it_is_carried_over() -> None:
    new = title()
    old = new._replace(title_id=TitleId("0x" + "01" * 32))
    left_behind = certificate(old)
    assert kinds(new, Cover(left_behind, None)) == [GapKind.NO_COVER, GapKind.REVIEW]
    assert kinds(new, Cover(replace(left_behind, title_id=new.title_id), None)) == []
    ended = replace(left_behind, ends_at=Parts(NOW - 1, NOW - 1, NOW - 1))
    assert GapKind.REVIEW not in kinds(new, Cover(ended, None))

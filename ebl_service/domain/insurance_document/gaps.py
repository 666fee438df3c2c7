"""Where the entitled party of a title is not insured as it may think: told to it, and to nobody else.

    NO_COVER          no certificate in force assures who is entitled
    STARTS_LATE       the goods sailed before cover began
    UNDER_INSURED     for less than the sale asks
    ENDING            a notice of cancellation runs
    ENDED             a notice of cancellation has run out
    REVIEW            the title was amended or put on paper, and the insurer has not carried the certificate over
    NOT_CHECKED       more certificates are tied to the title than are looked at (told by `services.cover`)

Rules kept: a gap is told until it is closed, whether or not a discrepancy was waived; a certificate whose document is
not known here gives no gap that only the document could show. Leaves to others: who is told (`services`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ebl_service.domain.certificate import Certificate, assured, assured_under, status
from ebl_service.domain.insurance_document.acceptance import Outcome, Verdict
from ebl_service.domain.terms import CertificateId, CertificateStatus, Part, Seconds
from ebl_service.domain.title import Title

_BY_RULE = {"cover_begins_by_shipment": "STARTS_LATE", "sum_is_enough": "UNDER_INSURED"}


class GapKind(StrEnum):
    """What is missing."""

    NO_COVER = "NO_COVER"
    STARTS_LATE = "STARTS_LATE"
    UNDER_INSURED = "UNDER_INSURED"
    ENDING = "ENDING"
    ENDED = "ENDED"
    REVIEW = "REVIEW"
    NOT_CHECKED = "NOT_CHECKED"


@dataclass(frozen=True, slots=True)
class Cover:
    """A certificate for a title. `verdicts`: on its document; None where that is not known here."""

    certificate: Certificate
    verdicts: tuple[Verdict, ...] | None


@dataclass(frozen=True, slots=True)
class Gap:
    """`certificate_id`: None where there is no certificate. `since`: when it begins or began, where that is known."""

    kind: GapKind
    words: str
    certificate_id: CertificateId | None = None
    since: Seconds | None = None

    def is_other_at(self, now: Seconds) -> bool:
        """Time alone has made something else of it: a notice that ran has run out, or, the other way, runs again."""
        ends = self.since or 0
        return ends <= now if self.kind is GapKind.ENDING else self.kind is GapKind.ENDED and ends > now


def gaps(title: Title, covers: Sequence[Cover], now: Seconds) -> tuple[Gap, ...]:
    """What is missing to the party that `title` assures.

    `covers`: every certificate tied to it, or to what it replaced. `now`: of the block that is read, since 1970.
    """
    wanted = assured_under(title)
    own = [cover for cover in covers if assured(cover.certificate, title) == wanted]
    standing = [cover for cover in own if _status(cover.certificate, title, now) is CertificateStatus.IN_FORCE]
    found = [gap for cover in own for gap in _of_certificate(cover, title, now)]
    if not standing:
        words = "no certificate in force assures who is entitled under the title"
        return (Gap(GapKind.NO_COVER, words, since=title.acted_at), *found)
    return tuple(found)


def _of_certificate(cover: Cover, title: Title, now: Seconds) -> Iterator[Gap]:
    certificate = cover.certificate
    if _status(certificate, title, now) is CertificateStatus.REVIEW:
        words = "the title was surrendered or replaced, and the insurer has not carried the certificate over"
        yield Gap(GapKind.REVIEW, words, certificate.certificate_id, title.acted_at)
    names = ("cargo", "war risks", "strikes risks")
    for name, end in zip(names, certificate.ends_at.of(Part.ALL), strict=True):
        if end:
            words = f"cover of {name} {'ended' if end <= now else 'ends'} by a notice of cancellation"
            yield Gap(GapKind.ENDED if end <= now else GapKind.ENDING, words, certificate.certificate_id, end)
    for verdict in cover.verdicts or ():
        if verdict.rule in _BY_RULE and verdict.outcome is Outcome.DISCREPANT:
            words = "; ".join(f"{breach.wrong}, {breach.right} is needed" for breach in verdict.breaches)
            yield Gap(GapKind(_BY_RULE[verdict.rule]), words, certificate.certificate_id)


def _status(certificate: Certificate, title: Title, now: Seconds) -> CertificateStatus:
    """How it stands; one of a title that this one replaced is under review, however this one stands."""
    found = status(certificate, title, now)
    is_carried_over = certificate.title_id == title.title_id
    return CertificateStatus.REVIEW if found is CertificateStatus.IN_FORCE and not is_carried_over else found

"""One command for each act on a certificate of insurance. Every one shows what it signs and waits for its block."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from ebl_service.cli.naming import BILL, PARTY
from ebl_service.cli.session import Session, signs
from ebl_service.cli.signing import perform
from ebl_service.errors.requests import BadValue

Certificate = Annotated[str, typer.Argument(metavar="CERTIFICATE", help="The certificate's id.")]
Claim = Annotated[int, typer.Argument(metavar="CLAIM", help="The claim's number: the sequence of its notice.")]
PartOption = Annotated[str, typer.Option("--part", help="all, war or strikes.")]
Commitment = Annotated[str, typer.Option("--commitment", help="Commitment of the certificate's record.")]
MOMENT = "UTC, such as 2026-03-01T12:00:00; left out: not covered."


def _on(session: Session, verb: str, certificate: str, **arguments: Any) -> None:
    perform(session, {"verb": verb, "certificateId": certificate, **arguments})


@signs
def issue_certificate(
    session: Session,
    title: Annotated[str, typer.Argument(metavar="BILL", help="The bill that it is tied to."), BILL],
    reference_digest: Annotated[str, typer.Option(help="Digest of the certificate's number under its salt.")],
    commitment: Commitment,
    mode: Annotated[str, typer.Option(help="follow, loss-payee or none.")] = "follow",
    named: Annotated[str | None, typer.Option(help="The payee (loss-payee) or the assured (none)."), PARTY] = None,
    cargo_attaches: Annotated[str | None, typer.Option(help=f"When the cargo's risk attaches, {MOMENT}")] = None,
    war_attaches: Annotated[str | None, typer.Option(help=f"The same of war risks, {MOMENT}")] = None,
    strikes_attaches: Annotated[str | None, typer.Option(help=f"The same of strikes risks, {MOMENT}")] = None,
) -> None:
    """Issue a certificate of insurance against a title (insurer)."""
    asked = {
        "verb": "IssueCertificate",
        "insurer": session.key.address,
        "titleId": title,
        "mode": mode.upper().replace("-", "_"),
        "named": named,
        "cargoAttachesAt": _seconds(cargo_attaches),
        "warAttachesAt": _seconds(war_attaches),
        "strikesAttachesAt": _seconds(strikes_attaches),
        "referenceDigest": reference_digest,
        "commitment": commitment,
    }
    perform(session, asked)


@signs
def carry_over(
    session: Session,
    certificate: Certificate,
    title: Annotated[str, typer.Option("--title", help="A title that took the place of the certificate's."), BILL],
    commitment: Commitment,
) -> None:
    """Tie a certificate, as amended, to a replacement title (insurer)."""
    _on(session, "CarryOver", certificate, titleId=title, commitment=commitment)


@signs
def consent_to_cancellation(session: Session, certificate: Certificate, part: PartOption = "all") -> None:
    """Agree to a cancellation although the risk attaches before (assured); counts for the very next act, 7 days."""
    _on(session, "ConsentToCancellation", certificate, part=part.upper())


@signs
def cancel_certificate(session: Session, certificate: Certificate, part: PartOption = "all") -> None:
    """Give notice of cancellation: 7 days for war or strikes, 30 for all (insurer)."""
    _on(session, "CancelCertificate", certificate, part=part.upper())


@signs
def release_loss_payee(session: Session, certificate: Certificate) -> None:
    """Give up the right to be paid (loss payee)."""
    _on(session, "ReleaseLossPayee", certificate)


@signs
def notify_claim(
    session: Session,
    certificate: Certificate,
    documents: Annotated[str, typer.Option(help="Digest of the claim's documents.")],
) -> None:
    """Give notice of a loss (assured)."""
    _on(session, "NotifyClaim", certificate, documentsDigest=documents)


@signs
def acknowledge_claim(session: Session, certificate: Certificate, claim: Claim) -> None:
    """Take note of a claim (insurer)."""
    _on(session, "AcknowledgeClaim", certificate, claim=claim)


@signs
def survey_claim(
    session: Session,
    certificate: Certificate,
    claim: Claim,
    report: Annotated[str, typer.Option(help="Digest of the survey's report.")],
) -> None:
    """Record a survey's report on a claim (insurer)."""
    _on(session, "SurveyClaim", certificate, claim=claim, surveyDigest=report)


@signs
def settle_claim(
    session: Session,
    certificate: Certificate,
    claim: Claim,
    payee: Annotated[str, typer.Option(help="Who is paid: whom the certificate says at this block."), PARTY],
    settlement: Annotated[str, typer.Option(help="Digest of the settlement.")],
    subrogation: Annotated[str | None, typer.Option(help="Digest of the paper that subrogates you.")] = None,
) -> None:
    """Record that a claim was settled (insurer)."""
    papers = {"settlementDigest": settlement} | ({"subrogationDigest": subrogation} if subrogation else {})
    _on(session, "SettleClaim", certificate, claim=claim, payee=payee, **papers)


@signs
def decline_claim(
    session: Session,
    certificate: Certificate,
    claim: Claim,
    reason: Annotated[str, typer.Option(help="Digest of the reasons.")],
) -> None:
    """Decline a claim (insurer)."""
    _on(session, "DeclineClaim", certificate, claim=claim, reasonDigest=reason)


def _seconds(text: str | None) -> int:
    """Seconds since 1970 of a moment in UTC; 0 for none."""
    if text is None:
        return 0
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise BadValue(f"{text!r} is no date and time, such as 2026-03-01T12:00:00") from fault
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


COMMANDS = (
    issue_certificate,
    carry_over,
    consent_to_cancellation,
    cancel_certificate,
    release_loss_payee,
    notify_claim,
    acknowledge_claim,
    survey_claim,
    settle_claim,
    decline_claim,
)
"""In the order of a certificate's life."""

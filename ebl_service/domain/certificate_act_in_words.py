"""What a signer is about to sign about a certificate of insurance: the sentence, without its deadline."""

from datetime import UTC, datetime
from typing import assert_never

from ebl_service.domain import certificate_actions as act
from ebl_service.domain.terms import NO_DIGEST, Mode, Part, Seconds, checksummed

_PARTS = {Part.ALL: "all cover", Part.WAR: "the cover of war risks", Part.STRIKES: "the cover of strikes risks"}


def certificate_act_in_words(asked: act.CertificateAct) -> str:
    """The sentence for an act on a certificate."""
    which = f"certificate of insurance {asked.certificate_id}"
    match asked:
        case act.IssueCertificate():
            return f"Issue {which} against title {asked.title_id}, {_assuring(asked)}, with {_covering(asked)}"
        case act.CarryOver():
            return f"Carry {which} over to title {asked.title_id}, as amended by the record of {asked.commitment}"
        case act.ConsentToCancellation():
            return f"Agree that the insurer cancels {_PARTS[asked.part]} of {which}, although the risk attaches before"
        case act.CancelCertificate():
            return f"Give notice that {_PARTS[asked.part]} of {which} is cancelled"
        case act.ReleaseLossPayee():
            return f"Give up the right to be paid claims under {which}"
        case act.NotifyClaim():
            return f"Give notice of a claim under {which}, with documents of digest {asked.documents_digest}"
        case act.AcknowledgeClaim():
            return f"Acknowledge claim {asked.claim} under {which}"
        case act.SurveyClaim():
            return f"Record the survey report of digest {asked.survey_digest} on claim {asked.claim} under {which}"
        case act.SettleClaim():
            papers = f"the settlement of digest {asked.settlement_digest}"
            if asked.subrogation_digest != NO_DIGEST:
                papers += f" and the subrogation of digest {asked.subrogation_digest}"
            return f"Record claim {asked.claim} under {which} as settled with {checksummed(asked.payee)}, by {papers}"
        case act.DeclineClaim():
            return f"Decline claim {asked.claim} under {which}, for the reasons of digest {asked.reason_digest}"
        case _:
            assert_never(asked)


def _assuring(asked: act.IssueCertificate) -> str:
    if asked.named is None:
        return "assuring whoever is entitled under it"
    if asked.mode is Mode.LOSS_PAYEE:
        return f"assuring whoever is entitled under it, claims payable to {checksummed(asked.named)}"
    return f"assuring {checksummed(asked.named)}"


def _covering(asked: act.IssueCertificate) -> str:
    parts = {"cargo": asked.cargo_attaches_at, "war": asked.war_attaches_at, "strikes": asked.strikes_attaches_at}
    covered = [f"{name} risks from {_moment(time)}" for name, time in parts.items() if time]
    return " and ".join(covered) or "nothing covered"


def _moment(time: Seconds) -> str:
    """A time that no calendar has, such as the highest a contract takes, as the number it is."""
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError):
        return f"second {time}"

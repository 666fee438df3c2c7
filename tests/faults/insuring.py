"""Certificates of insurance among the faults: the insurer's, on bills of the stage."""

from ebl_service.domain.certificate_actions import IssueCertificate
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Address, CertificateId, Mode, TitleId, certificate_id_of, digest
from tests.faults.stage import Stage

A_YEAR = 365 * 24 * 3600


def insure(stage: Stage, title_id: TitleId, payee: Address | None = None) -> SignedAct:
    """All risks on a bill from a year on; claims are paid to the payee, where there is one."""
    reference, attaches_at = digest("0x02", title_id), stage.chain.time() + A_YEAR
    asked = IssueCertificate(
        certificate_id_of(stage.chain.insurer.address, reference),
        title_id,
        Mode.FOLLOW if payee is None else Mode.LOSS_PAYEE,
        payee,
        attaches_at,
        attaches_at,
        attaches_at,
        reference,
        digest("0x03", reference),
    )
    return stage.sign(stage.chain.insurer, asked)


def certificate_of(signed: SignedAct) -> CertificateId:
    """The certificate that the signed act issues."""
    assert isinstance(signed.act, IssueCertificate)
    return signed.act.certificate_id

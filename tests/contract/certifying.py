"""Certificates for the contract tests."""

from dataclasses import replace
from typing import Any

from ebl_service.domain.certificate_actions import (
    IssueCertificate,
)
from ebl_service.domain.terms import (
    CertificateId,
    Mode,
    TitleId,
    certificate_id_of,
    digest,
)
from tests.contract.stage import (
    Stage,
)
from tests.local_chain import LocalChain, Person

A_DAY = 86_400
PAPER = digest(50)


def issue(
    stage: Stage,
    chain: LocalChain,
    title_id: TitleId,
    mode: Mode = Mode.FOLLOW,
    named: Person | None = None,
    **changes: Any,
) -> CertificateId:
    """A certificate of the insurer's; all its risks have attached unless told otherwise."""
    reference = digest(51, stage.now)
    asked = IssueCertificate(
        certificate_id=certificate_id_of(chain.insurer.address, reference),
        title_id=title_id,
        mode=mode,
        named=named.address if named else None,
        cargo_attaches_at=stage.now,
        war_attaches_at=stage.now,
        strikes_attaches_at=stage.now,
        reference_digest=reference,
        commitment=digest(52),
    )
    asked = replace(asked, **changes)
    stage.play(chain.insurer, asked)
    return asked.certificate_id


def assured(stage: Stage, which: CertificateId) -> str:
    return str(stage.view("assuredOf", which, contract="CargoInsurance"))

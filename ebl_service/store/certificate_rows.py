"""Certificates of insurance to rows and back."""

import json
from dataclasses import astuple
from typing import Any

from ebl_service.domain.certificate import Certificate, Claim, Parts
from ebl_service.domain.terms import Address, CertificateId, ClaimStatus, Digest, Mode, Part, TitleId

Row = tuple[Any, ...]


def certificate_row(certificate: Certificate, block_number: int) -> Row:
    """In the order of the table `certificates`."""
    attaches = certificate.attaches_at
    return (
        certificate.certificate_id,
        block_number,
        certificate.insurer,
        int(certificate.mode),
        certificate.named,
        *(attaches.cargo, attaches.war, attaches.strikes),
        certificate.reference_digest,
        *_standing(certificate),
    )


def certificate_state_row(certificate: Certificate, block_number: int) -> Row:
    """In the order of the table `certificate_states`."""
    return (certificate.certificate_id, block_number, *_standing(certificate))


def _standing(certificate: Certificate) -> Row:
    ends = certificate.ends_at
    return (
        certificate.title_id,
        certificate.is_released,
        *(ends.cargo, ends.war, ends.strikes),
        None if certificate.consented is None else int(certificate.consented),
        certificate.consented_by,
        certificate.sequence,
        certificate.acted_at,
        certificate.commitment,
        certificate.head,
        json.dumps([astuple(claim) for claim in certificate.claims]) if certificate.claims else None,
    )


def certificate_of(row: Any) -> Certificate:
    """The certificate of a row that has the columns of `certificates` as attributes."""
    return Certificate(
        certificate_id=CertificateId(row.certificate_id),
        insurer=Address(row.insurer),
        title_id=TitleId(row.title_id),
        mode=Mode(row.mode),
        named=row.named,
        is_released=bool(row.is_released),
        attaches_at=Parts(row.cargo_attaches_at, row.war_attaches_at, row.strikes_attaches_at),
        ends_at=Parts(row.cargo_ends_at, row.war_ends_at, row.strikes_ends_at),
        consented=None if row.consented is None else Part(row.consented),
        consented_by=row.consented_by,
        sequence=row.sequence,
        acted_at=row.acted_at,
        reference_digest=Digest(row.reference_digest),
        commitment=Digest(row.commitment),
        head=Digest(row.head),
        claims=tuple(map(_claim, json.loads(row.claims))) if row.claims else (),
    )


def _claim(values: list[Any]) -> Claim:
    number, claimant, status, notified_at, acted_at, documents_digest = values
    return Claim(number, claimant, ClaimStatus(status), notified_at, acted_at, documents_digest)

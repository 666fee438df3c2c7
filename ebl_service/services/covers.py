"""What is drawn up about cover before anybody signs, and what is kept of it."""

from dataclasses import dataclass, field

from ebl_service.domain.bindings import CoverBinding
from ebl_service.domain.certificate_actions import CarryOver, IssueCertificate
from ebl_service.domain.insurance_document.acceptance import Verdict
from ebl_service.domain.terms import Address, CertificateId, Digest, Seconds, TitleId
from ebl_service.domain.transport_document.canonical import Received
from ebl_service.domain.transport_document.reading import Part
from ebl_service.domain.transport_document.record import Record
from ebl_service.domain.transport_document.title_terms import Secrets


@dataclass(frozen=True, slots=True)
class CoverDraft:
    """An insurance document for a title. `certificate_id`: of the certificate that it amends, to be carried over.

    `content`: its bytes as sent. `reference_salt`: 32 bytes, where the insurer keeps its own secret.
    """

    content: bytes = field(repr=False)
    title_id: TitleId
    governing_law: str
    jurisdiction: str
    certificate_id: CertificateId | None = None
    reference_salt: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PreparedCover:
    """An insurance document that can be accepted, what every rule says of it, and the act that issues it."""

    received: Received
    title_id: TitleId
    certificate_id: CertificateId
    insurer: Address
    record: Record
    secrets: Secrets
    commitment: Digest
    verdicts: tuple[Verdict, ...]
    asked: IssueCertificate | CarryOver

    @property
    def binding(self) -> CoverBinding:
        """What the document belongs to."""
        return CoverBinding(self.certificate_id, self.title_id, self.commitment, self.insurer)


@dataclass(frozen=True, slots=True)
class KeptCover:
    """An insurance document as it is kept."""

    binding: CoverBinding
    prepared_at: Seconds
    content: bytes = field(repr=False)
    document: Part = field(repr=False)
    record: Record
    secrets: Secrets = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptTerms:
    """Terms of sale as they are kept, and who signed them."""

    terms: Part
    account: Address
    given_at: Seconds

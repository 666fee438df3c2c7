"""What a stored document belongs to: one title, and for cover one certificate, and who handed it in.

A commitment is public. Anybody who may issue can issue a title, or a certificate, with the commitment of another; so a
commitment alone names no document. Titles' and certificates' ids are derived from the issuer's account and are known
before the issue, so the binding is stored when the document is taken in, and it never changes.

Rules kept: whoever looks a document up states the whole binding; a copy of a commitment states another one.
"""

from typing import NamedTuple, Self

from ebl_service.domain.certificate import Certificate
from ebl_service.domain.terms import Address, CertificateId, Digest, TitleId
from ebl_service.domain.title import Title


class DocumentBinding(NamedTuple):
    """A document of one title. `given_by`: a bill's carrier, a certificate's insurer, the signer of terms of sale."""

    title_id: TitleId
    commitment: Digest
    given_by: Address

    @classmethod
    def of(cls, title: Title) -> Self:
        """The transport document that the title stands for."""
        return cls(title.title_id, title.commitment, title.carrier)

    @property
    def owner(self) -> str:
        """What the document's key is bound to."""
        return f"document {self.commitment} of title {self.title_id}"


class CoverBinding(NamedTuple):
    """An insurance document of one certificate that is tied to one title."""

    certificate_id: CertificateId
    title_id: TitleId
    commitment: Digest
    insurer: Address

    @classmethod
    def of(cls, certificate: Certificate) -> Self:
        """The insurance document behind the certificate as it stands."""
        return cls(certificate.certificate_id, certificate.title_id, certificate.commitment, certificate.insurer)

    @property
    def document(self) -> DocumentBinding:
        """The same as a document of its title."""
        return DocumentBinding(self.title_id, self.commitment, self.insurer)

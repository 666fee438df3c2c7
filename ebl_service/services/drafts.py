"""What a carrier hands in to be made a title of, and what is made of it before anybody signs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ebl_service.domain.actions import Issue, NewTitle
from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.terms import Address, Digest, Seconds, TitleId
from ebl_service.domain.title import Title
from ebl_service.domain.transport_document.canonical import Received
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.domain.transport_document.record import PaperOriginal, Record
from ebl_service.domain.transport_document.title_terms import Secrets
from ebl_service.errors.documents import Breach

DOCUMENT, OPENING, PICTURE, CARRIERS_PICTURE, MANIFEST = "document", "opening", "pdf", "carrier's picture", "manifest"
"""The parts that are kept of a document: as sent; record and salts; our PDF; the carrier's; its signed manifest."""


@dataclass(frozen=True, slots=True)
class IssueTo:
    """Whom the carrier wants the bill issued to, and on which platform. Source: DCSA EBL_ISS 3.0, IssueToParty."""

    platform: str
    codes: frozenset[Code]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document to be issued; the bill's first holder is `holder`, else `issue_to`, else the document's shipper.

    `content`: its bytes as sent. `paper_originals`: those the title takes the place of. `picture`: the carrier's own
    PDF. `manifest`: compact JWS. `reference_salt`: 32 bytes, where the carrier keeps its own secret.
    """

    content: bytes = field(repr=False)
    governing_law: str
    jurisdiction: str
    holder: Address | None = None
    issue_to: IssueTo | None = None
    paper_originals: tuple[PaperOriginal, ...] = ()
    picture: bytes | None = field(default=None, repr=False)
    manifest: str | None = field(default=None, repr=False)
    reference_salt: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OldTitle:
    """A title that is to be replaced, with its document and what opened it; None where this service has none."""

    title: Title
    document: Mapping[str, object] | None
    secrets: Secrets | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that passed every check, and the particulars of its title.

    `holder`: whom an issue gives the bill to; None for a replacement, which goes to who surrendered. `number`: the
    number's digest under the salt that this service derives, by which it is found again. `valid_until`: the last
    second at which the title may be issued without being ante-dated; None: no such bound. `advice`: what a
    careful clerk would look at again; nothing of it kept the document from being prepared.
    """

    received: Received
    title_id: TitleId
    carrier: Address
    holder: Address | None
    version: int
    record: Record
    secrets: Secrets
    commitment: Digest
    asked: Issue | NewTitle
    picture: bytes
    number: Digest
    valid_until: Seconds | None
    advice: tuple[Breach, ...] = ()

    @property
    def binding(self) -> DocumentBinding:
        """What the document belongs to."""
        return DocumentBinding(self.title_id, self.commitment, self.carrier)


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as it is kept: as sent, in bytes and as parsed; its record, salts, whom it was to be issued to.

    `number`: as of `Prepared`; None where the document was kept before numbers were.
    """

    commitment: Digest
    title_id: TitleId
    carrier: Address
    replaces: tuple[TitleId, ...]
    prepared_at: Seconds
    content: bytes = field(repr=False)
    document: Mapping[str, Any] = field(repr=False)
    record: Record
    secrets: Secrets = field(repr=False)
    holder: Address | None
    number: Digest | None

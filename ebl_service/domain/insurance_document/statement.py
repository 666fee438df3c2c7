"""The seller's or bank's signature under terms of sale: typed data of its own, which no contract takes for an act.

Source: EIP-712. `termsDigest`: SHA-256 of the terms' canonical form (RFC 8785).
"""

import hashlib
from dataclasses import dataclass

from ebl_service.domain.signed_act import Message, SigningDomain, signing_digest
from ebl_service.domain.terms import Address, Digest, Seconds, TitleId
from ebl_service.domain.transport_document.commitment import TransportDocument, canonical_form

TERMS_OF_SALE = "TermsOfSale"


@dataclass(frozen=True, slots=True)
class TermsStatement:
    """That `signer` states these terms of sale for a title; to be handed in up to `deadline`."""

    title_id: TitleId
    terms_digest: Digest
    deadline: Seconds
    signer: Address
    signature: bytes = b""

    @property
    def message(self) -> Message:
        """What is signed."""
        return {"titleId": self.title_id, "termsDigest": self.terms_digest, "deadline": self.deadline}

    def digest(self, domain: SigningDomain) -> bytes:
        """The 32 bytes that are signed."""
        return signing_digest(domain, TERMS_OF_SALE, self.message)


def terms_digest(terms: TransportDocument) -> Digest:
    """SHA-256 of the canonical form, as a 32-byte word."""
    return Digest("0x" + hashlib.sha256(canonical_form(terms)).hexdigest())

"""How a party is called: legal name and identifying codes, off the ledger, which knows accounts only."""

from dataclasses import dataclass

from ebl_service.domain.terms import Address, Seconds
from ebl_service.domain.transport_document.document_parties import Code


@dataclass(frozen=True, slots=True)
class Profile:
    """How a party is called since `changed_at`."""

    account: Address
    legal_name: str
    codes: frozenset[Code]
    changed_at: Seconds

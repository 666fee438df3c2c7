"""How a party is called: legal name and identifying codes, off the ledger, which knows accounts only."""

import unicodedata
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


def name_key(legal_name: str) -> str:
    """What names are compared by: NFKC (Unicode Standard Annex 15), without regard to case and to runs of spaces."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", legal_name).casefold()).split())
